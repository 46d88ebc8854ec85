#ifndef RAILWAYJSON_H
#define RAILWAYJSON_H

#include <stdbool.h>
#include <stddef.h>

struct json;
struct varlist;

/*
 * is_railwayjson(doc): whether an object of variables is Railway's, which
 * always has some RAILWAY_ ones in it.
 */
bool is_railwayjson(const struct json *doc);

/*
 * railwayjson_read(file, doc, out): the variables that `railway variables
 * --json` prints: {"NAME": "value", ...} with references resolved. 0, or -1
 * after a message.
 */
int railwayjson_read(
	const char *file, const struct json *doc, struct varlist *out);

/*
 * is_railwayjson_reference(value, n): whether a ${{...}} stands in the value,
 * which only the raw editor and templates leave unresolved.
 */
bool is_railwayjson_reference(const char *value, size_t n);

#endif
