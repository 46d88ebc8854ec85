#ifndef RRSET_H
#define RRSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Sets of records of one name and type (RFC 2181 section 5), of class IN. Their
 * data is text as in a zone file, spelled as it came, and its canonical wire
 * form (RFC 4034 section 6.2), by which it is compared and sorted.
 */
struct rdata {
	char *text;
	unsigned char *wire;
	size_t len;
};

struct rrset {
	char *name; /* dnsname.h */
	uint16_t type;
	uint32_t ttl; /* the lowest, should they differ */
	struct rdata *data;
	size_t n;
	char *extra; /* what the provider keeps beside it, as JSON, or NULL */
};

/* The extra of a set whose records do not have the same. */
#define RRSET_MIXED "{\"mixed\":true}"

/* Many sets; after rrsets_settle() one of each name and type, in order. */
struct rrsets {
	struct rrset *item;
	size_t n, cap;
};

enum { RRSET_HASH_SIZE = 65, RRSET_MAX_TTL = 0x7fffffff };

/*
 * rrsets_add(list, name, type, ttl, text): add a record; ${name} is canonical,
 * names in ${text} are taken as whole. 0; -1 with errno EINVAL: no data of that
 * type; ENOMEM.
 */
int rrsets_add(struct rrsets *list, const char *name, uint16_t type,
	uint32_t ttl, const char *text);

/* rrsets_add_set(list, set): add a copy of a set. 0 or -1 (ENOMEM). */
int rrsets_add_set(struct rrsets *list, const struct rrset *set);

/* rrsets_extra(list, extra): the set that was added last has this beside it, a
 * copy; NULL: nothing. 0 or -1 (ENOMEM). */
int rrsets_extra(struct rrsets *list, const char *extra);

/* rrsets_settle(list): sort, and make one set of what has one name and type;
 * data that is there twice is dropped; of
 * different extras RRSET_MIXED is left. 0 or -1 (ENOMEM). */
int rrsets_settle(struct rrsets *list);

/* rrsets_find(list, name, type): in a settled list; NULL: none. Borrowed. */
const struct rrset *rrsets_find(
	const struct rrsets *list, const char *name, uint16_t type);

/* rrsets_had_ttl(list, name, type, ttl): a record of that set, settled, had a
 * TTL of its own: where it was another one, the set's extra is RRSET_MIXED. 0
 * or -1. */
int rrsets_had_ttl(
	struct rrsets *list, const char *name, uint16_t type, uint32_t ttl);

/* rrsets_remove(list, name, type): take it out of a settled list, if there. */
void rrsets_remove(struct rrsets *list, const char *name, uint16_t type);

/* is_rrsets_name(list, name): whether the name, or one below it, has records
 * (RFC 8020: else it does not exist). */
bool is_rrsets_name(const struct rrsets *list, const char *name);

/* rrsets_fini(list): free all; it is empty then. */
void rrsets_fini(struct rrsets *list);

/* rrset_fini(set): free what is in it. */
void rrset_fini(struct rrset *set);

/* is_rrset_equal(a, b, ttl): the same data and, with ${ttl}, the same TTL and
 * extra; NULL is a set that is not there. */
bool is_rrset_equal(const struct rrset *a, const struct rrset *b, bool ttl);

/* has_rrset_data(set, text): whether ${text} is one of its data; NULL has
 * none. */
bool has_rrset_data(const struct rrset *set, const char *text);

/*
 * rrsets_hash(list, all, hex): SHA-256 over the records in the canonical form
 * and order of RFC 4034 section 6; without ${all} over those only that no
 * server makes itself (is_rrtype_made); behind those of a set its extra, if it
 * has one. 0 or -1 (ENOMEM).
 */
int rrsets_hash(const struct rrsets *list, bool all, char hex[RRSET_HASH_SIZE]);

/* rrset_soa_number(set, i, out): number ${i} of a SOA record: 0 serial, 1
 * refresh, 2 retry, 3 expire, 4 minimum. 0, or -1: no SOA. */
int rrset_soa_number(const struct rrset *set, unsigned i, uint32_t *out);

#endif
