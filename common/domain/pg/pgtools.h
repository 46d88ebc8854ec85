#ifndef PGTOOLS_H
#define PGTOOLS_H

#include <stddef.h>

struct buf;
struct conninfo;
struct session;
struct toc;

/* pg_dump and pg_restore as children. */

struct pgtools {
	char *pg_dump, *pg_restore; /* paths */
	int version;                /* major */
};

/*
 * pgtools_find(version, target, out): of the pairs that are not older than
 * server major ${version} the newest that is not newer than ${target}, or else
 * the oldest: on PATH, in /usr/lib/postgresql/N/bin, /usr/pgsql-N/bin, or
 * Homebrew's folders. 0, or -1 after a message saying what to install.
 */
int pgtools_find(int version, int target, struct pgtools *out);
void pgtools_fini(struct pgtools *t);

/*
 * pgtools_dump(t, c, s, snapshot, path, more): the schema, as a custom archive;
 * ${more} has further options of pg_dump, each with a NUL. ${s} is a session
 * with the same server, which is asked for a word meanwhile: without an answer
 * pg_dump is ended. 0, or after a message (pg_dump's own included) -1, or -2
 * when it was the connection, which may be there again.
 */
int pgtools_dump(const struct pgtools *t, const struct conninfo *c,
	struct session *s, const char *snapshot, const char *path,
	const struct buf *more);

/* pgtools_list(t, path, out): the archive's table of contents as text. */
int pgtools_list(const struct pgtools *t, const char *path, struct buf *out);

/*
 * pgtools_script(t, path, list, flags, out): SQL of the entries that the TOC
 * lines in ${list} name, in their order. ${flags}: bits below. The psql
 * commands that guard newer scripts are taken out. 0 or -1.
 */
enum { PGTOOLS_OWNER = 1, PGTOOLS_ACL = 2 };
int pgtools_script(const struct pgtools *t, const char *path,
	const struct buf *list, unsigned flags, struct buf *out);

#endif
