#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "mem.h"
#include "msg.h"
#include "num.h"
#include "opt.h"
#include "opthelp.h"
#include "str.h"

/* The two tables of a verb, in the order in which they are searched. */
static const struct opt *
table(const struct opt_program *prog, const struct opt_verb *verb, int which)
{
	return which ? prog->common : verb->opts;
}

/* The option of that name (n bytes) or letter; NULL if there is none. */
static const struct opt *
lookup(const struct opt_program *prog, const struct opt_verb *verb,
	const char *name, size_t n, char letter)
{
	int which;

	for (which = 0; which < 2; which++) {
		const struct opt *o = table(prog, verb, which);

		for (; o && o->name; o++) {
			if (name && strlen(o->name) == n &&
				strncmp(o->name, name, n) == 0)
				return o;
			if (letter && o->letter == letter)
				return o;
		}
	}
	return NULL;
}

/* Says that the option is unknown, with the one that was probably meant. */
static void
say_unknown(const struct opt_program *prog, const struct opt_verb *verb,
	const char *name, size_t n)
{
	const char *names[128] = {"help", "version"};
	size_t count = 2;
	char *word = mem_dup(name, n);
	const char *near;
	int which;

	for (which = 0; which < 2; which++) {
		const struct opt *o = table(prog, verb, which);

		for (; o && o->name && count < 128; o++)
			names[count++] = o->name;
	}
	near = word ? str_nearest(word, names, count) : NULL;
	if (near)
		msg_error("unknown option '--%s': did you mean '--%s'?", word,
			near);
	else
		msg_error("unknown option '--%.*s': see %s%s%s --help", (int)n,
			name, prog->name, *verb->name ? " " : "", verb->name);
	free(word);
}

/* Whether ${word} is one of "a|b|c". */
static bool
is_choice(const char *choices, const char *word)
{
	size_t n = strlen(word);

	for (;;) {
		size_t len = strcspn(choices, "|");

		if (len == n && strncmp(choices, word, n) == 0)
			return true;
		if (!choices[len])
			return false;
		choices += len + 1;
	}
}

/* Says why a number was refused, with what is allowed. */
static int
bad_number(const struct opt *o, const char *value)
{
	static const char *const what[] = {[OPT_INT] = "a whole number",
		[OPT_SIZE] = "a size such as 512mb or 1.5GiB",
		[OPT_DURATION] = "a duration such as 90s or 2h"};

	if (errno == ERANGE && (o->min || o->max))
		msg_error("--%s %s: out of range, allowed are %lld to %lld%s",
			o->name, value, (long long)o->min, (long long)o->max,
			o->kind == OPT_SIZE       ? " bytes"
			: o->kind == OPT_DURATION ? " seconds"
						  : "");
	else if (errno == ERANGE)
		msg_error("--%s %s: out of range", o->name, value);
	else
		msg_error("--%s %s: not %s", o->name, value, what[o->kind]);
	return -1;
}

static int
store_number(const struct opt *o, const char *value, char *at)
{
	bool any = !o->min && !o->max;
	int rc;

	errno = EINVAL;
	if (o->kind == OPT_INT)
		rc = num_int(value, any ? INT64_MIN : o->min,
			any ? INT64_MAX : o->max, (int64_t *)(void *)at);
	else if (o->kind == OPT_SIZE)
		rc = num_size(value, any ? 0 : (uint64_t)o->min,
			any ? UINT64_MAX : (uint64_t)o->max,
			(uint64_t *)(void *)at);
	else
		rc = num_duration(value, any ? 0 : (double)o->min,
			any ? 1e15 : (double)o->max, (double *)(void *)at);
	return rc ? bad_number(o, value) : 0;
}

static int
store_list(const char *value, struct opt_list *list)
{
	const char **item = mem_resize(
		(void *)list->item, list->n + 1, sizeof(*list->item));

	if (!item) {
		msg_error("out of memory");
		return -1;
	}
	list->item = item;
	list->item[list->n++] = value;
	return 0;
}

static int
store(const struct opt *o, const char *value, void *options)
{
	char *at = (char *)options + o->at;

	switch (o->kind) {
	case OPT_FLAG:
		*(bool *)(void *)at = true;
		return 0;
	case OPT_STRING:
		*(const char **)(void *)at = value;
		return 0;
	case OPT_CHOICE:
		if (!is_choice(o->choices, value)) {
			msg_error("--%s %s: must be one of %s", o->name, value,
				o->choices);
			return -1;
		}
		*(const char **)(void *)at = value;
		return 0;
	case OPT_LIST:
		return store_list(value, (struct opt_list *)(void *)at);
	default:
		return store_number(o, value, at);
	}
}

/* What has been given so far: a name a bit of the merged tables. */
struct seen {
	const struct opt *opt[128];
	size_t n;
};

static bool
is_named(const char *list, const char *name)
{
	size_t n = strlen(name);

	while (list && *list) {
		size_t len = strcspn(list, " ");

		if (len == n && strncmp(list, name, n) == 0)
			return true;
		list += len + (list[len] == ' ');
	}
	return false;
}

/* Refuses repetition and contradiction; remembers the option. */
static int
note(struct seen *seen, const struct opt *o)
{
	size_t i;

	for (i = 0; i < seen->n; i++) {
		const struct opt *other = seen->opt[i];

		if (other == o && o->kind != OPT_LIST) {
			msg_error("--%s is given twice", o->name);
			return -1;
		}
		if (is_named(o->excludes, other->name) ||
			is_named(other->excludes, o->name)) {
			msg_error("--%s and --%s contradict each other",
				other->name, o->name);
			return -1;
		}
	}
	if (seen->n < sizeof(seen->opt) / sizeof(seen->opt[0]))
		seen->opt[seen->n++] = o;
	return 0;
}

