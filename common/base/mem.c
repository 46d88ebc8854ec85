#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

static long fail_after = -1;
static int fail_hit;

/*
 * Whether this allocation fails before malloc is asked: by the test hook, or
 * because no object may be larger than a pointer difference (some allocators
 * end the process when asked for that).
 */
static int
is_refused(size_t count, size_t size)
{
	if (fail_after == 0)
		fail_hit = 1;
	else if (!size || count <= PTRDIFF_MAX / size) {
		if (fail_after > 0)
			fail_after--;
		return 0;
	}
	errno = ENOMEM;
	return 1;
}

void *
mem_alloc(size_t n)
{
	if (is_refused(n, 1))
		return NULL;
	return malloc(n ? n : 1);
}

void *
mem_zalloc(size_t count, size_t size)
{
	if (is_refused(count, size))
		return NULL;
	return calloc(count ? count : 1, size ? size : 1);
}

void *
mem_resize(void *p, size_t count, size_t size)
{
	size_t n = count * size;

	if (is_refused(count, size))
		return NULL;
	return realloc(p, n ? n : 1);
}

char *
mem_dup(const void *p, size_t n)
{
	char *copy;

	if (n == SIZE_MAX) {
		errno = ENOMEM;
		return NULL;
	}
	if (!(copy = mem_alloc(n + 1)))
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
