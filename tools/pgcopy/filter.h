#ifndef FILTER_H
#define FILTER_H

#include <stdbool.h>

struct buf;
struct catalog;
struct pgcopy_options;

/*
 * Which schemas and tables a run is about. Patterns are of the shell's kind
 * (* and ?), "schema" or "schema.table", in the case that the names have.
 */

/* is_filter_set(opt): anything is left out. */
bool is_filter_set(const struct pgcopy_options *opt);

/* is_filter_wanted(opt, schema, table): neither is left out; "" for what
 * belongs to no table. */
bool is_filter_wanted(const struct pgcopy_options *opt, const char *schema,
	const char *table);

/* is_filter_like(pattern, schema, table): the pattern is like the schema's
 * name, or, unless ${table} is NULL, like "schema.table". */
bool is_filter_like(const char *pattern, const char *schema, const char *table);

/* filter_catalog(opt, c): take out what is not wanted, with its indexes and
 * keys, also keys that refer to a table that is left out. */
void filter_catalog(const struct pgcopy_options *opt, struct catalog *c);

/* is_filter_empty(opt, schema, table): its rows are left out. */
bool is_filter_empty(const struct pgcopy_options *opt, const char *schema,
	const char *table);

/* filter_put_args(opt, b): pg_dump's options for the same, each with a NUL. 0
 * or -1. */
int filter_put_args(const struct pgcopy_options *opt, struct buf *b);

#endif
