#ifndef VERDICT_H
#define VERDICT_H

#include <stddef.h>

struct buf;
struct tree;

/* What is said of each thing in a vercel.json. */
enum verdict {
	VERDICT_MOVES,   /* the fly.toml or a need stands for it */
	VERDICT_BY_HAND, /* it has a place on Fly.io that a person must fill */
	VERDICT_STAYS    /* it has no meaning outside Vercel */
};

struct verdict_item {
	enum verdict verdict;
	char *key, *what; /* one line each */
	unsigned line, column;
};

struct verdict_list {
	struct verdict_item *item;
	size_t n;
	int failed; /* out of memory, sticks */
};

/* verdict_add(l, t, v, key, fmt, ...): one about ${t}, whose place it has. */
void verdict_add(struct verdict_list *l, const struct tree *t, enum verdict v,
	const char *key, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

void verdict_fini(struct verdict_list *l);

/* verdict_count(l, v): how many there are. */
size_t verdict_count(const struct verdict_list *l, enum verdict v);

/* verdict_put_records(l, out): append a "setting.judged" for each. 0 or -1. */
int verdict_put_records(const struct verdict_list *l, struct buf *out);

/* verdict_put_text(l, out): the same for people, by verdict. 0 or -1. */
int verdict_put_text(const struct verdict_list *l, struct buf *out);

#endif
