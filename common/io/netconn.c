#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "certpin.h"
#include "clock.h"
#include "fd.h"
#include "mem.h"
#include "msg.h"
#include "netconn.h"

struct netconn {
	int fd;
	SSL_CTX *ctx;
	SSL *ssl;
	/* what the last read and the last write wait for */
	short to_read, to_write;
	char shown[CERTPIN_SIZE]; /* the pin of a refused certificate, or "" */
};

enum { SECONDS = 15, KEEP_IDLE = 30, KEEP_INTERVAL = 10, KEEP_COUNT = 4 };

static double
now(void)
{
	return clock_mono(clock_system());
}

/* Waits for ${events} until ${deadline}. 0, or -1 with errno. */
static int
wait_for(int fd, short events, double deadline)
{
	struct pollfd p = {fd, events, 0};
	double left;
	int rc;

	do {
		left = deadline - now();
		rc = poll(&p, 1, left > 0 ? (int)(left * 1000) + 1 : 0);
	} while (rc == -1 && errno == EINTR);
	if (rc == 0)
		errno = ETIMEDOUT;
	return rc > 0 ? 0 : -1;
}

/* Small commands leave at once, and a dead peer is noticed. */
static void
tune(int fd)
{
	const int one = 1, idle = KEEP_IDLE, interval = KEEP_INTERVAL,
		  count = KEEP_COUNT;

	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one));
#ifdef TCP_KEEPIDLE
	(void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle));
	(void)setsockopt(
		fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof(interval));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof(count));
#else
	(void)idle, (void)interval, (void)count;
#endif
}

/* A socket connected to one address, or -1 with errno. */
static int
connect_one(const struct addrinfo *a, double deadline)
{
	int fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol), e = 0;
	socklen_t len = sizeof(e);

	if (fd == -1)
		return -1;
	if (fd_cloexec(fd) == -1 || fd_nonblock(fd) == -1)
		goto err;
	if (connect(fd, a->ai_addr, a->ai_addrlen) == -1) {
		if (errno != EINPROGRESS || wait_for(fd, POLLOUT, deadline))
			goto err;
		if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &e, &len) == -1)
			goto err;
		if (e != 0) {
			errno = e;
			goto err;
		}
	}
	tune(fd);
	return fd;

err:
	e = errno;
	close(fd);
	errno = e;
	return -1;
}

static enum netconn_result
connect_any(const struct netconn_target *t, double deadline, int *fd)
{
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	struct addrinfo *list, *a;
	int rc = getaddrinfo(t->host, t->port, &hints, &list);
	size_t n = 0;

	if (rc != 0) {
		msg_error("%s: %s: %s", t->what, t->host, gai_strerror(rc));
		return NETCONN_UNREACHABLE;
	}
	for (a = list; a != NULL; a = a->ai_next)
		n++;
	*fd = -1;
	/* each of the addresses gets its share of the time that is left */
	for (a = list; a != NULL && *fd == -1; a = a->ai_next, n--)
		*fd = connect_one(
			a, now() + (deadline - now()) / (double)(n ? n : 1));
	if (*fd == -1)
		msg_errno("%s: cannot connect to %s port %s", t->what, t->host,
			t->port);
	freeaddrinfo(list);
	return *fd == -1 ? NETCONN_UNREACHABLE : NETCONN_OK;
}

static bool
is_address(const char *host)
{
	unsigned char address[16];

	return inet_pton(AF_INET, host, address) == 1 ||
	       inet_pton(AF_INET6, host, address) == 1;
}

/* Whose certificate is expected. */
static const char *
expected(const struct netconn_target *t)
{
	return t->name != NULL ? t->name : t->host;
}

/* Keeps the pin of a certificate that is being looked at: of one that is
 * refused nothing else is left. */
static int
on_certificate(int good, X509_STORE_CTX *store)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(
		store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct netconn *c = ssl != NULL ? SSL_get_app_data(ssl) : NULL;
	X509 *x = X509_STORE_CTX_get0_cert(store);
	unsigned char *der = NULL;
	int n;

	if (good || c == NULL || x == NULL)
		return good;
	n = i2d_X509(x, &der);
	if (n <= 0 || certpin_digest(der, (size_t)n, c->shown) == -1)
		c->shown[0] = '\0';
	OPENSSL_free(der);
	return 0;
}

