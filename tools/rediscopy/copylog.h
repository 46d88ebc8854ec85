#ifndef COPYLOG_H
#define COPYLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ends;
struct json;
struct keylist;

/*
 * What a copy writes into its journal to go on from, and what it has learned
 * from those that an interrupted run has written.
 */

/* How far an earlier run has come in one database. */
struct copylog_point {
	int db, to;
	char cursor[24], source_run[48], target_run[48];
	bool is_done;
};

struct copylog {
	struct copylog_point *point;
	size_t n_points;
	struct keylist *aside, *copied; /* of earlier runs; size: database */
	double told;                    /* when the last checkpoint was */
	char run[24];                   /* the name of the first run */
	unsigned n_runs;                /* earlier ones */
};

/* copylog_init(l): 0 or -1 (ENOMEM). copylog_fini(l): in any state. */
int copylog_init(struct copylog *l);
void copylog_fini(struct copylog *l);

/* copylog_replay(l, e, record): one record of an earlier run. 0; -1 to give
 * up, after a message: it was about other keys or databases. */
int copylog_replay(
	struct copylog *l, const struct ends *e, const struct json *record);

/* copylog_begin(l, e): says what this run is about, or checks that it is what
 * the earlier one was about. An exit status. */
int copylog_begin(struct copylog *l, struct ends *e);

/* copylog_point(l, db): of a database; NULL (ENOMEM). */
struct copylog_point *copylog_point(struct copylog *l, int db);

/* copylog_recall(l, db, big): what was put aside and not copied yet is added
 * to ${big}. 0 or -1 (ENOMEM). */
int copylog_recall(struct copylog *l, int db, struct keylist *big);

/* copylog_aside(e, pair, list, from, to): those of the list from number ${from}
 * on, to before number ${to}, go on record, to be copied in a later run. 0 or
 * -1. */
int copylog_aside(struct ends *e, size_t pair, const struct keylist *list,
	size_t from, size_t to);

/* copylog_checkpoint(e, pair, cursor, keys): all before it is on the target. 0
 * or -1. */
int copylog_checkpoint(
	struct ends *e, size_t pair, const char *cursor, uint64_t keys);

#endif
