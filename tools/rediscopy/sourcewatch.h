#ifndef SOURCEWATCH_H
#define SOURCEWATCH_H

#include <stdbool.h>
#include <stdint.h>

struct side;

/*
 * What no notification tells: that a database was emptied or changed places
 * with another, that a consumer group of a stream has moved on, that
 * notifications were turned off. Seen in the server's own counts (INFO).
 */
enum sourcewatch_what {
	SOURCEWATCH_EMPTIED = 1 << 0,  /* FLUSHDB, FLUSHALL, SWAPDB */
	SOURCEWATCH_GROUPS = 1 << 1,   /* XREADGROUP, XACK, XCLAIM */
	SOURCEWATCH_SKETCHES = 1 << 2, /* PFCOUNT, which may write */
	SOURCEWATCH_SHRUNK = 1 << 3,   /* more keys are gone than were told */
	SOURCEWATCH_OTHER = 1 << 4,    /* counts or data of another server */
	SOURCEWATCH_SILENT = 1 << 5    /* notifications are not complete */
};

struct sourcewatch_counts {
	uint64_t emptied, groups, sketches; /* calls */
	uint64_t commands;                  /* in all; it only grows */
	int64_t keys;
	uint64_t events;      /* as told to look(), for ${keys} */
	bool has_calls;       /* the server counts calls for us */
	char replication[48]; /* ID of the data's history */
};

struct sourcewatch {
	struct sourcewatch_counts last;
	bool has_last;
};

/*
 * sourcewatch_look(w, side, events, what): ask again; what has happened since
 * it was last asked into ${what}. ${events} is how many notifications there
 * were so far. 0, or -1: lost.
 */
int sourcewatch_look(struct sourcewatch *w, struct side *side, uint64_t events,
	unsigned *what);

/* sourcewatch_read(c, stats, info): from INFO commandstats and INFO. */
void sourcewatch_read(
	struct sourcewatch_counts *c, const char *stats, const char *info);

/* sourcewatch_compare(a, b): what has happened from ${a} to ${b}. */
unsigned sourcewatch_compare(
	const struct sourcewatch_counts *a, const struct sourcewatch_counts *b);

#endif
