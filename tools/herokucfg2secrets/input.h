#ifndef INPUT_H
#define INPUT_H

#include <stddef.h>

struct varlist;

/*
 * input_parse(file, format, text, n, out, platform): the variables in the
 * ${n} bytes read from ${file}, in ${format}: heroku-json, heroku-shell,
 * dotenv, railway, render, or auto to tell from the text. Names are checked to
 * be printable UTF-8 and each to stand once. ${*platform} is "heroku",
 * "railway", "render" or, for a dotenv file, NULL. 0, or -1 after a message.
 */
int input_parse(const char *file, const char *format, const char *text,
	size_t n, struct varlist *out, const char **platform);

#endif
