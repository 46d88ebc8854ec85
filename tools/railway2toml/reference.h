#ifndef REFERENCE_H
#define REFERENCE_H

#include <stdbool.h>

struct buf;

/* The references in a variable's value: ${{Service.NAME}}. */
enum reference_kind {
	REFERENCE_OWN,     /* ${{NAME}}: another variable of the service */
	REFERENCE_SHARED,  /* ${{shared.NAME}} */
	REFERENCE_SERVICE, /* ${{Service.NAME}} */
	REFERENCE_SECRET   /* ${{secret(...)}}: made up at random */
};

struct reference {
	enum reference_kind kind;
	char *service, *name; /* owned; "" where there is none */
};

/*
 * reference_next(s, r): the next one in ${*s}, which is moved behind it. 1; 0
 * if there is none; -1 without memory. reference_fini(r) frees it.
 */
int reference_next(const char **s, struct reference *r);
void reference_fini(struct reference *r);

/* is_reference_in(s): whether there is any. */
bool is_reference_in(const char *s);

/* reference_service(service, name): the service of share/map's add-ons that a
 * reference names a database of, by what either is called: "postgres", "redis",
 * "mysql", "mongo"; NULL if it is none. */
const char *reference_service(const char *service, const char *name);

/*
 * reference_put(b, value): append ${value} with the hosts of other services
 * (RAILWAY_PRIVATE_DOMAIN, RAILWAY_PUBLIC_DOMAIN) as Fly.io has them. 1 if
 * nothing of Railway is left in it, 0 if there is, -1 without memory.
 */
int reference_put(struct buf *b, const char *value);

#endif
