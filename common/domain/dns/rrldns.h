#ifndef RRLDNS_H
#define RRLDNS_H

#include <stddef.h>
#include <stdint.h>

struct ldns_struct_rr;
struct ldns_struct_rr_list;
struct rrset;
struct rrsets;

/* Between our sets and the records of ldns; for this folder alone. */

/* rrldns_parse(name, type, ttl, text): a record, the caller's to free. NULL
 * with errno EINVAL (no data of that type) or ENOMEM. */
struct ldns_struct_rr *rrldns_parse(
	const char *name, uint16_t type, uint32_t ttl, const char *text);

/* rrldns_take(list, rr): add a copy of a record of class IN; others are passed
 * over. 0, or -1 with errno EBADMSG or ENOMEM. */
int rrldns_take(struct rrsets *list, const struct ldns_struct_rr *rr);

/* rrldns_take_list(list, from): all of them, and settle. 0 or -1 likewise. */
int rrldns_take_list(
	struct rrsets *list, const struct ldns_struct_rr_list *from);

/* rrldns_add(list, name, type, ttl, text): what rrsets_add() does. */
int rrldns_add(struct rrsets *list, const char *name, uint16_t type,
	uint32_t ttl, const char *text);

/* rrldns_push(list, one): append a set, whose parts the list owns then. 0 or
 * -1 (ENOMEM). */
int rrldns_push(struct rrsets *list, struct rrset *one);

/* rrldns_put_set(list, set): append the records of ${set}. 0 or -1 (errno). */
int rrldns_put_set(struct ldns_struct_rr_list *list, const struct rrset *set);

#endif
