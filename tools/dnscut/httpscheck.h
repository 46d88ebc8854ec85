#ifndef HTTPSCHECK_H
#define HTTPSCHECK_H

#include <stddef.h>

enum httpscheck_result {
	HTTPSCHECK_OK,
	HTTPSCHECK_NO_ROUTE, /* this machine has no way to such addresses */
	HTTPSCHECK_FAILED    /* has had its message */
};

/*
 * httpscheck(address, port, name, ca_file, status): one request for / to a
 * server at ${address}, as ${name} (without a dot at its end): the handshake
 * must prove that name, and HTTP must be answered by anything but a failure of
 * the server (5xx).
 */
enum httpscheck_result httpscheck(const char *address, const char *port,
	const char *name, const char *ca_file, int *status);

#endif
