#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "msg.h"
#include "opt.h"
#include "opthelp.h"
#include "optvalue.h"
#include "str.h"

/* Far more than any verb has; it bounds two arrays of pointers. */
enum { MAX_OPTIONS = 128 };

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
	const char *names[MAX_OPTIONS + 2] = {"help", "version"};
	size_t count = 2;
	char *word = mem_dup(name, n);
	const char *near;
	int which;

	for (which = 0; which < 2; which++) {
		const struct opt *o = table(prog, verb, which);

		for (; o && o->name && count < MAX_OPTIONS + 2; o++)
			names[count++] = o->name;
	}
	near = word ? str_nearest(word, names, count) : NULL;
	if (near && strcmp(near, word) == 0)
		msg_error("--%s takes no value", word);
	else if (near)
		msg_error("unknown option '--%s': did you mean '--%s'?", word,
			near);
	else
		msg_error("unknown option '--%.*s': see %s%s%s --help", (int)n,
			name, prog->name, *verb->name ? " " : "", verb->name);
	free(word);
}

static bool
is_builtin(const char *name, size_t n)
{
	return (n == 4 && memcmp(name, "help", n) == 0) ||
	       (n == 7 && memcmp(name, "version", n) == 0);
}

/* Says why "-x..." was refused: no such letter, or a flag and more. */
static void
say_letter(const struct opt_program *prog, const struct opt_verb *verb,
	const char *arg, const struct opt *o)
{
	size_t n = strcspn(arg + 1, "=");

	if (n > 1 &&
		(lookup(prog, verb, arg + 1, n, 0) || is_builtin(arg + 1, n)))
		msg_error("unknown option '-%.*s': did you mean '--%.*s'?",
			(int)n, arg + 1, (int)n, arg + 1);
	else if (o)
		msg_error("'-%c...': write each option on its own", arg[1]);
	else
		msg_error("unknown option '-%c': see %s%s%s --help", arg[1],
			prog->name, *verb->name ? " " : "", verb->name);
}

/*
 * How much of a stray word may be shown: of "NAME=..." and "scheme://..."
 * only the head, because the rest may be a secret.
 */
static int
shown(const char *word)
{
	const char *url = strstr(word, "://");
	size_t n = strcspn(word, "=");

	if (url && (size_t)(url - word) < n)
		n = (size_t)(url - word);
	return (int)n;
}

/* The options given so far, each once. */
struct seen {
	const struct opt *opt[MAX_OPTIONS];
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

		if (other == o && o->kind == OPT_LIST)
			return 0;
		if (other == o) {
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
	if (seen->n < MAX_OPTIONS)
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
		o = lookup(prog, verb, NULL, 0, arg[1]);
		if (!o || (arg[2] && o->kind == OPT_FLAG)) {
			say_letter(prog, verb, arg, o);
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
			msg_error("--%s needs a value: --%s=%s", o->name,
				o->name,
				o->kind == OPT_CHOICE ? o->choices
				: o->arg              ? o->arg
						      : "VALUE");
			return -1;
		}
		++*i;
	}
	return optvalue_store(o, value, options);
}

enum { MAX_VERBS = 64 };

static const struct opt_verb *
find_verb(const struct opt_program *prog, const char *word)
{
	const char *names[MAX_VERBS];
	const struct opt_verb *v;
	const char *near;
	size_t n = 0;

	if (word[0] == '-') {
		msg_error("'%.*s%s' before the verb: write %s VERB [options]",
			shown(word), word, word[shown(word)] ? "..." : "",
			prog->name);
		return NULL;
	}
	for (v = prog->verbs; v->name; v++) {
		if (strcmp(v->name, word) == 0)
			return v;
		if (v->help && n < MAX_VERBS)
			names[n++] = v->name;
	}
	near = str_nearest(word, names, n);
	if (near)
		msg_error("unknown verb '%s': did you mean '%s'?", word, near);
	else
		msg_error("unknown verb '%.*s%s': see %s --help", shown(word),
			word, word[shown(word)] ? "..." : "", prog->name);
	return NULL;
}

/* An option that stands in a list of operands; 0 if there is none. All that
 * comes after a "--" is as it is. */
static int
late_option(const struct opt_verb *verb, int argc, char **argv, int first)
{
	int i;

	if (verb->max_operands >= 0 || strcmp(argv[first - 1], "--") == 0)
		return 0;
	for (i = first + 1; i < argc; i++)
		if (str_starts(argv[i], "--"))
			return i;
	return 0;
}

static int
check_operands(const struct opt_verb *verb, int argc, char **argv, int first)
{
	int n = argc - first, option = late_option(verb, argc, argv, first);

	if (option > 0) {
		msg_error("unexpected operand '%.*s%s': options stand before "
			  "the operands",
			shown(argv[option]), argv[option],
			argv[option][shown(argv[option])] ? "..." : "");
		return -1;
	}

	if (n < verb->min_operands) {
		msg_error("missing operand: %s",
			verb->operands ? verb->operands : "see --help");
		return -1;
	}
	if (verb->max_operands >= 0 && n > verb->max_operands) {
		const char *extra = argv[first + verb->max_operands];

		bool late = extra[0] == '-' && extra[1] && n > 1;
		bool reads = verb->operands && verb->operands[0] == '<';

		msg_error("unexpected operand '%.*s%s'%s%s", shown(extra),
			extra, extra[shown(extra)] ? "..." : "",
			late    ? ": options stand before the operands"
			: reads ? ": standard input is read, give "
				: "",
			!late && reads ? verb->operands : "");
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
