#ifndef BYRECORD_H
#define BYRECORD_H

#include <stdbool.h>
#include <stddef.h>

#include "api.h"
#include "provider.h"

struct buf;
struct json;
struct json_val;
struct rrsets;

/*
 * A zone at a provider whose records have numbers, and are listed page by page
 * and changed one at a time.
 */
struct byrecord;

/* A provider's ways. */
struct byrecord_kind {
	struct api_kind api;
	unsigned per_page;
	const char *list;   /* the member of a page that has its records */
	const char *change; /* the method: "PUT", "PATCH" */
	const char *apex;   /* the zone's own name in a record: "@" */
	const char *data;   /* the member of a record that has its data */
	/* put_data(b, v, text, type): append the data of record ${v}, whose
	 * member says ${text}, as a zone file has it; "@" is the zone. 0 or -1
	 */
	int (*put_data)(struct buf *b, const struct json_val *v,
		const char *text, uint16_t type);
	/* put_extra(b, v): append what record ${v} has beside DNS, as a JSON
	 * object, or nothing: such a set is saved, and refused as a target. 0
	 * or -1; may be NULL */
	int (*put_extra)(struct buf *b, const struct json_val *v);
	/* put_text(b, text): append what a TXT record there says. 0 or -1 */
	int (*put_text)(struct buf *b, const char *text);
	/* total(page): how many records it says there are in all; -1: it does
	 * not */
	int64_t (*total)(const struct json_val *page);
	/* has_more(doc): whether there is a page after this one */
	bool (*has_more)(const struct json_val *page);
	/* put_why(b, doc): append why it refuses, in its own words. 0 or -1 */
	int (*put_why)(struct buf *b, const struct json_val *answer);
};

/*
 * byrecord_open(o, kind, out): PROVIDER_OK, or an error after a message. The
 * path of the zone, to which "/records" is added, is the caller's to put in
 * byrecord_path().
 */
enum provider_result byrecord_open(const struct provider_options *o,
	const struct byrecord_kind *kind, struct byrecord **out);
struct buf *byrecord_path(struct byrecord *p);

/* byrecord_call(p, c, want, doc): a call that must succeed, with the status
 * ${want}; ${doc} is the caller's to json_free(). PROVIDER_OK, or an error
 * after a message. */
enum provider_result byrecord_call(struct byrecord *p, const struct api_call *c,
	long want, struct json **doc);

/* byrecord_number(v, key): a number of a record, 0 if there is none. */
int64_t byrecord_number(const struct json_val *v, const char *key);

/* What a driver of struct provider needs. */
void byrecord_close(void *state);
enum provider_result byrecord_list(void *state, struct rrsets *out);
enum provider_result byrecord_apply(void *state, const struct rrsets *expected,
	const struct provider_change *change, size_t n);
enum provider_result byrecord_servers(
	void *state, const struct rrsets *expected, struct rrsets *out);
const char *byrecord_obstacle(void *state, const struct rrset *set);

#endif
