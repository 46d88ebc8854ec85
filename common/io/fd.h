#ifndef FD_H
#define FD_H

#include <stddef.h>
#include <sys/types.h>

struct buf;

/*
 * fd_read_all(fd, max, b): append everything up to end of file to ${b}.
 * 0; -1 with errno set (EFBIG when there is more than ${max} bytes). Reads
 * straight into ${b}, so that a secret buffer leaves no copies.
 */
int fd_read_all(int fd, size_t max, struct buf *b);

/* fd_read_file(path, max, b): the same for a file; "-" is standard input. */
int fd_read_file(const char *path, size_t max, struct buf *b);

/* fd_write_all(fd, p, n): write every byte or return -1 (errno). */
int fd_write_all(int fd, const void *p, size_t n);

/* fd_cloexec(fd), fd_nonblock(fd): set the flag; 0 or -1 (errno). */
int fd_cloexec(int fd);
int fd_nonblock(int fd);

/*
 * fd_close_stdout(): flush and close standard output; -1 (and a message) if
 * anything written to it was lost. Every main ends with it.
 */
int fd_close_stdout(void);

/*
 * fd_sanitize(): make sure that descriptors 0, 1, 2 are open (writing
 * to a standard output that was closed fails) and ignore SIGPIPE; umask 077.
 * Every main begins with it.
 */
void fd_sanitize(void);

#endif
