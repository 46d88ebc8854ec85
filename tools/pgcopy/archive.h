#ifndef ARCHIVE_H
#define ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct catalog;
struct json_val;

/*
 * The archive of a database: a bundle, whose members are, in order,
 *
 *   archive.json          its version and id, the server's encoding
 *   schema.dump           pg_dump's custom archive of the schema
 *   catalog.json          tables, sequences, views, extensions, settings
 *   data/N/00000001 ...   COPY data of table N of the catalogue
 *   data/N/end.json       its rows, bytes and digests
 *   lo/OID/00000001 ...   a large object
 *   lo/OID/end.json       its size and comment
 */
enum { ARCHIVE_VERSION = 1, ARCHIVE_CHUNK = 4 << 20, ARCHIVE_MOST = 64 << 20 };

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
