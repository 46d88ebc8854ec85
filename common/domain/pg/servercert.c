#include <errno.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "buf.h"
#include "certpin.h"
#include "mem.h"
#include "servercert.h"

enum { SECONDS = 15 };

struct servercert {
	STACK_OF(X509) * chain; /* the server's own first */
	char pin[CERTPIN_SIZE];
};

/* A connected socket with time limits, or -1. */
static int
connect_to(const char *host, const char *port)
{
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	const struct timeval limit = {SECONDS, 0};
	struct addrinfo *list, *a;
	int fd = -1;

	if (getaddrinfo(host, port, &hints, &list))
		return -1;
	for (a = list; a && fd < 0; a = a->ai_next) {
		fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC,
			a->ai_protocol);
		if (fd < 0)
			continue;
		(void)setsockopt(
			fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
		(void)setsockopt(
			fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
		if (connect(fd, a->ai_addr, a->ai_addrlen)) {
			close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(list);
	return fd;
}

/* Asks for TLS. 0, or -1 if the server will not have it. */
static int
request_tls(int fd)
{
	static const unsigned char request[] = {0, 0, 0, 8, 4, 0xd2, 22, 47};
	char answer = 0;

	return send(fd, request, sizeof(request), MSG_NOSIGNAL) ==
				       (ssize_t)sizeof(request) &&
			       recv(fd, &answer, 1, 0) == 1 && answer == 'S'
		       ? 0
		       : -1;
}

/* The pin of a certificate. 0 or -1. */
static int
digest(const X509 *x, char pin[CERTPIN_SIZE])
{
	unsigned char *der = NULL;
	int n = i2d_X509(x, &der);
	int rc = n > 0 ? certpin_digest(der, (size_t)n, pin) : -1;

	OPENSSL_free(der);
	return rc;
}

/* The chain of a handshake over the socket, copied. NULL on failure. */
static STACK_OF(X509) * shake_hands(int fd, const char *host)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL *ssl = ctx ? SSL_new(ctx) : NULL;
	STACK_OF(X509) *chain = NULL;

	if (ssl) {
		SSL_set_verify(ssl, SSL_VERIFY_NONE, NULL);
		(void)SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME,
			TLSEXT_NAMETYPE_host_name, (char *)(uintptr_t)host);
	}
	if (ssl && SSL_set_fd(ssl, fd) == 1 && SSL_connect(ssl) == 1 &&
		SSL_get_peer_cert_chain(ssl))
		chain = X509_chain_up_ref(SSL_get_peer_cert_chain(ssl));
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	ERR_clear_error();
	return chain;
}

struct servercert *
servercert_fetch(const char *host, const char *port, const char **why)
{
	struct servercert *c = mem_zalloc(1, sizeof(*c));
	int fd = -1;

	*why = "out of memory";
	if (!c)
		return NULL;
	*why = "no connection";
	if ((fd = connect_to(host, port)) < 0)
		goto err;
	*why = "the server does not do TLS";
	if (request_tls(fd))
		goto err;
	*why = "the TLS handshake failed";
	if (!(c->chain = shake_hands(fd, host)) || sk_X509_num(c->chain) < 1 ||
		digest(sk_X509_value(c->chain, 0), c->pin))
		goto err;
	close(fd);
	return c;

err:
	if (fd >= 0)
		close(fd);
	servercert_free(c);
	return NULL;
}

void
servercert_free(struct servercert *c)
{
	if (!c)
		return;
	sk_X509_pop_free(c->chain, X509_free);
	free(c);
}

const char *
servercert_pin(const struct servercert *c)
{
	return c->pin;
}

static bool
is_self_signed(X509 *x)
{
	return X509_NAME_cmp(
		       X509_get_subject_name(x), X509_get_issuer_name(x)) == 0;
}

bool
is_servercert_self_signed(const struct servercert *c)
{
	return is_self_signed(sk_X509_value(c->chain, 0));
}

bool
is_servercert_pin(const char *text)
{
	char pin[CERTPIN_SIZE];

	return certpin_parse(text, pin) == 0;
}

static int
put_pem(struct buf *b, X509 *x)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *p;
	long n;
	int rc = -1;

	if (bio && PEM_write_bio_X509(bio, x) == 1) {
		n = BIO_get_mem_data(bio, &p);
		rc = n > 0 ? buf_append(b, p, (size_t)n) : -1;
	}
	BIO_free(bio);
	return rc;
}

int
servercert_put_pinned(
	const struct servercert *c, const char *pin, struct buf *pem)
{
	char wanted[CERTPIN_SIZE], have[CERTPIN_SIZE];
	int i;

	if (certpin_parse(pin, wanted) == -1)
		return 0;
	for (i = 0; i < sk_X509_num(c->chain); i++) {
		X509 *x = sk_X509_value(c->chain, i);

		if (digest(x, have) == 0 && strcmp(have, wanted) == 0)
			return !is_self_signed(x) ? 0
			       : put_pem(pem, x)  ? -1
			       : i == 0           ? 1
						  : 2;
	}
	return 0;
}
