#ifndef PROVIDER_H
#define PROVIDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct clock;
struct dnsaddr;
struct rrset;
struct rrsets;

/*
 * What holds a zone and changes it: one driver a provider. A driver knows
 * nothing of plans; it lists the zone, and makes sets of records others.
 */
enum provider_atomicity {
	/* all or nothing, and the provider itself makes sure that the zone is
	 * still as expected */
	PROVIDER_COMPARED,
	/* all or nothing; whether the zone is as expected is looked at just
	 * before */
	PROVIDER_ATOMIC,
	/* one set after the other */
	PROVIDER_STEPS
};

/* What can stand at the zone's own name for the addresses of another name. */
enum provider_apex {
	PROVIDER_APEX_ADDRESS,  /* nothing but A and AAAA */
	PROVIDER_APEX_ALIAS,    /* a record of the type ALIAS */
	PROVIDER_APEX_FLATTENED /* a CNAME that is answered as addresses */
};

enum provider_result {
	PROVIDER_OK,
	PROVIDER_MOVED,   /* the zone is not as expected; nothing was changed */
	PROVIDER_REFUSED, /* never as it is: key, rights, data */
	PROVIDER_AWAY,    /* may pass; nothing was changed */
	PROVIDER_UNKNOWN  /* it broke: what has been changed is to be read */
};

struct provider_options {
	const char *zone;             /* canonical */
	const struct dnsaddr *server; /* rfc2136 */
	const char *server_name;
	const char *key;      /* a locator, or NULL */
	const char *api_base; /* or NULL: the provider's own */
	const char *project;  /* google; or NULL */
	double seconds;       /* at most, for an answer */
	const struct clock *clock;
};

/* A set to become another; NULL is none. */
struct provider_change {
	const struct rrset *before, *after;
};

struct provider {
	const char *name;
	enum provider_atomicity atomicity;
	uint32_t min_ttl;
	enum provider_apex apex;
	/* open(o, state): 0 or an error that has had its message; so have
	 * those of the others but for PROVIDER_MOVED. */
	enum provider_result (*open)(
		const struct provider_options *o, void **state);
	void (*close)(void *state);
	/* list(state, out): all sets, settled; the caller's to free. */
	enum provider_result (*list)(void *state, struct rrsets *out);
	/*
	 * apply(state, expected, change, n): make the changes; ${expected} is
	 * the zone as it was listed last, or NULL: the sets to be changed must
	 * be as before, and no matter what the others are. A driver of
	 * PROVIDER_STEPS gets one change at a time.
	 */
	enum provider_result (*apply)(void *state,
		const struct rrsets *expected,
		const struct provider_change *change, size_t n);
	/*
	 * servers(state, expected, out): the NS that the zone should be
	 * delegated to with this provider, settled; the caller's to free.
	 */
	enum provider_result (*servers)(
		void *state, const struct rrsets *expected, struct rrsets *out);
	bool lists_soa; /* a listing without the zone's SOA is none */
	/*
	 * obstacle(state, set): why a set of the zone, as listed last, or one
	 * to be added to it, cannot be changed by apply(): it is more than DNS
	 * knows. NULL: nothing; the driver may have no obstacle() at all.
	 */
	const char *(*obstacle)(void *state, const struct rrset *set);
};

/* provider_find(name): the driver, or NULL. */
const struct provider *provider_find(const char *name);

/*
 * provider_obstacle(p, state, c): why the change cannot be made, or NULL.
 */
const char *provider_obstacle(
	const struct provider *p, void *state, const struct provider_change *c);

/* provider_name_servers(ns, out): what servers() of a driver gives for the set
 * ${ns}, NULL: none are known. */
enum provider_result provider_name_servers(
	const struct rrset *ns, struct rrsets *out);

/* provider_status(r): the exit status that a result means. */
int provider_status(enum provider_result r);

#endif
