#ifndef PAIRS_H
#define PAIRS_H

#include <stddef.h>

struct buf;

/* Names with values: headers, query parameters, tags, words of a rule. */
struct pair {
	char *name;
	char *value; /* "" when there was none */
	size_t value_len;
};
struct pairs {
	struct pair *item;
	size_t n;
};

/* pairs_add(p, name, value): copies of both, at the end. */
void pairs_add(struct pairs *p, const char *name, const char *value);
void pairs_addn(struct pairs *p, const char *name, size_t name_len,
	const char *value, size_t value_len);

/* pairs_get(p, name): the first value, or NULL. Names are compared exactly. */
const char *pairs_get(const struct pairs *p, const char *name);

/* pairs_number(p, name, otherwise): it as a number. */
long long pairs_number(
	const struct pairs *p, const char *name, long long otherwise);

/* pairs_copy(to, from): all of them, added. */
void pairs_copy(struct pairs *to, const struct pairs *from);

/* pairs_fini(p): frees them; ${p} is empty. */
void pairs_fini(struct pairs *p);

/* percent_decode(s, n, plus, out): appends what ${s} stands for; '+' is a
 * space if ${plus}. 0, or -1 if a '%' lacks its two digits. */
int percent_decode(const char *s, size_t n, int plus, struct buf *out);

/* percent_encode(s, n, keep, out): all but letters, digits, "-._~" and the
 * bytes of ${keep}. */
void percent_encode(const char *s, size_t n, const char *keep, struct buf *out);

/* pairs_parse_query(p, s, plus): "a=b&c" decoded. 0 or -1. */
int pairs_parse_query(struct pairs *p, const char *s, int plus);

#endif
