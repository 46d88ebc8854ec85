#ifndef DNSNAME_H
#define DNSNAME_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/*
 * Names of the DNS as text in one form: lower case, every label followed by a
 * dot, the root ".", bytes that are not plain as "\." or "\DDD" (RFC 1035
 * section 5.1). Two names are equal when their texts are.
 */

enum { DNSNAME_MAX_WIRE = 255 };

/*
 * dnsname_parse(text, origin, out): the canonical form of ${text}; one without
 * a dot at its end is completed with ${origin} (canonical), or is whole if
 * that is NULL; "@" is ${origin}. The caller's to free. 0; -1 with errno
 * EINVAL: no name, a label over 63 bytes, a name over 255; ENOMEM.
 */
int dnsname_parse(const char *text, const char *origin, char **out);

/* dnsname_put_wire(b, name): append the wire form of a canonical name. 0 or
 * -1 (ENOMEM). */
int dnsname_put_wire(struct buf *b, const char *name);

/*
 * dnsname_from_wire(wire, n, out): the canonical form of an uncompressed name
 * that begins at ${wire}. How many bytes it takes, or 0: malformed or without
 * memory.
 */
size_t dnsname_from_wire(const unsigned char *wire, size_t n, char **out);

/* dnsname_parent(name): the name without its first label, borrowed from
 * ${name}; NULL of the root. */
const char *dnsname_parent(const char *name);

/* is_dnsname_under(name, zone): whether ${name} is ${zone} or below it. */
bool is_dnsname_under(const char *name, const char *zone);

/* dnsname_labels(name): how many labels; 0 of the root. */
size_t dnsname_labels(const char *name);

/* dnsname_compare(a, b): below, at or above 0, in the order of RFC 4034
 * section 6.1. */
int dnsname_compare(const char *a, const char *b);

/* dnsname_show(b, name): append ${name} for people: without the last dot. 0 or
 * -1. */
int dnsname_show(struct buf *b, const char *name);

#endif
