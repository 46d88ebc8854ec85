#ifndef COPYING_H
#define COPYING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "copylog.h"
#include "ends.h"
#include "pace.h"
#include "pipe.h"

struct json;

/* A copy under way. The first member is what journal_open's replay gets. */
struct copying {
	struct ends e;
	struct copylog log;
	int16_t stamp[PIPE_TYPES];
	struct pipe_options pipe_options;
	struct pace pace; /* of big keys */
	struct pipe_counts total;
	const struct pipe_counts *live; /* of the stream under way, or NULL */
	struct keylist *big, *refused;
	struct keylist *left;     /* of the refused, to be copied one by one */
	struct keylist *vanished; /* of copying_keys; the caller's, or NULL */
	size_t n_noted;           /* of the big ones, on record */
	uint64_t by_element;      /* keys of this database, of those copied */
	bool has_failed;          /* some key of it, which has its record */
	double aside_since;       /* since when keys have been put aside */
	size_t pair;              /* which databases are at work */
	bool is_lost;     /* what the target had been given, or may be */
	int64_t moving;   /* keys that changed while they were copied */
	struct buf *name; /* of the key on the target */
};

/* copying_replay(ctx, record): for ends_open(). */
int copying_replay(void *ctx, const struct json *record);

/* copying_init(c), copying_fini(c): around everything else, but for c->e. */
int copying_init(struct copying *c);
void copying_fini(struct copying *c);

/* copying_prepare(c): what to copy and how, from the options. */
void copying_prepare(struct copying *c);

/* copying_keys(c, list): the listed keys of the selected databases, number
 * c->pair, replacing what the target has unless the policy is to skip. A
 * status as of copying_run. */
int copying_keys(struct copying *c, const struct keylist *list);

/* copying_run(c): all databases, small keys and big ones. An exit status. */
int copying_run(struct copying *c);

/* copying_key(c, key, len, size): one key of ${size} bytes of memory (0: not
 * known) in chunks, with its record. STATUS_OK;
 * STATUS_NO: it could not be copied, which has a record; STATUS_TEMPORARY: a
 * connection was lost. */
int copying_key(struct copying *c, const char *key, size_t len, uint64_t size);

#endif
