#ifndef JSONW_H
#define JSONW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/*
 * A streaming JSON writer: appends to a buffer, one line, no tree. Errors
 * (out of memory, a string that is no UTF-8) stick and are told once by
 * jsonw_end_record. ${key} is NULL inside arrays.
 */
struct jsonw {
	struct buf *out;
	size_t start; /* where this record begins in ${out} */
	unsigned depth;
	uint64_t has_items; /* bit per depth: a comma is due */
	uint64_t is_array;  /* bit per depth */
	bool has_at;        /* the record has its time */
	int failed;
};

/*
 * jsonw_record(w, out, type): begin a record, {"type":"..."; jsonw_end_record
 * closes it with "}\n". The latter returns 0, or -1 with ${out} cut back to
 * where the record began.
 */
void jsonw_record(struct jsonw *w, struct buf *out, const char *type);
int jsonw_end_record(struct jsonw *w);

/* jsonw_value(w, out): begin a bare value (no type, no LF); end with
 * jsonw_end_value (0 or -1 likewise). */
void jsonw_value(struct jsonw *w, struct buf *out);
int jsonw_end_value(struct jsonw *w);

/* Members of the innermost open object (key) or array (key NULL). */
void jsonw_str(struct jsonw *w, const char *key, const char *s);
void jsonw_strn(struct jsonw *w, const char *key, const char *s, size_t n);
void jsonw_int(struct jsonw *w, const char *key, int64_t v);
void jsonw_uint(struct jsonw *w, const char *key, uint64_t v);
void jsonw_num(struct jsonw *w, const char *key, double v); /* 3 decimals */
void jsonw_bool(struct jsonw *w, const char *key, bool v);
void jsonw_null(struct jsonw *w, const char *key);
void jsonw_time(struct jsonw *w, const char *key, double t); /* RFC 3339 */
/* jsonw_stamp(w, t): the record's time, member "at", unless it has one. */
void jsonw_stamp(struct jsonw *w, double t);
/* jsonw_raw: ${json} is inserted as it is and must be valid JSON. */
void jsonw_raw(struct jsonw *w, const char *key, const char *json, size_t n);

/* jsonw_object, jsonw_array: open one; jsonw_close closes the innermost. */
void jsonw_object(struct jsonw *w, const char *key);
void jsonw_array(struct jsonw *w, const char *key);
void jsonw_close(struct jsonw *w);

#endif
