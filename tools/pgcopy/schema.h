#ifndef SCHEMA_H
#define SCHEMA_H

#include "pgtools.h"
#include "toc.h"

struct engine;
struct ledger;
struct tmpfile;

/* The schema of the source: dumped once, in the snapshot, restored in stages.
 */
struct schema {
	struct pgtools tools;
	struct toc toc;
	struct tmpfile *archive;
	unsigned flags;
	char *hash;    /* of the SQL: the same schema gives the same */
	char *outline; /* of its objects (outline.h) */
};

/* schema_dump(e, s): pg_dump and its contents. 0, or -1 after a message. */
int schema_dump(struct engine *e, struct schema *s);
void schema_fini(struct schema *s);

/* schema_read(e, s, version, p, n): the same from a dump that pg_dump of that
 * major version has made. 0 or -1. */
int schema_read(struct engine *e, struct schema *s, int version, const void *p,
	size_t n);

/*
 * schema_restore(e, s): everything before the data, extensions included, in
 * one transaction with the ledger's note of it. 0 or -1.
 */
int schema_restore(struct engine *e, struct schema *s);

/*
 * schema_stage(e, s, stage, id, l): the entries of a later stage in one
 * transaction with the ledger's row ${id}; nothing if that is there. 0 or -1.
 */
int schema_stage(struct engine *e, struct schema *s, enum toc_stage stage,
	const char *id, const struct ledger *l);

/* schema_has(s, stage): whether there are such entries. */
int schema_has(const struct schema *s, enum toc_stage stage);

#endif
