#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "dnsaddr.h"
#include "mem.h"
#include "num.h"

static int
set(struct dnsaddr *a, const char *host, uint16_t port)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)&a->sa;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&a->sa;

	memset(a, 0, sizeof(*a));
	if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		a->len = sizeof(*v4);
		return 0;
	}
	if (inet_pton(AF_INET6, host, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(port);
		a->len = sizeof(*v6);
		return 0;
	}
	return -1;
}

int
dnsaddr_parse(const char *text, uint16_t port, struct dnsaddr *out)
{
	const char *first = strchr(text, ':'), *last = strrchr(text, ':');
	char *host;
	int64_t n = port;
	size_t len = strlen(text);
	int rc = -1;

	if (*text == '[') {
		last = strchr(text++, ']');
		if (last == NULL || (last[1] != '\0' && last[1] != ':'))
			return -1;
		len = (size_t)(last - text);
		last = last[1] == ':' ? last + 1 : NULL;
	} else if (first != NULL && first == last) {
		len = (size_t)(first - text);
	} else {
		last = NULL;
	}
	if (last != NULL && num_int(last + 1, 1, 65535, &n) == -1)
		return -1;
	if ((host = mem_dup(text, len)) != NULL)
		rc = set(out, host, (uint16_t)n);
	free(host);
	return rc;
}

int
dnsaddr_put(struct buf *b, const struct dnsaddr *a, uint16_t plain)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)&a->sa;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&a->sa;
	bool six = a->sa.ss_family == AF_INET6;
	uint16_t port = ntohs(six ? v6->sin6_port : v4->sin_port);
	char text[INET6_ADDRSTRLEN] = "";

	if (six)
		(void)inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof(text));
	else
		(void)inet_ntop(AF_INET, &v4->sin_addr, text, sizeof(text));
	if (port == plain)
		return buf_puts(b, text);
	return buf_printf(b, six ? "[%s]:%u" : "%s:%u", text, port);
}

bool
is_dnsaddr_equal(const struct dnsaddr *a, const struct dnsaddr *b)
{
	return a->len == b->len && memcmp(&a->sa, &b->sa, a->len) == 0;
}
