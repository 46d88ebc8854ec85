#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "buf.h"
#include "mem.h"
#include "secret.h"

/* Pages of its own, so that a core dump or swap can leave them out. */
struct secret {
	size_t mapped;
	size_t len;
	char data[];
};

struct secret *
secret_new(const void *p, size_t n)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t size = sizeof(struct secret) + n + 1;
	struct secret *s;
	void *probe;

	if (n > SIZE_MAX / 2)
		return NULL;
	/* so that the allocation hook of the tests sees this one too */
	if (!(probe = mem_alloc(1)))
		return NULL;
	free(probe);
	size = (size + page - 1) / page * page;
	s = mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (s == MAP_FAILED)
		return NULL;
#ifdef MADV_DONTDUMP
	(void)madvise(s, size, MADV_DONTDUMP);
#endif
	(void)mlock(s, size);
	s->mapped = size;
	s->len = n;
	if (n)
		memcpy(s->data, p, n);
	s->data[n] = '\0';
	return s;
}

struct secret *
secret_take(struct buf *b)
{
	struct secret *s = secret_new(buf_str(b), b->len);

	if (b->data)
		mem_wipe(b->data, b->cap);
	buf_fini(b);
	return s;
}

void
secret_free(struct secret *s)
{
	size_t size;

	if (!s)
		return;
	size = s->mapped;
	mem_wipe(s, size);
	munmap(s, size);
}

const char *
secret_data(const struct secret *s)
{
	return s->data;
}

size_t
secret_len(const struct secret *s)
{
	return s->len;
}

void
secret_guard_process(void)
{
	struct rlimit none = {0, 0};

	(void)setrlimit(RLIMIT_CORE, &none);
	/* the leak sanitizer traces its own process and needs it dumpable */
#if defined(__SANITIZE_ADDRESS__)
#define SECRET_TRACEABLE 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SECRET_TRACEABLE 1
#endif
#endif
#if defined(__linux__) && !defined(SECRET_TRACEABLE)
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}
