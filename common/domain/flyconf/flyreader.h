#ifndef FLYREADER_H
#define FLYREADER_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct fly_config;
struct fly_map;
struct flyfield;
struct flyload;
struct tree;

/* What the loader's files share: one run over one document. */
struct flyreader {
	const struct flyload *load;
	struct fly_config *conf;
	const struct tree *root;
	struct buf *path;
	int failed;
};

/* flyreader_error(r, rule, fmt, ...), _warn, _note: a finding at the current
 * path. */
void flyreader_error(struct flyreader *r, const char *rule, const char *fmt,
	...) __attribute__((format(printf, 3, 4)));
void flyreader_warn(struct flyreader *r, const char *rule, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void flyreader_note(struct flyreader *r, const char *rule, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* flyreader_type(r, t, wanted): the error that ${t} is no ${wanted}. */
void flyreader_type(
	struct flyreader *r, const struct tree *t, const char *wanted);

/* flyreader_push(r, key, t): go down to ${key}, read from ${t}; the length to
 * be given to flyreader_pop. _push_index: the same for an element. */
size_t flyreader_push(
	struct flyreader *r, const char *key, const struct tree *t);
size_t flyreader_push_index(
	struct flyreader *r, size_t i, const struct tree *t);
void flyreader_pop(struct flyreader *r, size_t len);

/* flyreader_path(r): the current path. */
const char *flyreader_path(const struct flyreader *r);

/*
 * flyscalar_load(r, f, p, t, is_old): the value ${t} into the field ${f} at
 * ${p}; ${is_old} is whether the old forms are taken here. For every kind but
 * tables.
 */
void flyscalar_load(struct flyreader *r, const struct flyfield *f, void *p,
	const struct tree *t, bool is_old); /* flyscalar.c */

/* flyunknown_report(r, fields, t): the member ${t} is none of ${fields}. */
void flyunknown_report(struct flyreader *r, const struct flyfield *fields,
	const struct tree *t); /* flyunknown.c */

/* flyload_member(r, f, base, t, is_old): the value ${t} into the field ${f} of
 * the struct at ${base}, whatever its kind. */
void flyload_member(struct flyreader *r, const struct flyfield *f, void *base,
	const struct tree *t, bool is_old); /* flyload.c */

/* flylegacy_aliases(r): the sections of the root under their names of old;
 * flylegacy_experimental(r, t): what [experimental] once held. is_flylegacy_key
 * (r, fields, base, t): whether ${t} is a key of old, which is then loaded. */
void flylegacy_aliases(struct flyreader *r); /* flylegacy.c */
void flylegacy_experimental(struct flyreader *r, const struct tree *t);
bool is_flylegacy_key(struct flyreader *r, const struct flyfield *fields,
	void *base, const struct tree *t);

/* flyforms_map(r, f, m, t, is_old): a table of strings in any of its forms. */
void flyforms_map(struct flyreader *r, const struct flyfield *f,
	struct fly_map *m, const struct tree *t, bool is_old);

#endif