/* What the handshake shall demand. 0, or -1 after a message. */
static int
set_trust(struct netconn *c, const struct netconn_target *t)
{
	X509_VERIFY_PARAM *param;

	if (t->pin != NULL || t->insecure) {
		SSL_CTX_set_verify(c->ctx, SSL_VERIFY_NONE, NULL);
		return 0;
	}
	SSL_CTX_set_verify(c->ctx, SSL_VERIFY_PEER, on_certificate);
	if (t->ca_file != NULL
			? SSL_CTX_load_verify_locations(
				  c->ctx, t->ca_file, NULL) != 1
			: SSL_CTX_set_default_verify_paths(c->ctx) != 1) {
		msg_error("%s: %s: no certificates of authorities can be read "
			  "from it",
			t->what,
			t->ca_file != NULL ? t->ca_file : "the system");
		return -1;
	}
	param = SSL_CTX_get0_param(c->ctx);
	return (is_address(expected(t)) ? X509_VERIFY_PARAM_set1_ip_asc(
						  param, expected(t))
					: X509_VERIFY_PARAM_set1_host(
						  param, expected(t), 0)) == 1
		       ? 0
		       : -1;
}

static struct netconn *
prepare(const struct netconn_target *t, int fd)
{
	struct netconn *c = mem_zalloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->fd = fd;
	c->to_read = POLLIN;
	c->to_write = POLLOUT;
	if (!t->tls)
		return c;
	if ((c->ctx = SSL_CTX_new(TLS_client_method())) == NULL ||
		SSL_CTX_set_min_proto_version(c->ctx, TLS1_2_VERSION) != 1 ||
		set_trust(c, t) == -1)
		goto err;
	(void)SSL_CTX_set_mode(
		c->ctx, SSL_MODE_ENABLE_PARTIAL_WRITE |
				SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	if ((c->ssl = SSL_new(c->ctx)) == NULL || SSL_set_fd(c->ssl, fd) != 1)
		goto err;
	(void)SSL_set_app_data(c->ssl, c);
	if (!is_address(expected(t)))
		(void)SSL_ctrl(c->ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME,
			TLSEXT_NAMETYPE_host_name,
			(char *)(uintptr_t)expected(t));
	return c;

err:
	ERR_clear_error();
	SSL_CTX_free(c->ctx);
	free(c);
	return NULL;
}

/* The pin of the certificate that the server has shown. 0 or -1. */
static int
shown_pin(const struct netconn *c, char pin[CERTPIN_SIZE])
{
	X509 *x = SSL_get1_peer_certificate(c->ssl);
	unsigned char *der = NULL;
	int n = x != NULL ? i2d_X509(x, &der) : -1;
	int rc = n > 0 ? certpin_digest(der, (size_t)n, pin) : -1;

	OPENSSL_free(der);
	X509_free(x);
	return rc;
}

/* Compares the certificate with the pin that was given. */
static enum netconn_result
compare_pin(const struct netconn *c, const struct netconn_target *t)
{
	char wanted[CERTPIN_SIZE], shown[CERTPIN_SIZE];

	if (shown_pin(c, shown) == -1)
		shown[0] = '\0';
	if (certpin_parse(t->pin, wanted) == 0 && strcmp(wanted, shown) == 0)
		return NETCONN_OK;
	msg_error("%s: %s: the server's certificate is not the pinned one: it "
		  "shows %s",
		t->what, t->host, shown);
	return NETCONN_UNTRUSTED;
}

/* Says why a handshake has failed. */
static enum netconn_result
explain(struct netconn *c, const struct netconn_target *t)
{
	long verdict = SSL_get_verify_result(c->ssl);
	unsigned long e = ERR_peek_last_error();
	const char *reason = e != 0 ? ERR_reason_error_string(e) : NULL;

	if (verdict != X509_V_OK && t->pin == NULL && !t->insecure) {
		msg_error("%s: %s: the server's certificate cannot be trusted: "
			  "%s",
			t->what, t->host,
			X509_verify_cert_error_string(verdict));
		if (c->shown[0] != '\0')
			msg_note("%s: it shows %s: once you have compared it "
				 "with one that came another way, give it%s%s",
				t->what, c->shown,
				t->pin_option != NULL ? " as " : "",
				t->pin_option != NULL ? t->pin_option : "");
		return NETCONN_UNTRUSTED;
	}
	msg_error("%s: %s: the TLS handshake failed: %s", t->what, t->host,
		reason != NULL ? reason : "the connection was closed");
	return NETCONN_UNREACHABLE;
}

static enum netconn_result
shake_hands(struct netconn *c, const struct netconn_target *t, double deadline)
{
	int rc;

	ERR_clear_error();
	while ((rc = SSL_connect(c->ssl)) != 1) {
		int e = SSL_get_error(c->ssl, rc);
		short events = e == SSL_ERROR_WANT_READ    ? POLLIN
			       : e == SSL_ERROR_WANT_WRITE ? POLLOUT
							   : 0;

		if (events == 0)
			return explain(c, t);
		if (wait_for(c->fd, events, deadline) == -1) {
			msg_errno("%s: %s: no TLS handshake, which a server "
				  "without TLS does not answer",
				t->what, t->host);
			return NETCONN_UNREACHABLE;
		}
	}
	return t->pin != NULL ? compare_pin(c, t) : NETCONN_OK;
}

enum netconn_result
netconn_open(const struct netconn_target *t, struct netconn **out)
{
	double deadline = now() + (t->seconds > 0 ? t->seconds : SECONDS);
	enum netconn_result rc;
	struct netconn *c;
	int fd;

	if ((rc = connect_any(t, deadline, &fd)) != NETCONN_OK)
		return rc;
	if ((c = prepare(t, fd)) == NULL) {
		msg_error("%s: cannot prepare the connection", t->what);
		close(fd);
		return NETCONN_UNTRUSTED;
	}
	if (t->tls && (rc = shake_hands(c, t, deadline)) != NETCONN_OK) {
		netconn_close(c);
		return rc;
	}
	*out = c;
	return NETCONN_OK;
}

void
netconn_close(struct netconn *c)
{
	if (c == NULL)
		return;
	if (c->ssl != NULL && SSL_is_init_finished(c->ssl))
		(void)SSL_shutdown(c->ssl);
	SSL_free(c->ssl);
	SSL_CTX_free(c->ctx);
	ERR_clear_error();
	close(c->fd);
	free(c);
}

/* The result of a TLS call of ${n} bytes: bytes, 0 at the end, or -1; what it
 * waits for, if it does. */
static ssize_t
tls_result(struct netconn *c, int n, short *want)
{
	int e;

	if (n > 0)
		return n;
	e = SSL_get_error(c->ssl, n);
	if (e == SSL_ERROR_ZERO_RETURN)
		return 0;
	if (e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE) {
		*want = e == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
		errno = EAGAIN;
	} else if (e != SSL_ERROR_SYSCALL || errno == 0) {
		errno = ECONNRESET;
	}
	ERR_clear_error();
	return -1;
}

/* TLS takes an int. */
static int
bounded(size_t n)
{
	return n > 1 << 30 ? 1 << 30 : (int)n;
}

ssize_t
netconn_read(struct netconn *c, void *p, size_t n)
{
	ssize_t rc;

	if (c->ssl != NULL) {
		ERR_clear_error();
		errno = 0;
		c->to_read = POLLIN;
		return tls_result(
			c, SSL_read(c->ssl, p, bounded(n)), &c->to_read);
	}
	do
		rc = recv(c->fd, p, n, 0);
	while (rc == -1 && errno == EINTR);
	return rc;
}

ssize_t
netconn_write(struct netconn *c, const void *p, size_t n)
{
	ssize_t rc;

	if (c->ssl != NULL) {
		ERR_clear_error();
		errno = 0;
		c->to_write = POLLOUT;
		return tls_result(
			c, SSL_write(c->ssl, p, bounded(n)), &c->to_write);
	}
	do
		rc = send(c->fd, p, n, MSG_NOSIGNAL);
	while (rc == -1 && errno == EINTR);
	return rc;
}

int
netconn_fd(const struct netconn *c)
{
	return c->fd;
}

short
netconn_events(const struct netconn *c, bool reading, bool writing)
{
	return (short)((reading ? c->to_read : 0) |
		       (writing ? c->to_write : 0));
}

bool
is_netconn_buffered(const struct netconn *c)
{
	return c->ssl != NULL && SSL_pending(c->ssl) > 0;
}
