#ifndef ARCHIVE_H
#define ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct archive_in;
struct archive_out;
struct buf;
struct catalog;
struct json_val;

/*
 * The archive of a database: a tar with zstd, whose members are, in order,
 *
 *   archive.json          its version and id, the server's encoding
 *   schema.dump           pg_dump's custom archive of the schema
 *   catalog.json          tables, sequences, views, extensions, settings
 *   data/N/00000001 ...   COPY data of table N of the catalogue
 *   data/N/end.json       its rows, bytes and digests
 *   lo/OID/00000001 ...   a large object
 *   lo/OID/end.json       its size and comment
 *   manifest.json         the digest over all that came before
 *
 * An archive without its manifest is torn.
 */
enum { ARCHIVE_VERSION = 1, ARCHIVE_CHUNK = 4 << 20 };

/* archive_create(fd, name, level, out): 0, or -1 after a message.
 * archive_put(a, name, p, n): one member. archive_finish(a): the manifest and
 * the end; archive_abandon(a): neither. */
int archive_create(
	int fd, const char *name, int level, struct archive_out **out);
int archive_put(
	struct archive_out *a, const char *name, const void *p, size_t n);
int archive_finish(struct archive_out *a);
void archive_abandon(struct archive_out *a);

/* archive_open(fd, name, in): 0, or -1 after a message. */
int archive_open(int fd, const char *name, struct archive_in **in);
void archive_close(struct archive_in *a);

/*
 * archive_next(a, name, data): 1 and a member, both borrowed until the next
 * call; 0 after a manifest that is right and the last one; -1 after a message:
 * torn, altered, or no archive of ours.
 */
int archive_next(
	struct archive_in *a, const char **name, const struct buf **data);

/* archive_number(name, folder, number, rest): whether ${name} is
 * "folder/number/rest". */
bool archive_number(const char *name, const char *folder, int64_t *number,
	const char **rest);

/* archive_put_catalog(b, c): the catalogue's record, without its end: the
 * caller adds members to ${w}. archive_read_catalog(v): the caller's, or NULL
 * after a message. */
struct jsonw;
void archive_put_catalog(
	struct jsonw *w, struct buf *b, const struct catalog *c);
struct catalog *archive_read_catalog(const struct json_val *v);

#endif
