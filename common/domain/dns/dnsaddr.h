#ifndef DNSADDR_H
#define DNSADDR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct buf;

/* The address and port of a server, IPv4 or IPv6. */
struct dnsaddr {
	struct sockaddr_storage sa;
	socklen_t len;
};

/*
 * dnsaddr_parse(text, port, out): "192.0.2.1", "192.0.2.1:5353", "2001:db8::1",
 * "[2001:db8::1]:5353"; without a port of its own it gets ${port}. 0, or -1:
 * no address.
 */
int dnsaddr_parse(const char *text, uint16_t port, struct dnsaddr *out);

/* dnsaddr_put(b, a, plain): append the address, with a port that is not
 * ${plain}. 0 or -1. */
int dnsaddr_put(struct buf *b, const struct dnsaddr *a, uint16_t plain);

/* is_dnsaddr_equal(a, b): the same address and port. */
bool is_dnsaddr_equal(const struct dnsaddr *a, const struct dnsaddr *b);

#endif
