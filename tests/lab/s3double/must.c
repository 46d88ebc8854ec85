#include "must.h"
#include "mem.h"
#include "msg.h"

static void *
checked(void *p)
{
	if (p == NULL) {
		msg_error("out of memory");
		abort();
	}
	return p;
}

void *
must_zalloc(size_t count, size_t size)
{
	return checked(mem_zalloc(count, size));
}

void *
must_resize(void *p, size_t count, size_t size)
{
	return checked(mem_resize(p, count, size));
}

char *
must_strdup(const char *s)
{
	return checked(mem_strdup(s));
}

char *
must_dup(const void *p, size_t n)
{
	return checked(mem_dup(p, n));
}

void
must(int rc)
{
	checked(rc == 0 ? &rc : NULL);
}
