#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "buf.h"
#include "mem.h"
#include "msg.h"
#include "num.h"
#include "opt.h"
#include "optvalue.h"

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

/* A bound, exactly, as one would write it: in the largest unit it fills. */
static int
put_bound(struct buf *b, const struct opt *o, int64_t n)
{
	static const struct unit {
		int64_t n;
		const char *name;
	} sizes[] = {{INT64_C(1) << 40, "TiB"}, {1 << 30, "GiB"},
		{1 << 20, "MiB"}, {1 << 10, "KiB"}, {1, "B"}, {0, NULL}},
	  durations[] = {{86400, "d"}, {3600, "h"}, {60, "m"}, {1, "s"},
		  {0, NULL}},
	  plain[] = {{1, ""}, {0, NULL}};
	const struct unit *u = o->kind == OPT_SIZE       ? sizes
			       : o->kind == OPT_DURATION ? durations
							 : plain;

	while (u[1].name && (n == 0 || n % u->n != 0))
		u++;
	return buf_printf(b, "%lld%s", (long long)(n / u->n), u->name);
}

/* Says why a number was refused, with what is allowed. */
static int
bad_number(const struct opt *o, const char *value)
{
	static const char *const what[] = {[OPT_INT] = "a whole number",
		[OPT_SIZE] = "a size such as 512mb or 1.5GiB",
		[OPT_DURATION] = "a duration such as 90s or 2h"};
	struct buf allowed = BUF_INIT;
	int range = errno == ERANGE;

	if (o->min || o->max) {
		(void)(buf_puts(&allowed, ", allowed are ") ||
			put_bound(&allowed, o, o->min) ||
			(o->max < INT64_MAX &&
				(buf_puts(&allowed, " to ") ||
					put_bound(&allowed, o, o->max))) ||
			(o->max == INT64_MAX && buf_puts(&allowed, " up")));
	}
	msg_error("--%s '%s': %s%s%s", o->name, value,
		range ? "out of range" : "not ", range ? "" : what[o->kind],
		buf_str(&allowed));
	buf_fini(&allowed);
	return -1;
}

static int
store_number(const struct opt *o, const char *value, void *at)
{
	bool any = !o->min && !o->max;
	int rc;

	if (o->kind == OPT_INT)
		rc = num_int(value, any ? INT64_MIN : o->min,
			any ? INT64_MAX : o->max, at);
	else if (o->kind == OPT_SIZE)
		rc = num_size(value, any ? 0 : (uint64_t)o->min,
			any ? UINT64_MAX : (uint64_t)o->max, at);
	else
		rc = num_duration(value, any ? 0 : (double)o->min,
			any ? 1e15 : (double)o->max, at);
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

int
optvalue_store(const struct opt *o, const char *value, void *options)
{
	void *at = (char *)options + o->at;

	switch (o->kind) {
	case OPT_FLAG:
		*(bool *)at = true;
		return 0;
	case OPT_STRING:
		*(const char **)at = value;
		return 0;
	case OPT_CHOICE:
		if (!is_choice(o->choices, value)) {
			msg_error("--%s '%s': must be one of %s", o->name,
				value, o->choices);
			return -1;
		}
		*(const char **)at = value;
		return 0;
	case OPT_LIST:
		return store_list(value, at);
	case OPT_INT:
	case OPT_SIZE:
	case OPT_DURATION:
		break;
	}
	return store_number(o, value, at);
}
