#ifndef RECORDFILE_H
#define RECORDFILE_H

struct json_val;

/* recordfile_each(path, take, ctx): give each record of a file (output or
 * journal) to take(ctx, record); a torn last line is none. 0, or -1 after a
 * message. */
int recordfile_each(const char *path,
	void (*take)(void *ctx, const struct json_val *record), void *ctx);

#endif
