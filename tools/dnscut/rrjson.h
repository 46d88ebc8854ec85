#ifndef RRJSON_H
#define RRJSON_H

#include <stdint.h>

struct json_val;
struct jsonw;
struct rrset;
struct rrsets;

/* Sets of records in our records: {"ttl":60,"data":["192.0.2.1"]}. */

/* rrjson_put(w, key, set): the object, or null for NULL. */
void rrjson_put(struct jsonw *w, const char *key, const struct rrset *set);

/* rrjson_put_data(w, set): its members into the open object. */
void rrjson_put_data(struct jsonw *w, const struct rrset *set);

/* rrjson_put_key(w, name, type): the members "name" and "rrtype". */
void rrjson_put_key(struct jsonw *w, const char *name, uint16_t type);

/* rrjson_take_key(v, name, type): those of a record; the name, canonical, is
 * the caller's to free. 0, or -1: not such members. */
int rrjson_take_key(const struct json_val *v, char **name, uint16_t *type);

/* rrjson_take(v, name, type, out): add the set of such an object; null adds
 * none. 0, or -1: it is none. */
int rrjson_take(const struct json_val *v, const char *name, uint16_t type,
	struct rrsets *out);

/* rrjson_take_strings(v, name, type, ttl, out): add a record of each string in
 * the array ${v}. 0, or -1: something else is in it, or no such data. */
int rrjson_take_strings(const struct json_val *v, const char *name,
	uint16_t type, uint32_t ttl, struct rrsets *out);

#endif
