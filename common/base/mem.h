#ifndef MEM_H
#define MEM_H

#include <stddef.h>

/*
 * Checked allocation. Every allocation of the project goes through here, so
 * that a test can make the Nth one fail. Memory is freed with free(3).
 */

/*
 * mem_alloc(n): n bytes (n = 0 counts as 1), uninitialised. NULL and errno
 * ENOMEM on failure. The caller owns it.
 */
void *mem_alloc(size_t n);

/* mem_zalloc(count, size): count*size zeroed bytes; NULL on overflow too. */
void *mem_zalloc(size_t count, size_t size);

/*
 * mem_resize(p, count, size): realloc to count*size bytes with an overflow
 * check. On failure NULL is returned and ${p} is untouched.
 */
void *mem_resize(void *p, size_t count, size_t size);

/* mem_dup(p, n): a copy of n bytes followed by a NUL. NULL on failure. */
char *mem_dup(const void *p, size_t n);

/* mem_strdup(s): a copy of the string ${s}. NULL on failure. */
char *mem_strdup(const char *s);

/* mem_wipe(p, n): overwrite n bytes so that the compiler cannot elide it. */
void mem_wipe(void *p, size_t n);

/*
 * mem_fail_after(n): test hook. The allocation after ${n} successful ones
 * fails, and every one after it; n < 0 turns the hook off.
 */
void mem_fail_after(long n);

/* mem_fail_hit(): 1 if the hook made an allocation fail since it was set. */
int mem_fail_hit(void);

#endif
