#ifndef RENDERJSON_H
#define RENDERJSON_H

struct json;
struct varlist;

/*
 * renderjson_read(file, doc, out): the variables of a JSON array, as Render's
 * API lists them ({"envVar": {"key", "value"}, "cursor"}) or as a Blueprint
 * has them ({"key", "value"}). An entry whose value only Render knows (sync:
 * false, generateValue, fromDatabase, fromService) becomes a variable without
 * a value. 0, or -1 after a message.
 */
int renderjson_read(
	const char *file, const struct json *doc, struct varlist *out);

#endif
