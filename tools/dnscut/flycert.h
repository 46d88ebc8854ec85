#ifndef FLYCERT_H
#define FLYCERT_H

#include <stdbool.h>
#include <stddef.h>

#include "namelist.h"

struct opt_list;

/*
 * What Fly.io says of a name's certificate and of the records it wants: the
 * JSON of `fly certs check NAME --json` (or of the Machines API).
 */
struct flycert {
	char *host;                         /* canonical */
	bool is_active;                     /* issued, and in use */
	char *status;                       /* its word for that, or NULL */
	struct namelist addresses;          /* IPv4 and IPv6 of the app */
	char *cname;                        /* canonical, or NULL */
	char *challenge, *challenge_target; /* canonical, or NULL */
	char *ownership, *ownership_value;  /* canonical and text, or NULL */
};

struct flycerts {
	struct flycert *item;
	size_t n;
};

/* flycert_read(files, out): of all files, each one object or an array of them.
 * 0, or -1 after a message. The caller's to flycert_fini(). */
int flycert_read(const struct opt_list *files, struct flycerts *out);
void flycert_fini(struct flycerts *list);

/* flycert_parse(name, text, n, out): add those in ${text}. 0 or -1 likewise. */
int flycert_parse(
	const char *name, const char *text, size_t n, struct flycerts *out);

/* flycert_find(list, host): that of a name, or of the wildcard above it, the
 * last that was added; NULL: none. */
const struct flycert *flycert_find(
	const struct flycerts *list, const char *host);

#endif
