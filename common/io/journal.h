#ifndef JOURNAL_H
#define JOURNAL_H

#include <stdbool.h>
#include <stddef.h>

struct json;
struct journal;

/*
 * A journal: the records of a run, one JSON line each, appended. Its first
 * record is {"type":"journal.open","tool":..,"source":..,"target":..,"at":..};
 * a rerun replays it and goes on. A torn last line is cut off. Two processes
 * cannot hold one journal (flock).
 */

/*
 * journal_open(path, tool, source, target, replay, ctx): open or create. An
 * existing journal's records are given to ${replay} (may be NULL) in order;
 * it returns 0 to go on, -1 to give up. ${source} and ${target} are identities
 * without secrets; a journal of another tool or pair is refused. NULL after a
 * message; errno EINVAL = refused (misuse), else I/O.
 */
struct journal *journal_open(const char *path, const char *tool,
	const char *source, const char *target,
	int (*replay)(void *ctx, const struct json *record), void *ctx);

/*
 * journal_append(j, line, n, sync): append whole lines (each ending in LF);
 * with ${sync}, on disk before it returns. 0 or -1 after a message. A NULL
 * journal takes everything and does nothing.
 */
int journal_append(struct journal *j, const char *line, size_t n, bool sync);

/* is_journal_resumed(j): whether it existed before with records. */
bool is_journal_resumed(const struct journal *j);

/* journal_close(j): 0, or -1 if something could not be written. */
int journal_close(struct journal *j);

#endif
