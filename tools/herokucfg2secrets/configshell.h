#ifndef CONFIGSHELL_H
#define CONFIGSHELL_H

#include <stdbool.h>
#include <stddef.h>

struct varlist;

/*
 * The text of `heroku config -s`: one NAME=VALUE a line, where VALUE is bare;
 * or in single quotes, literal; or, if it has a single quote or a line break
 * in it, in double quotes, with \n for a line break and a backslash before
 * each of " \ $ ` !.
 */

/*
 * is_configshell(text, n): whether every line is one that the heroku program
 * writes.
 */
bool is_configshell(const char *text, size_t n);

/*
 * configshell_read(file, text, n, out): decode it. CR at a line's end is not
 * part of the value. 0, or -1 after a message with line and column, which
 * never shows the line.
 */
int configshell_read(
	const char *file, const char *text, size_t n, struct varlist *out);

#endif
