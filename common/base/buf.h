#ifndef BUF_H
#define BUF_H

#include <stdarg.h>
#include <stddef.h>

/*
 * The one growable byte buffer. ${data} is always followed by a NUL once
 * anything was appended; ${len} does not count it. BUF_INIT is an empty one.
 */
struct buf {
	char *data;
	size_t len;
	size_t cap;
	int secret; /* wipe memory before it is freed or moved */
};

#define BUF_INIT                                                               \
	{                                                                      \
		NULL, 0, 0, 0                                                  \
	}
#define BUF_SECRET                                                             \
	{                                                                      \
		NULL, 0, 0, 1                                                  \
	}

/* buf_init(b): make ${b} empty without freeing anything. */
void buf_init(struct buf *b);

/* buf_fini(b): free (and wipe, if secret) the contents; ${b} is empty. */
void buf_fini(struct buf *b);

/* buf_clear(b): length 0, memory kept (wiped, if secret). */
void buf_clear(struct buf *b);

/* buf_reserve(b, n): room for ${n} more bytes and a NUL. 0 or -1 (ENOMEM). */
int buf_reserve(struct buf *b, size_t n);

/* buf_append(b, p, n), buf_puts, buf_putc: append; 0 or -1 (ENOMEM). */
int buf_append(struct buf *b, const void *p, size_t n);
int buf_puts(struct buf *b, const char *s);
int buf_putc(struct buf *b, int c);

/* buf_printf(b, fmt, ...): append formatted text; 0 or -1. */
int buf_printf(struct buf *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
int buf_vprintf(struct buf *b, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

/* buf_drop(b, n): remove the first ${n} (at most len) bytes. */
void buf_drop(struct buf *b, size_t n);

/*
 * buf_steal(b): the NUL-terminated contents, now the caller's to free;
 * ${b} is empty afterwards. NULL only when out of memory.
 */
char *buf_steal(struct buf *b);

/* buf_str(b): the contents as a string, "" when empty; ${b} keeps it. */
const char *buf_str(const struct buf *b);

#endif
