#ifndef S3PIPE_H
#define S3PIPE_H

#include <stddef.h>
#include <sys/types.h>

struct s3pending;
struct s3pipe;

/*
 * A bounded buffer between the sink of one call and the pulled body of another:
 * each side waits for the other.
 */

/* s3pipe_new(size): of at least 256 KiB: what comes in one piece must fit.
 * NULL: out of memory. s3pipe_free(p): NULL is fine. */
struct s3pipe *s3pipe_new(size_t size);
void s3pipe_free(struct s3pipe *p);

/* s3pipe_join(p, get, put): whom to resume; NULL for one that is not there (any
 * more). s3pipe_clear(p): forget the bytes, for another round. */
void s3pipe_join(
	struct s3pipe *p, struct s3pending *get, struct s3pending *put);
void s3pipe_clear(struct s3pipe *p);

/* s3pipe_sink(p, data, n): as s3call's sink. s3pipe_pull(p, data, n): as
 * http_body's pull. */
int s3pipe_sink(struct s3pipe *p, const void *data, size_t n);
ssize_t s3pipe_pull(struct s3pipe *p, void *data, size_t n);

#endif
