#ifndef MSG_H
#define MSG_H

#include <stdarg.h>
#include <stddef.h>

/*
 * Messages for people, one line each on standard error:
 * "tool: object: what is wrong and what to do". Control characters in the
 * text are escaped, so that hostile input cannot drive a terminal.
 */

/* msg_init(prog): the name before each message; borrowed for the process. */
void msg_init(const char *prog);

/* msg_prog(): that name. */
const char *msg_prog(void);

/* msg_error(fmt, ...): an error of our own. */
void msg_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* msg_errno(fmt, ...): the same, followed by ": " and strerror(errno). */
void msg_errno(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* msg_last(): the text of the last error, without the program's name; "" if
 * there was none. Borrowed until the next. */
const char *msg_last(void);

/* msg_warn, msg_note: "tool: warning: ...", "tool: note: ...". */
void msg_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void msg_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* msg_debug(fmt, ...): shown only with msg_set_verbose(1). */
void msg_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void msg_set_verbose(int on);

/*
 * msg_at(file, line, column, fmt, ...): "tool: file:line:column: ...".
 * Line and column count from 1; a 0 leaves its part out.
 */
void msg_at(const char *file, unsigned line, unsigned column, const char *fmt,
	...) __attribute__((format(printf, 4, 5)));

/*
 * msg_set_sink(sink, ctx): messages go to ${sink} (one finished line without
 * LF) instead of standard error; NULL restores that. For tests, and for the
 * progress display, which must clear its bars first.
 */
void msg_set_sink(void (*sink)(void *ctx, const char *line), void *ctx);

#endif
