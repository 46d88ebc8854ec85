#ifndef FLYFIELD_H
#define FLYFIELD_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The keys of fly.toml as a table: what reads, writes, frees and checks the
 * model walks it, so that a key is named in one place.
 */
enum flyfield_kind {
	FLYFIELD_STR,      /* char * */
	FLYFIELD_INT,      /* struct fly_int */
	FLYFIELD_INTSTR,   /* struct fly_int written as a string */
	FLYFIELD_NUM,      /* struct fly_num */
	FLYFIELD_BOOL,     /* enum fly_bool */
	FLYFIELD_AUTOSTOP, /* enum fly_autostop */
	FLYFIELD_STRS,     /* struct fly_strs */
	FLYFIELD_MAP,      /* struct fly_map: a table of strings */
	FLYFIELD_TABLE,    /* an embedded struct */
	FLYFIELD_TABLES,   /* struct fly_tables of structs of ${size} */
	FLYFIELD_NAMED     /* the same, written as [key.NAME] tables; the */
			   /* struct's first member is its char *name */
};

struct flyfield {
	const char *key; /* NULL ends a table */
	enum flyfield_kind kind;
	size_t at; /* offset in the struct */
	const struct flyfield *sub;
	size_t size;
};

/* flyfield_root(): the table of struct fly_config. */
const struct flyfield *flyfield_root(void);

/* is_flyfield_set(f, base): whether the field of the struct at ${base} holds
 * anything, in itself or beneath. */
bool is_flyfield_set(const struct flyfield *f, const void *base);

/* is_flyfield_any_set(fields, base): whether any of them does. */
bool is_flyfield_any_set(const struct flyfield *fields, const void *base);

/* is_flyfield_section(f): whether it is written as a table of its own. */
bool is_flyfield_section(const struct flyfield *f);

/* flyfield_fini(fields, base): free what the struct at ${base} owns. */
void flyfield_fini(const struct flyfield *fields, void *base);

#endif
