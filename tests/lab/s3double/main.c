#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <signal.h>
#include <unistd.h>

#include <openssl/ssl.h>

#include "api.h"
#include "httpd.h"
#include "msg.h"
#include "must.h"

/*
 * s3double PORTFILE [CERTIFICATE KEY]: a strict double of an S3 provider on a
 * free port of the loopback address, which it writes into PORTFILE. Objects
 * live in memory. It speaks TLS when given a certificate. What a test can ask
 * of it is in api.h and control.h: POST /-/control; GET /-/counters.
 */
struct visit {
	struct state *state;
	SSL_CTX *tls;
	int fd;
};

static void *
serve(void *arg)
{
	struct visit *v = arg;
	struct conn conn = {.fd = v->fd};
	bool is_open = true;

	if (v->tls != NULL) {
		conn.ssl = SSL_new(v->tls);
		is_open = conn.ssl != NULL &&
			  SSL_set_fd(conn.ssl, v->fd) == 1 &&
			  SSL_accept(conn.ssl) == 1;
	}
	if (is_open)
		api_serve(v->state, &conn);
	SSL_free(conn.ssl);
	buf_fini(&conn.in);
	close(v->fd);
	free(v);
	return NULL;
}

static int
listen_on_loopback(const char *portfile)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(a);
	struct buf tmp = BUF_INIT;
	FILE *f;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, len) ||
		listen(fd, 1024) ||
		getsockname(fd, (struct sockaddr *)&a, &len)) {
		msg_errno("cannot listen");
		goto err;
	}
	must(buf_printf(&tmp, "%s.new", portfile));
	f = fopen(tmp.data, "w");
	if (f == NULL || fprintf(f, "%d\n", ntohs(a.sin_port)) < 0 ||
		fclose(f) || rename(tmp.data, portfile)) {
		msg_errno("%s", portfile);
		goto err;
	}
	buf_fini(&tmp);
	return fd;

err:
	if (fd >= 0)
		close(fd);
	buf_fini(&tmp);
	return -1;
}

static SSL_CTX *
tls_with(const char *certificate, const char *key)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_server_method());

	if (tls == NULL ||
		SSL_CTX_use_certificate_chain_file(tls, certificate) != 1 ||
		SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) != 1) {
		msg_error("%s: not a certificate with its key", certificate);
		return NULL;
	}
	return tls;
}

int
main(int argc, char **argv)
{
	static struct state state = {.lock = PTHREAD_MUTEX_INITIALIZER};
	SSL_CTX *tls = NULL;
	pthread_attr_t attr;
	int one = 1, listener;

	msg_init("s3double");
	if (argc != 2 && argc != 4) {
		msg_error("usage: s3double PORTFILE [CERTIFICATE KEY]");
		return 100;
	}
	signal(SIGPIPE, SIG_IGN);
	control_init(&state.control);
	if (argc == 4 && (tls = tls_with(argv[2], argv[3])) == NULL)
		return 100;
	listener = listen_on_loopback(argv[1]);
	if (listener < 0)
		return 111;
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, 256 << 10);
	for (;;) {
		struct visit *v = must_zalloc(1, sizeof(*v));
		pthread_t thread;

		*v = (struct visit){&state, tls, accept(listener, NULL, NULL)};
		if (v->fd < 0) {
			free(v);
			continue;
		}
		setsockopt(v->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		if (pthread_create(&thread, &attr, serve, v)) {
			close(v->fd);
			free(v);
		}
	}
}
