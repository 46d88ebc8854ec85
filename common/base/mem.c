#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

static long fail_after = -1;
static int fail_hit;

/* Whether the test hook makes this allocation fail. */
static int
is_refused(void)
{
	if (fail_after < 0)
		return 0;
	if (fail_after > 0) {
		fail_after--;
		return 0;
	}
	fail_hit = 1;
	errno = ENOMEM;
	return 1;
}

void *
mem_alloc(size_t n)
{
	if (is_refused())
		return NULL;
	return malloc(n ? n : 1);
}

void *
mem_zalloc(size_t count, size_t size)
{
	if (is_refused())
		return NULL;
	if (size && count > SIZE_MAX / size) {
		errno = ENOMEM;
		return NULL;
	}
	return calloc(count ? count : 1, size ? size : 1);
}

void *
mem_resize(void *p, size_t count, size_t size)
{
	if (is_refused())
		return NULL;
	if (size && count > SIZE_MAX / size) {
		errno = ENOMEM;
		return NULL;
	}
	size_t n = count * size;
	return realloc(p, n ? n : 1);
}

char *
mem_dup(const void *p, size_t n)
{
	char *copy = n < SIZE_MAX ? mem_alloc(n + 1) : NULL;
	if (!copy)
		return NULL;
	if (n)
		memcpy(copy, p, n);
	copy[n] = '\0';
	return copy;
}

char *
mem_strdup(const char *s)
{
	return mem_dup(s, strlen(s));
}

void
mem_wipe(void *p, size_t n)
{
	if (n)
		explicit_bzero(p, n);
}

void
mem_fail_after(long n)
{
	fail_after = n;
	if (n >= 0)
		fail_hit = 0;
}

int
mem_fail_hit(void)
{
	return fail_hit;
}