/* One option at argv[*i]. 1: not an option; 0: taken; -1: refused. */
static int
take(const struct opt_program *prog, const struct opt_verb *verb, char **argv,
	int *i, void *options, struct seen *seen)
{
	const char *arg = argv[*i], *value = NULL;
	const struct opt *o;

	if (arg[0] != '-' || !arg[1])
		return 1;
	if (arg[1] == '-') {
		size_t n = strcspn(arg + 2, "=");

		if (!(o = lookup(prog, verb, arg + 2, n, 0))) {
			say_unknown(prog, verb, arg + 2, n);
			return -1;
		}
		if (arg[2 + n])
			value = arg + 3 + n;
	} else {
		if (!(o = lookup(prog, verb, NULL, 0, arg[1]))) {
			msg_error("unknown option '-%c'", arg[1]);
			return -1;
		}
		if (arg[2] && o->kind == OPT_FLAG) {
			msg_error("'%s': write each option on its own", arg);
			return -1;
		}
		if (arg[2])
			value = arg + 2;
	}
	if (note(seen, o))
		return -1;
	if (o->kind == OPT_FLAG && value) {
		msg_error("--%s takes no value", o->name);
		return -1;
	}
	if (o->kind != OPT_FLAG && !value) {
		value = argv[*i + 1];
		if (!value || (value[0] == '-' && value[1])) {
			msg_error("--%s needs a value%s%s%s%s", o->name,
				o->arg ? ": --" : "", o->arg ? o->name : "",
				o->arg ? "=" : "", o->arg ? o->arg : "");
			return -1;
		}
		++*i;
	}
	return store(o, value, options) ? -1 : 0;
}

static const struct opt_verb *
find_verb(const struct opt_program *prog, const char *word)
{
	const char *names[64];
	const struct opt_verb *v;
	const char *near;
	size_t n = 0;

	for (v = prog->verbs; v->name; v++) {
		if (strcmp(v->name, word) == 0)
			return v;
		if (n < 64)
			names[n++] = v->name;
	}
	near = str_nearest(word, names, n);
	if (near)
		msg_error("unknown verb '%s': did you mean '%s'?", word, near);
	else
		msg_error("unknown verb '%s': see %s --help", word, prog->name);
	return NULL;
}

static int
check_operands(const struct opt_verb *verb, int argc, char **argv, int first)
{
	int n = argc - first;

	if (n < verb->min_operands) {
		msg_error("missing operand: %s", verb->operands);
		return -1;
	}
	if (verb->max_operands >= 0 && n > verb->max_operands) {
		msg_error("unexpected operand '%s'",
			argv[first + verb->max_operands]);
		return -1;
	}
	return 0;
}

static bool
is_word(const char *arg, const char *a, const char *b)
{
	return strcmp(arg, a) == 0 || (b && strcmp(arg, b) == 0);
}

/* --help and --version; 1 if it was one of them and was printed. */
static int
builtin(const struct opt_program *prog, const struct opt_verb *verb,
	const char *arg)
{
	if (is_word(arg, "--version", NULL)) {
		printf("%s (airlift) %s\n", prog->name, AIRLIFT_VERSION);
		return 1;
	}
	if (is_word(arg, "--help", "-h")) {
		opthelp_print(prog, verb);
		return 1;
	}
	return 0;
}

int
opt_parse(const struct opt_program *prog, int argc, char **argv, void *options,
	const struct opt_verb **verb, int *operands)
{
	const struct opt_verb *v = prog->verbs;
	struct seen seen = {{NULL}, 0};
	int i = 1;

	if (*v->name) {
		if (argc < 2) {
			msg_error("which verb? see %s --help", prog->name);
			return -1;
		}
		if (builtin(prog, NULL, argv[1]))
			return 0;
		if (!(v = find_verb(prog, argv[1])))
			return -1;
		i = 2;
	}
	for (; i < argc; i++) {
		int rc;

		if (strcmp(argv[i], "--") == 0) {
			i++;
			break;
		}
		if (builtin(prog, v, argv[i]))
			return 0;
		if ((rc = take(prog, v, argv, &i, options, &seen)) < 0)
			return -1;
		if (rc > 0)
			break;
	}
	if (check_operands(v, argc, argv, i))
		return -1;
	*verb = v;
	*operands = i;
	return 1;
}

static void
free_lists(const struct opt *o, void *options)
{
	for (; o && o->name; o++) {
		struct opt_list *list;

		if (o->kind != OPT_LIST)
			continue;
		list = (void *)((char *)options + o->at);
		free((void *)list->item);
		list->item = NULL;
		list->n = 0;
	}
}

void
opt_fini(const struct opt_program *prog, void *options)
{
	const struct opt_verb *v;

	free_lists(prog->common, options);
	for (v = prog->verbs; v->name; v++)
		free_lists(v->opts, options);
}

int
is_opt_given(const struct opt_program *prog, const struct opt_verb *verb,
	int argc, char **argv, const char *name)
{
	const struct opt *o = lookup(prog, verb, name, strlen(name), 0);
	int i;

	for (i = *verb->name ? 2 : 1; o && i < argc; i++) {
		const char *arg = argv[i];
		size_t n;

		if (arg[0] != '-' || !arg[1] || strcmp(arg, "--") == 0)
			break;
		n = strcspn(arg + 2, "=");
		const struct opt *this =
			arg[1] == '-' ? lookup(prog, verb, arg + 2, n, 0)
				      : lookup(prog, verb, NULL, 0, arg[1]);
		if (this == o)
			return 1;
		if (this && this->kind != OPT_FLAG &&
			(arg[1] == '-' ? !arg[2 + n] : !arg[2]))
			i++;
	}
	return 0;
}
