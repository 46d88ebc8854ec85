#ifndef STREAMMETA_H
#define STREAMMETA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kvreply;
struct side;

/* What a stream is besides its entries, from XINFO STREAM FULL. */

struct streammeta_id {
	uint64_t ms, seq;
};

/* An entry that a consumer has been given and has not acknowledged; the entry
 * itself may be deleted. */
struct streammeta_pending {
	struct streammeta_id id;
	size_t consumer; /* of the group's */
	int64_t time;    /* ms since 1970, when it was delivered */
	int64_t count;   /* how often */
};

struct streammeta_name {
	char *text;
	size_t len;
};

struct streammeta_group {
	struct streammeta_name name;
	struct streammeta_id last;
	int64_t entries_read; /* -1: not known */
	struct streammeta_name *consumer;
	size_t n_consumers;
	/* those that the reply had; ${n_pel} is how many there are, or -1 */
	struct streammeta_pending *pending;
	size_t n_pending;
	int64_t n_pel;
	struct streammeta_pending first; /* by ID, of all consumers */
	bool has_first;
};

struct streammeta {
	struct streammeta_id last, max_deleted;
	int64_t entries_added; /* -1: servers before 7.0 do not tell */
	struct streammeta_group *group;
	size_t n_groups;
};

/* streammeta_read(m, r): from the reply to XINFO STREAM key FULL. 0; -1: not
 * such a reply, or no memory. streammeta_fini(m): free it. */
int streammeta_read(struct streammeta *m, const struct kvreply *r);
void streammeta_fini(struct streammeta *m);

/* streammeta_consumer(g, name, len, i): the number of the group's consumer of
 * that name, which is added if need be. 0 or -1 (ENOMEM). */
int streammeta_consumer(
	struct streammeta_group *g, const char *name, size_t len, size_t *i);

/* streammeta_compare(a, b): as IDs are ordered. */
int streammeta_compare(
	const struct streammeta_id *a, const struct streammeta_id *b);

/* streammeta_parse_id(text, id): "ms-seq" or "ms". 0 or -1.
 * streammeta_format_id: the reverse, into 48 bytes. */
int streammeta_parse_id(const char *text, struct streammeta_id *id);
void streammeta_format_id(const struct streammeta_id *id, char out[48]);

/*
 * streammeta_ids(m, id, n): all IDs that are pending, in their order, each
 * once; the caller frees them. 0 or -1 (ENOMEM).
 */
int streammeta_ids(
	const struct streammeta *m, struct streammeta_id **id, size_t *n);

#endif
