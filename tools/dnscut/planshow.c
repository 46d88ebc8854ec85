#include <stdbool.h>
#include <stdlib.h>

#include "buf.h"
#include "msg.h"
#include "plan.h"
#include "planshow.h"
#include "rrset.h"
#include "rrtype.h"

/* "a, b (TTL 60)". 0 or -1. */
static int
put_set(struct buf *b, const struct rrset *s)
{
	size_t i;

	if (s == NULL)
		return buf_puts(b, "none");
	for (i = 0; i < s->n; i++)
		if (buf_printf(b, "%s%s", i > 0 ? ", " : "", s->data[i].text) ==
			-1)
			return -1;
	return buf_printf(b, " (TTL %u)", s->ttl);
}

/* "www.example.com. CNAME: a (TTL 3600) -> b (TTL 60)". 0 or -1. */
static int
put_change(struct buf *b, const struct plan_change *c)
{
	if (buf_printf(b, "%s ", c->name) == -1 || rrtype_put(b, c->type) == -1)
		return -1;
	if (c->before != NULL && c->after != NULL &&
		c->before->ttl != c->after->ttl &&
		is_rrset_equal(c->before, c->after, false))
		return buf_printf(
			b, ": TTL %u -> %u", c->before->ttl, c->after->ttl);
	if (buf_puts(b, ": ") == -1 || put_set(b, c->before) == -1 ||
		buf_puts(b, " -> ") == -1)
		return -1;
	return put_set(b, c->after);
}

void
planshow(const struct plan *p)
{
	struct plan_change *c;
	struct buf b = BUF_INIT;
	size_t n, i;

	if (plan_changes(p, &c, &n) == -1)
		return;
	if (n == 0)
		msg_note("%s: nothing to change: it is so already", p->zone);
	for (i = 0; i < n; i++) {
		buf_clear(&b);
		if (put_change(&b, &c[i]) == 0)
			msg_note("%s", buf_str(&b));
	}
	buf_fini(&b);
	free(c);
}
