#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "buf.h"
#include "clock.h"
#include "dnsaddr.h"
#include "httpscheck.h"
#include "msg.h"
#include "netconn.h"

enum { SECONDS = 15, MAX_HEAD = 8192 };

/* Whether the system has a route to the address: of no use to ask if not. */
static bool
has_route(const struct dnsaddr *a)
{
	int fd = socket(a->sa.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool has = fd != -1 &&
		   connect(fd, (const struct sockaddr *)&a->sa, a->len) == 0;
	bool missing = !has && (errno == ENETUNREACH || errno == EAFNOSUPPORT ||
				       errno == EADDRNOTAVAIL);

	if (fd != -1)
		close(fd);
	return !missing;
}

static int
wait_for(const struct netconn *c, bool writing, double deadline)
{
	struct pollfd p = {
		netconn_fd(c), netconn_events(c, !writing, writing), 0};
	double left = deadline - clock_mono(clock_system());
	int rc = poll(&p, 1, left > 0 ? (int)(left * 1000) + 1 : 0);

	if (rc == 0)
		errno = ETIMEDOUT;
	return rc > 0 || (rc == -1 && errno == EINTR) ? 0 : -1;
}

/* Sends the request and reads the first line of the answer. 0 or -1. */
static int
converse(struct netconn *c, const struct buf *request, struct buf *answer,
	double deadline)
{
	size_t sent = 0;
	ssize_t n;

	while (sent < request->len) {
		n = netconn_write(c, request->data + sent, request->len - sent);
		if (n > 0)
			sent += (size_t)n;
		else if (n == -1 && errno != EAGAIN)
			return -1;
		else if (wait_for(c, true, deadline) == -1)
			return -1;
	}
	while (strchr(buf_str(answer), '\n') == NULL) {
		if (answer->len > MAX_HEAD || buf_reserve(answer, 512) == -1)
			return -1;
		n = netconn_read(c, answer->data + answer->len, 512);
		if (n > 0) {
			answer->len += (size_t)n;
			answer->data[answer->len] = '\0';
		} else if (n == 0) {
			errno = ECONNRESET;
			return -1;
		} else if (errno != EAGAIN) {
			return -1;
		} else if (wait_for(c, false, deadline) == -1) {
			return -1;
		}
	}
	return 0;
}

enum httpscheck_result
httpscheck(const char *address, const char *port, const char *name,
	const char *ca_file, int *status)
{
	const struct netconn_target t = {.what = name,
		.host = address,
		.name = name,
		.port = port,
		.tls = true,
		.ca_file = ca_file,
		.seconds = SECONDS};
	double deadline = clock_mono(clock_system()) + SECONDS;
	enum httpscheck_result rc = HTTPSCHECK_FAILED;
	struct buf request = BUF_INIT, answer = BUF_INIT;
	struct dnsaddr a;
	struct netconn *c;
	unsigned code;

	*status = 0;
	if (dnsaddr_parse(address, 443, &a) == 0 && !has_route(&a))
		return HTTPSCHECK_NO_ROUTE;
	if (netconn_open(&t, &c) != NETCONN_OK)
		return HTTPSCHECK_FAILED;
	if (buf_printf(&request,
		    "GET / HTTP/1.1\r\nHost: %s\r\nUser-Agent: "
		    "dnscut\r\nAccept: */*\r\nConnection: close\r\n\r\n",
		    name) == -1 ||
		converse(c, &request, &answer, deadline) == -1) {
		msg_errno(
			"%s: %s: no answer to an HTTPS request", name, address);
	} else if (sscanf(buf_str(&answer), "HTTP/1.%*1u %3u", &code) != 1 ||
		   code < 100) {
		msg_error("%s: %s: the answer is not HTTP", name, address);
	} else if (code >= 500) {
		*status = (int)code;
		msg_error("%s: %s: the app answers HTTP status %u", name,
			address, code);
	} else {
		*status = (int)code;
		rc = HTTPSCHECK_OK;
	}
	netconn_close(c);
	buf_fini(&request);
	buf_fini(&answer);
	return rc;
}
