#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "catalog.h"
#include "filter.h"
#include "opt.h"
#include "pgcopy.h"

bool
is_filter_like(const char *pattern, const char *schema, const char *table)
{
	struct buf b = BUF_INIT;
	bool yes;

	if (!table)
		return fnmatch(pattern, schema, 0) == 0;
	yes = buf_printf(&b, "%s.%s", schema, table) == 0 &&
	      fnmatch(pattern, buf_str(&b), 0) == 0;
	buf_fini(&b);
	return yes;
}

/* Whether one of the patterns is like it. */
static bool
matches(const struct opt_list *list, const char *schema, const char *table)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		if (is_filter_like(list->item[i], schema, table))
			return true;
	return false;
}

bool
is_filter_set(const struct pgcopy_options *opt)
{
	return opt->schemas.n || opt->not_schemas.n || opt->not_tables.n;
}

static bool
has_schema(const struct pgcopy_options *opt, const char *schema)
{
	return (!opt->schemas.n || matches(&opt->schemas, schema, NULL)) &&
	       !matches(&opt->not_schemas, schema, NULL);
}

bool
is_filter_wanted(
	const struct pgcopy_options *opt, const char *schema, const char *table)
{
	return has_schema(opt, schema) &&
	       !matches(&opt->not_tables, schema, table);
}

bool
is_filter_empty(
	const struct pgcopy_options *opt, const char *schema, const char *table)
{
	return matches(&opt->no_data, schema, table);
}

/* What is left out goes to the end of each array, where it is freed but not
 * seen: the counts are those of what stays. */
#define KEEP(c, array, count, wanted)                                          \
	do {                                                                   \
		size_t i_, k_ = 0;                                             \
		for (i_ = 0; i_ < (c)->count; i_++) {                          \
			bool keep_ = (wanted);                                 \
			if (!keep_)                                            \
				continue;                                      \
			if (i_ != k_) {                                        \
				memcpy(&spare, &(c)->array[k_],                \
					sizeof((c)->array[k_]));               \
				(c)->array[k_] = (c)->array[i_];               \
				memcpy(&(c)->array[i_], &spare,                \
					sizeof((c)->array[i_]));               \
			}                                                      \
			k_++;                                                  \
		}                                                              \
		(c)->left_out.count += (c)->count - k_;                        \
		(c)->count = k_;                                               \
	} while (0)

void
filter_catalog(const struct pgcopy_options *opt, struct catalog *c)
{
	union {
		struct catalog_table table;
		struct catalog_index index;
		struct catalog_fkey fkey;
		struct catalog_sequence sequence;
		struct catalog_matview matview;
	} spare;

	if (!is_filter_set(opt))
		return;
	KEEP(c, table, n_tables,
		is_filter_wanted(opt, c->table[i_].schema, c->table[i_].name));
	KEEP(c, index, n_indexes,
		is_filter_wanted(
			opt, c->index[i_].schema, c->index[i_].table_name));
	KEEP(c, fkey, n_fkeys,
		is_filter_wanted(opt, c->fkey[i_].schema, c->fkey[i_].table) &&
			is_filter_wanted(opt, c->fkey[i_].to_schema,
				c->fkey[i_].to_table));
	KEEP(c, sequence, n_sequences,
		has_schema(opt, c->sequence[i_].schema) &&
			(!*c->sequence[i_].table ||
				is_filter_wanted(opt,
					c->sequence[i_].table_schema,
					c->sequence[i_].table)));
	KEEP(c, matview, n_matviews,
		is_filter_wanted(
			opt, c->matview[i_].schema, c->matview[i_].name));
}

/* A pattern as pg_dump has them: what is no wildcard in double quotes, but for
 * the dot between schema and table. */
static int
put_pattern(struct buf *b, const char *option, const char *pattern, bool dotted)
{
	bool quoted = false;

	if (buf_printf(b, "--%s=", option))
		return -1;
	for (; *pattern; pattern++) {
		bool dot = dotted && *pattern == '.';
		bool plain = !dot && *pattern != '*' && *pattern != '?';

		if (plain != quoted && buf_putc(b, '"'))
			return -1;
		quoted = plain;
		if ((*pattern == '"' && buf_putc(b, '"')) ||
			buf_putc(b, *pattern))
			return -1;
		dotted = dotted && !dot;
	}
	return (quoted && buf_putc(b, '"')) || buf_append(b, "", 1) ? -1 : 0;
}

static int
put_list(struct buf *b, const char *option, const struct opt_list *list,
	bool dotted)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		if (put_pattern(b, option, list->item[i], dotted))
			return -1;
	return 0;
}

int
filter_put_args(const struct pgcopy_options *opt, struct buf *b)
{
	return put_list(b, "schema", &opt->schemas, false) ||
			       put_list(b, "exclude-schema", &opt->not_schemas,
				       false) ||
			       put_list(b, "exclude-table", &opt->not_tables,
				       true)
		       ? -1
		       : 0;
}
