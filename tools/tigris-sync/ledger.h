#ifndef LEDGER_H
#define LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json;
struct object;
struct recorder;
struct sorter;

/*
 * What a journal of this program says: which versions of which objects were
 * copied (the manifest), and which uploads in parts were begun. The records
 * are both the proof and what a rerun goes on from.
 */

/* One part of an upload that the target has confirmed. */
struct ledger_part {
	unsigned number; /* from 1 */
	char etag[33];   /* MD5, hexadecimal */
	char sha256[65];
};

/* An upload that was begun and has no end yet. */
struct ledger_upload {
	char id[17];     /* of the work */
	char *upload_id; /* the target's */
	char *key;       /* on the target, without its prefix */
	size_t len;
	uint64_t part_size;
	struct ledger_part *part;
	size_t n_parts;
};

struct ledger {
	struct sorter *copied;
	struct ledger_upload *upload;
	size_t n_uploads;
	uint64_t *id; /* of what was copied, sorted by ledger_is_copied() */
	size_t n_ids, cap;
	bool is_sorted;
};

/* ledger_init(l, memory): about so many bytes in memory. 0 or -1 (ENOMEM). */
int ledger_init(struct ledger *l, size_t memory);
void ledger_fini(struct ledger *l);

/* ledger_replay(l, record): one record of an earlier run. 0 or -1. */
int ledger_replay(struct ledger *l, const struct json *record);

/* ledger_find(l, id): the unfinished upload of that work, or NULL. */
const struct ledger_upload *ledger_find(const struct ledger *l, const char *id);

/* is_ledger_copied(l, id): that work was done by an earlier run. */
bool is_ledger_copied(struct ledger *l, const char *id);

/* What the records below say of a copy. */
struct ledger_copy {
	const struct object *object;
	const char *id, *version; /* of the target's */
	const char *sha256;       /* or NULL */
	const char *proof;        /* how it is known to be equal: "etag" ... */
	const char *how;          /* "stream", "server", "parts", "file" */
	uint64_t part_size;       /* 0: not in parts */
	double seconds;
};

/* ledger_copied: object.copied. ledger_begun, ledger_parted, ledger_ended: an
 * upload begins (on disk before it returns), has one more part, is complete
 * or given up. 0, or -1 after a message. */
int ledger_copied(struct recorder *r, const struct ledger_copy *c);
int ledger_begun(struct recorder *r, const struct ledger_upload *u);
int ledger_parted(struct recorder *r, const struct ledger_upload *u,
	const struct ledger_part *p);
int ledger_ended(
	struct recorder *r, const struct ledger_upload *u, const char *type);

#endif
