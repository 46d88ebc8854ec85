#ifndef VARLIST_H
#define VARLIST_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

/*
 * The variables of one app, in the order of the input. A value lives in a
 * secret buffer here and nowhere else, and is wiped by varlist_fini.
 */

enum var_class {
	CLASS_SECRET,
	CLASS_SETTING,
	CLASS_BUILD,
	CLASS_ADDON,
	CLASS_PLATFORM
};

enum var_goes {
	GOES_SECRETS, /* into the text for the import, or the request body */
	GOES_ENV,     /* into the [env] table */
	GOES_NOWHERE, /* left out: not needed, or so wished */
	GOES_REFUSED  /* left out: cannot be carried; has a finding */
};

/* Who decided: the first of these that had something to say. */
enum var_by { BY_DEFAULT, BY_OPTION, BY_ADDONS, BY_TABLE, BY_PATTERN };

struct var {
	char *name;
	char *to;         /* its new name, or NULL */
	struct buf value; /* may hold any bytes; empty is a value */
	bool has_value;   /* false: the input names it without a value */
	unsigned line;    /* where it stands, from 1; 0 if unknown */

	bool is_kept;    /* the user wants it carried */
	bool is_dropped; /* the user wants it left out */
	bool is_set;     /* the user gave the value */

	enum var_class class;
	enum var_goes goes;
	enum var_by by;
	const char *owner; /* the add-on's service, or NULL; borrowed */
	const char *why;   /* the reason, one line; borrowed */
};

struct varlist {
	struct var *v;
	size_t n, cap;
};

#define VARLIST_INIT                                                           \
	{                                                                      \
		NULL, 0, 0                                                     \
	}

/*
 * varlist_add(l, name, n): a new variable named by ${n} bytes, without a
 * value. It stays where it is until the next call. NULL: out of memory.
 */
struct var *varlist_add(struct varlist *l, const char *name, size_t n);

/* varlist_drop_last(l): take back the last varlist_add. */
void varlist_drop_last(struct varlist *l);

/* varlist_find(l, name): the variable of that name in the input, or NULL. */
struct var *varlist_find(const struct varlist *l, const char *name);

/*
 * varlist_twice(l, carried, first, second): two variables of one name, or 0
 * if there are none. With ${carried} the new names of what is carried count,
 * else the input's names. 1, 0, or -1 (out of memory).
 */
int varlist_twice(const struct varlist *l, bool carried,
	const struct var **first, const struct var **second);

/* varlist_fini(l): wipe and free everything; ${l} is empty. */
void varlist_fini(struct varlist *l);

/* var_to(v): the name it shall have on the target. */
const char *var_to(const struct var *v);

/* is_var_carried(v): whether it goes to the target at all. */
bool is_var_carried(const struct var *v);

/*
 * var_name_fault(name): why ${name} cannot be the name of a secret on Fly.io, a
 * clause for people, or NULL if it can.
 */
const char *var_name_fault(const char *name);

#endif
