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
	FLYFIELD_NUM,      /* struct fly_num */
	FLYFIELD_BOOL,     /* enum fly_bool */
	FLYFIELD_AUTOSTOP, /* enum fly_autostop */
	FLYFIELD_STRS,     /* struct fly_strs */
	FLYFIELD_MAP,      /* struct fly_map: a table of strings */
	FLYFIELD_ANYMAP,   /* struct fly_map: a table of anything */
	FLYFIELD_PRESENT,  /* bool: the table around it was there; key "" */
	FLYFIELD_TABLE,    /* an embedded struct */
	FLYFIELD_TABLES,   /* struct fly_tables of structs of ${size} */
	FLYFIELD_NAMED     /* the same, written as [key.NAME] tables; the */
			   /* struct's first member is its char *name */
};

/*
 * What flyctl takes besides a value of the field's own type. It does so only
 * where every key on the way is spelled exactly; see flyload.h.
 */
enum flyfield_how {
	FLYFIELD_PLAIN,
	FLYFIELD_TEXT,        /* STR: any scalar becomes a string */
	FLYFIELD_CAST,        /* INT: a string of digits; a fraction is cut */
	FLYFIELD_U32,         /* INT: 32 bits, no sign */
	FLYFIELD_SECONDS,     /* STR, a duration: a number means seconds */
	FLYFIELD_MILLIS,      /* the same: milliseconds */
	FLYFIELD_NANOS,       /* the same: nanoseconds */
	FLYFIELD_ROOTFS,      /* STR: one of some words, or 0 to 3 */
	FLYFIELD_ONE,         /* STRS: a string alone */
	FLYFIELD_ENV,         /* MAP: any value, or a list of such tables */
	FLYFIELD_HEADERS,     /* MAP: any value, or a list of {name, value} */
	FLYFIELD_PROCESSES,   /* MAP: or a list of {name, command} */
	FLYFIELD_SINGLE,      /* TABLES: one table alone */
	FLYFIELD_LIST,        /* NAMED: a list of tables with a name */
	FLYFIELD_CONCURRENCY, /* TABLE: or "soft,hard" */
	FLYFIELD_LEGACY       /* TABLE: keys of old; flyload.c has them */
};

struct flyfield {
	const char *key; /* NULL ends a table */
	enum flyfield_kind kind;
	size_t at; /* offset in the struct */
	const struct flyfield *sub;
	size_t size;
	enum flyfield_how how;
};

/* flyfield_root(): the table of struct fly_config. */
const struct flyfield *flyfield_root(void);

/* flyfield_find(fields, key): the field of that name, or NULL. */
const struct flyfield *flyfield_find(
	const struct flyfield *fields, const char *key);

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
