#ifndef CATALOG_H
#define CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct session;

/*
 * What a database holds, read from its catalogues: everything that a copy or
 * comparison has to know. System objects, members of extensions, temporary
 * tables and the schema "airlift" are left out. Strings belong to the catalog.
 */

/* SQL: the object of the catalogue ${classid} at the alias ${c}, in the schema
 * at the alias n, is a user's own. A string that a query is put together of. */
#define CATALOG_USERS(c, classid)                                              \
	" n.nspname NOT IN ('pg_catalog', 'information_schema', 'airlift',"    \
	" '_heroku')"                                                          \
	" AND n.nspname NOT LIKE 'pg\\_toast%' AND n.nspname NOT LIKE "        \
	"'pg\\_temp%'"                                                         \
	" AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '" classid \
	"'::regclass AND e.objid = " c ".oid AND e.deptype = 'e')"

/* A column that COPY moves: not a generated or dropped one. */
struct catalog_column {
	char *name; /* not quoted */
	char *type; /* as SQL, with schema and modifier */
	char *base; /* PostgreSQL's own type that it is or is a domain over;
		       "" for any other type */
	int key;    /* its place in the key, from 1, or 0 */
	bool is_identity_always;
	bool has_own_collation; /* one that may equate different strings */
	double nulls;           /* share of NULLs by the statistics, 0 to 1 */
	double width;  /* bytes as stored, by the statistics; 0: unknown */
	double digits; /* characters as text, of numbers; 0: unknown */
};

/* A relation with rows of its own: a plain table or a leaf partition. */
struct catalog_table {
	uint32_t oid;
	char *schema, *name;
	char *columns;  /* quoted, with commas: what COPY moves; may be "" */
	bool is_binary; /* every column is safe in COPY's binary format */
	bool is_unlogged;
	bool has_rls;             /* row security is enabled on it */
	int64_t bytes;            /* heap and TOAST */
	int64_t blocks;           /* of the heap */
	int64_t index_bytes;      /* all its indexes */
	double rows;              /* the planner's estimate, -1 unknown */
	bool has_late_statistics; /* extended ones, or targets of an index:
				     made after its indexes */
	struct catalog_column *column;
	size_t n_columns;
	size_t n_key;       /* columns of its key: the primary key, or another
			       unique one without NULLs; 0: it has none */
	double correlation; /* of the key's first column with the order of the
			       rows on disk, -1 to 1; 0 unknown */
};

/* An index, with the constraint it belongs to, if any. */
struct catalog_index {
	uint32_t oid, table; /* OIDs */
	char *schema, *name, *table_name;
	char *definition;        /* CREATE [UNIQUE] INDEX ... */
	char *method;            /* "btree", "gin", ... */
	char *constraint;        /* ALTER TABLE ... that makes it one, or "" */
	uint32_t constraint_oid; /* or 0 */
	char kind; /* 'p' primary, 'u' unique, 'x' exclusion, 0 plain */
	bool is_partitioned; /* of a partitioned table (ON ONLY) */
	bool by_constraint;  /* the constraint builds it: no CREATE INDEX */
	bool is_valid;
	bool of_matview;
	char *marks; /* CLUSTER ON, REPLICA IDENTITY, SET STATISTICS, or \"\" */
	int64_t bytes;
};

/* A foreign key (of a partition's parent, not of its clones). */
struct catalog_fkey {
	uint32_t oid;
	char *schema, *table, *name;
	char *to_schema, *to_table; /* what it refers to */
	char *definition;           /* FOREIGN KEY ... without NOT VALID */
	bool is_valid, is_partitioned;
};

struct catalog_sequence {
	char *schema, *name;
	char *last_value; /* decimal */
	bool is_called;
	char *increment;
	char *table_schema, *table, *column; /* owner, or "" */
};

/* A materialized view, in the order in which they can be refreshed. */
struct catalog_matview {
	uint32_t oid;
	char *schema, *name;
	bool is_populated;
	int64_t bytes;
};

struct catalog_extension {
	char *name, *schema, *version;
};

struct catalog {
	struct catalog_table *table;
	size_t n_tables;
	struct catalog_index *index;
	size_t n_indexes;
	struct catalog_fkey *fkey;
	size_t n_fkeys;
	struct catalog_sequence *sequence;
	size_t n_sequences;
	struct catalog_matview *matview;
	size_t n_matviews;
	struct catalog_extension *extension;
	size_t n_extensions;
	int64_t n_large_objects;
	/* how many stand behind each array's end: owned, but not wanted */
	struct {
		size_t n_tables, n_indexes, n_fkeys, n_sequences, n_matviews;
	} left_out;
};

/*
 * catalog_load(s, out): read everything in the session's current transaction
 * (its snapshot). 0, or -1 after a message. catalog_free(c): NULL is fine.
 */
int catalog_load(struct session *s, struct catalog **out);
void catalog_free(struct catalog *c);

/*
 * catalog_other_column(t, u): the first column that only one of the two has;
 * NULL: none. Their order does not count.
 * catalog_other_type(t, u): the first column of t whose type is another in u;
 * NULL: none. Modifiers, and the schemas that extensions are in, do not count.
 * is_catalog_key(t, u): u has the key of t as its own.
 * catalog_drop_key(t): as if it had none.
 */
const char *catalog_other_column(
	const struct catalog_table *t, const struct catalog_table *u);
const char *catalog_other_type(
	const struct catalog_table *t, const struct catalog_table *u);
bool is_catalog_key(
	const struct catalog_table *t, const struct catalog_table *u);
void catalog_drop_key(struct catalog_table *t);

/* catalog_key(t, place): the column at that place of the key, from 1. */
const struct catalog_column *catalog_key(
	const struct catalog_table *t, size_t place);

/* catalog_read_sequences(s, c): read the sequences alone, anew (they move
 * outside of transactions). 0 or -1. */
int catalog_read_sequences(struct session *s, struct catalog *c);

/* catalog_find(c, schema, name): the table, or NULL. */
const struct catalog_table *catalog_find(
	const struct catalog *c, const char *schema, const char *name);

/* catalog_find_matview(c, schema, name): the materialized view, or NULL. */
const struct catalog_matview *catalog_find_matview(
	const struct catalog *c, const char *schema, const char *name);

/*
 * catalog_count_foreign(s, out): how many relations, functions, types and
 * large objects of users there are outside the schema "airlift": 0 means that
 * a copy may begin. 0 or -1.
 */
int catalog_count_foreign(struct session *s, int64_t *out);

#endif
