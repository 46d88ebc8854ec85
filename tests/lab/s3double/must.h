#ifndef MUST_H
#define MUST_H

#include <stddef.h>

/* The double ends when it is out of memory; nothing here returns NULL. */

/* must_zalloc(count, size), must_resize(p, count, size), must_strdup(s),
 * must_dup(p, n): as those of base/mem. */
void *must_zalloc(size_t count, size_t size);
void *must_resize(void *p, size_t count, size_t size);
char *must_strdup(const char *s);
char *must_dup(const void *p, size_t n);

/* must(rc): ends the program unless ${rc} is 0. */
void must(int rc);

#endif
