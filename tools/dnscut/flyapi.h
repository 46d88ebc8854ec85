#ifndef FLYAPI_H
#define FLYAPI_H

#include <stdbool.h>

struct dnscut_options;
struct flycerts;
struct namelist;
struct session;

/*
 * What Fly.io says of the certificates of names: as the files of --certificate
 * have it, or with --fly-app as the Machines API says now.
 */

/*
 * flyapi_certificates(s, hosts, renew, out): those of all ${hosts}; a name
 * without one, nor one of the wildcard above it, is left out. With ${renew}
 * Fly.io is made to look again for those that are not active. An exit status
 * after a message; the caller's to flycert_fini() in any case.
 */
int flyapi_certificates(struct session *s, const struct namelist *hosts,
	bool renew, struct flycerts *out);

#endif
