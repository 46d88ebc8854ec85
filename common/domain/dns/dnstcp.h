#ifndef DNSTCP_H
#define DNSTCP_H

#include <stddef.h>

struct buf;
struct dnsaddr;

/* Messages over TCP (RFC 7766), each with its length before it. Deadlines are
 * of clock_mono(). */

/* dnstcp_open(a, deadline): a connected socket, or -1 with errno. */
int dnstcp_open(const struct dnsaddr *a, double deadline);

/* dnstcp_send(fd, p, n, deadline): 0 or -1 with errno. */
int dnstcp_send(int fd, const void *p, size_t n, double deadline);

/* dnstcp_receive(fd, b, deadline): ${b} becomes the next message. 0 or -1 with
 * errno; ECONNRESET: the server ended it. */
int dnstcp_receive(int fd, struct buf *b, double deadline);

#endif
