#ifndef PIPERUN_H
#define PIPERUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "expiry.h"
#include "ratelimit.h"

struct keylist;
struct pipe;

enum { PIPERUN_CURSOR = 24 };

/* The keys of one answer to SCAN. */
struct piperun_batch {
	struct piperun_batch *next;
	size_t left;                /* not done yet */
	char after[PIPERUN_CURSOR]; /* where to go on behind them */
	bool is_last;
};

/* A key under way: pipe.c leads it from one step to the next, pipekey.c
 * takes the steps. */
struct piperun_item {
	struct piperun_item *next;           /* among the ready ones */
	struct piperun_item *before, *after; /* among all */
	struct piperun_batch *batch;
	uint64_t size; /* bytes that it is taken to have */
	struct expiry expiry;
	size_t sent; /* bytes to the target */
	size_t len;
	bool is_value;       /* a short string: read and written as it is */
	unsigned char times; /* that it was read */
	char key[];
};

/* A stream under way. */
struct piperun {
	struct pipe *p;
	struct piperun_batch *first, *last;
	struct piperun_item *ready, **ready_end; /* measured, to be read */
	struct piperun_item *all;
	char cursor[PIPERUN_CURSOR];
	bool is_scanning, is_scanned, is_paused;
	size_t n_items, n_ready;
	uint64_t reading, writing; /* bytes asked for, bytes not acknowledged */
	struct ratelimit bytes, commands;
	double not_before;
	const struct keylist *list; /* instead of what SCAN finds */
	size_t listed;              /* of these, begun */
	int status;                 /* why a handler has stopped */
	/* how much may be under way, of which the share that a busy source
	 * leaves us; how long SCAN takes, in seconds */
	size_t items;
	uint64_t window;
	int scan_count;
	double share, scanned_at, quickest, usual;
	/* what the servers know, and how it is used */
	bool measures, encodings, values, packs, dumps;
	size_t short_string; /* bytes that are read of a string at once */
};

/* pipekey_begin(s): what to ask of keys, by what the servers can do. */
void pipekey_begin(struct piperun *s);

/* pipekey_measure(s, i): ask how big it is; it is made ready, put aside or
 * done. pipekey_read(s, i): ask for it; it goes on to the target, or is put
 * aside at once. 0, or -1 to stop. */
void pipekey_measure(struct piperun *s, struct piperun_item *i);
int pipekey_read(struct piperun *s, struct piperun_item *i);

/* pipekey_cost(i): bytes that asking for it counts as. */
uint64_t pipekey_cost(const struct piperun_item *i);

/* piperun_ready(s, i): it may be read. piperun_done(s, i): nothing more is to
 * be done about it, and it is freed. piperun_aside: it is left to others, in
 * that list. piperun_no_memory(s): says so. 0, or -1 to stop. */
int piperun_ready(struct piperun *s, struct piperun_item *i);
int piperun_done(struct piperun *s, struct piperun_item *i);
int piperun_aside(struct piperun *s, struct keylist *list,
	struct piperun_item *i, const char *why);
int piperun_no_memory(struct piperun *s);

#endif
