#ifndef DOTENV_H
#define DOTENV_H

#include <stddef.h>

struct varlist;

/*
 * dotenv_read(file, text, n, out): a .env file. There is no standard, so this
 * is what its readers (node, ruby, python, docker compose, the shell) agree
 * on, and what they read differently is refused with line and column:
 * comments and blank lines; NAME=value, with "export" and blanks round '='; a
 * bare value up to the line's end or " #"; '...' literal over lines; "..."
 * over lines with \n \r \" \\ \$ \`; `...` literal. CRLF counts as LF. 0, or
 * -1 after a message, which never shows the text.
 */
int dotenv_read(
	const char *file, const char *text, size_t n, struct varlist *out);

#endif
