#include "addon.h"

#include "buf.h"
#include "json.h"
#include "mem.h"
#include "report.h"
#include "str.h"

/* The Fly plan that a table entry names for the source's plan, or NULL. */
static const char *
find_plan(const struct json_val *entry, const char *plan)
{
	const struct json_val *v = json_first(json_get(entry, "plans"));

	for (; v != NULL && plan != NULL; v = json_next(v))
		if (is_str_glob(json_key(v), plan))
			return json_str(v);
	return json_get_str(entry, "default_plan");
}

/*
 * Append a word of a command with its {app}, {region}, {plan}, {variable}
 * filled in. 1, or 0 if one of them is not known; -1 without memory.
 */
static int
expand(struct buf *b, const char *word, const struct addon *a, const char *plan)
{
	const struct {
		const char *name, *value;
	} vars[] = {{"{app}", a->app}, {"{region}", a->region},
		{"{plan}", plan}, {"{variable}", a->variable}};

	while (*word != '\0') {
		size_t i = 0, n = sizeof(vars) / sizeof(vars[0]);
		while (i < n && !str_starts(word, vars[i].name))
			i++;
		if (i == n) {
			if (buf_putc(b, *word++) == -1)
				return -1;
			continue;
		}
		if (vars[i].value == NULL)
			return 0;
		if (buf_puts(b, vars[i].value) == -1)
			return -1;
		word += strlen(vars[i].name);
	}
	return 1;
}

/*
 * One command of the table; an option whose value is not known is left out
 * together with it, as the program then asks.
 */
static void
put_command(struct report *r, struct report_need *need,
	const struct json_val *argv, const struct addon *a, const char *plan)
{
	const struct json_val *v = json_first(argv);

	report_command(r, need);
	while (v != NULL) {
		const struct json_val *value = json_next(v);
		const char *word = json_str(v);
		struct buf text = BUF_INIT;
		int known = 1;

		if (word != NULL && str_starts(word, "--") && value != NULL &&
			json_str(value) != NULL) {
			known = expand(&text, json_str(value), a, plan);
			if (known == 1) {
				report_word(r, need, word);
				report_word(r, need, buf_str(&text));
			}
			v = json_next(value);
		} else {
			if (word != NULL)
				known = expand(&text, word, a, plan);
			if (known == 1)
				report_word(r, need, buf_str(&text));
			v = value;
		}
		if (known == -1)
			r->failed = 1;
		buf_fini(&text);
	}
}

struct report_need *
addon_need(struct report *r, const struct json *map, const char *platform,
	const char *id, const struct addon *a)
{
	const struct json_val *entry, *argv;
	struct report_need *need;
	struct buf name = BUF_INIT;

	if (buf_printf(&name, "%s%s%s", a->service, a->plan ? ":" : "",
		    a->plan ? a->plan : "") == -1)
		r->failed = 1;
	entry = json_get(json_get(json_get(json_root(map), "from"), platform),
		a->service);
	if (entry == NULL)
		need = report_need(r, "addon", id,
			"%s%s%s: no replacement is known; keep the account "
			"with its vendor or choose another service",
			buf_str(&name), a->as ? " as " : "",
			a->as ? a->as : "");
	else
		need = report_need(r, json_get_str(entry, "kind"), id,
			"%s%s%s: %s%s%s", buf_str(&name), a->as ? " as " : "",
			a->as ? a->as : "", json_get_str(entry, "replacement"),
			a->variable ? "; the app has its address in " : "",
			a->variable ? a->variable : "");
	if (need != NULL) {
		report_set(r, &need->replaces, buf_str(&name));
		argv = json_first(json_get(entry, "commands"));
		for (; argv != NULL; argv = json_next(argv))
			put_command(
				r, need, argv, a, find_plan(entry, a->plan));
	}
	buf_fini(&name);
	return need;
}
