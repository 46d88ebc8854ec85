#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "s3client.h"
#include "s3pipe.h"

struct s3pipe {
	struct s3pending *get, *put;
	size_t size, at, have; /* bytes from ${at} on, round the end */
	bool full, dry;        /* one side has been told to wait */
	char data[];
};

struct s3pipe *
s3pipe_new(size_t size)
{
	struct s3pipe *p = mem_alloc(sizeof(*p) + size);

	if (p == NULL)
		return NULL;
	memset(p, 0, sizeof(*p));
	p->size = size;
	return p;
}

void
s3pipe_free(struct s3pipe *p)
{
	free(p);
}

void
s3pipe_join(struct s3pipe *p, struct s3pending *get, struct s3pending *put)
{
	p->get = get;
	p->put = put;
}

void
s3pipe_clear(struct s3pipe *p)
{
	p->at = p->have = 0;
	p->full = p->dry = false;
}

int
s3pipe_sink(struct s3pipe *p, const void *data, size_t n)
{
	size_t end = (p->at + p->have) % p->size, first;

	if (n > p->size)
		return -1;
	if (n > p->size - p->have) {
		p->full = true;
		return 1;
	}
	first = n < p->size - end ? n : p->size - end;
	memcpy(p->data + end, data, first);
	memcpy(p->data, (const char *)data + first, n - first);
	p->have += n;
	if (p->dry && n > 0 && p->put != NULL)
		s3client_resume(p->put);
	p->dry = p->dry && n == 0;
	return 0;
}

ssize_t
s3pipe_pull(struct s3pipe *p, void *data, size_t n)
{
	size_t first;

	if (n > p->have)
		n = p->have;
	first = n < p->size - p->at ? n : p->size - p->at;
	memcpy(data, p->data + p->at, first);
	memcpy((char *)data + first, p->data, n - first);
	p->at = (p->at + n) % p->size;
	p->have -= n;
	p->dry = n == 0;
	/* half of it is free: a little at a time would cost more */
	if (p->full && p->have <= p->size / 2) {
		p->full = false;
		if (p->get != NULL)
			s3client_resume(p->get);
	}
	return (ssize_t)n;
}
