#ifndef FLYRANDOM_H
#define FLYRANDOM_H

/*
 * flyrandom_fill(c, n): the ${n}th of a row of random configurations, for
 * tests that write and read them again. Values are of the right type and
 * often nonsense.
 */
#include <stdint.h>
#include <stdio.h>

#include "flyconf.h"
#include "flyfield.h"

static uint64_t seed;

static unsigned
below(unsigned n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % n;
}

static const char *
word(void)
{
	static const char *const words[] = {"a", "web", "it's \"x\"", "",
		"\\ back", "tab\there", "two\nlines", "\xc3\xa9\xe4\xb8\xad",
		"1e3", "# no", "\x7f"};

	return words[below(sizeof(words) / sizeof(words[0]))];
}

static const char *
duration(void)
{
	static const char *const words[] = {"10s", "1m30s", "250ms", "1.5h"};

	return words[below(4)];
}

static void fill(struct fly_config *c, const struct flyfield *fields,
	void *base, int depth);

static void
fill_field(
	struct fly_config *c, const struct flyfield *f, char *base, int depth)
{
	bool is_time = f->how == FLYFIELD_SECONDS ||
		       f->how == FLYFIELD_MILLIS || f->how == FLYFIELD_NANOS;
	void *p = base + f->at, *item;
	char name[24];

	switch (f->kind) {
	case FLYFIELD_STR:
		do /* an empty string is none */
			flyconf_set(c, p, is_time ? duration() : word());
		while (**(char **)p == '\0');
		break;
	case FLYFIELD_INT:
		*(struct fly_int *)p = flyconf_int(below(70000));
		break;
	case FLYFIELD_NUM:
		*(struct fly_num *)p = flyconf_num(below(1000) / 7.0);
		break;
	case FLYFIELD_BOOL:
		*(enum fly_bool *)p = flyconf_bool(below(2));
		break;
	case FLYFIELD_AUTOSTOP:
		*(enum fly_autostop *)p = FLY_AUTOSTOP_OFF + below(3);
		break;
	case FLYFIELD_STRS:
		for (unsigned n = 1 + below(3); n > 0; n--)
			flyconf_push(c, p, word());
		break;
	case FLYFIELD_MAP:
	case FLYFIELD_ANYMAP:
		for (unsigned n = 1 + below(3); n > 0; n--)
			flyconf_pair(c, p, word(), word());
		break;
	case FLYFIELD_TABLE:
		fill(c, f->sub, p, depth + 1);
		break;
	case FLYFIELD_TABLES:
	case FLYFIELD_NAMED:
		for (unsigned n = 1 + below(2), i = 0; i < n; i++) {
			if ((item = flyconf_table(c, p, f->size)) == NULL)
				return;
			snprintf(name, sizeof(name), "n.%u", i);
			if (f->kind == FLYFIELD_NAMED)
				flyconf_set(c, item, name);
			do
				fill(c, f->sub, item, depth + 1);
			while (!is_flyfield_any_set(f->sub, item));
		}
		break;
	case FLYFIELD_PRESENT:
		break;
	}
}

static void
fill(struct fly_config *c, const struct flyfield *fields, void *base, int depth)
{
	const struct flyfield *f;

	for (f = fields; f->key != NULL; f++)
		if (below(depth == 0 ? 3 : 4) == 0)
			fill_field(c, f, base, depth);
	/* a reader sees that a table is there */
	if (is_flyfield_any_set(fields, base))
		for (f = fields; f->key != NULL; f++)
			if (f->kind == FLYFIELD_PRESENT)
				*(bool *)((char *)base + f->at) = true;
}

static void
flyrandom_fill(struct fly_config *c, unsigned n)
{
	seed = n;
	flyconf_init(c);
	fill(c, flyfield_root(), c, 0);
}

#endif
