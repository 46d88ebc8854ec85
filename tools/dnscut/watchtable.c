#include <string.h>

#include "buf.h"
#include "dnsname.h"
#include "look.h"
#include "num.h"
#include "probe.h"
#include "rrtype.h"
#include "watchtable.h"

enum { NAME_WIDTH = 40, BAR = 10 };

static size_t
count(const struct look *l, size_t probe, enum probe_state state)
{
	return l->by_probe[probe * PROBE_STATES + state];
}

static size_t
all(const struct look *l, size_t probe)
{
	size_t k, n = 0;

	for (k = 0; k < PROBE_STATES; k++)
		n += count(l, probe, (enum probe_state)k);
	return n;
}

/* What resolvers say that have neither: "1 nxdomain, 2 silent". 0 or -1. */
static int
put_rest(struct buf *b, const struct look *l, size_t probe)
{
	size_t k, n;

	for (k = PROBE_OLD; k < PROBE_STATES; k++) {
		n = count(l, probe, (enum probe_state)k);
		if (n > 0 &&
			buf_printf(b, "  %zu %s", n,
				probe_state_name((enum probe_state)k)) == -1)
			return -1;
	}
	return 0;
}

/* "[######----]" of the share that is new. 0 or -1. */
static int
put_bar(struct buf *b, size_t part, size_t whole)
{
	size_t i, full = whole > 0 ? part * BAR / whole : 0;

	if (buf_putc(b, '[') == -1)
		return -1;
	for (i = 0; i < BAR; i++)
		if (buf_putc(b, i < full ? '#' : '-') == -1)
			return -1;
	return buf_putc(b, ']');
}

/* Cuts what was appended since ${start} to the width, and ends the line. */
static int
end_line(struct buf *b, size_t start, size_t width)
{
	if (width > 0 && b->len - start > width) {
		b->len = start + width;
		b->data[b->len] = '\0';
	}
	return buf_putc(b, '\n');
}

static int
put_probe(struct buf *b, const struct probe *p, size_t i,
	const struct look *servers, const struct look *resolvers, size_t width)
{
	size_t start = b->len, pad;
	struct buf name = BUF_INIT;
	int rc = -1;

	if (dnsname_show(&name, p->name) == -1 ||
		buf_printf(b, "%-*.*s ", NAME_WIDTH, NAME_WIDTH,
			buf_str(&name)) == -1)
		goto end;
	pad = b->len;
	if (rrtype_put(b, p->type) == -1)
		goto end;
	while (b->len < pad + 6)
		if (buf_putc(b, ' ') == -1)
			goto end;
	if (buf_printf(b, "servers %zu/%zu  resolvers ",
		    count(servers, i, PROBE_NEW), all(servers, i)) == -1 ||
		put_bar(b, count(resolvers, i, PROBE_NEW), all(resolvers, i)) ==
			-1 ||
		buf_printf(b, " %zu/%zu", count(resolvers, i, PROBE_NEW),
			all(resolvers, i)) == -1 ||
		put_rest(b, resolvers, i) == -1)
		goto end;
	rc = end_line(b, start, width);

end:
	buf_fini(&name);
	return rc;
}

int
watchtable_put(struct buf *b, const struct probe *probe, size_t n,
	const struct look *servers, const struct look *resolvers,
	double seconds, size_t width)
{
	size_t i, start;

	for (i = 0; i < n; i++)
		if (put_probe(b, &probe[i], i, servers, resolvers, width) == -1)
			return -1;
	start = b->len;
	if (buf_printf(b, "servers %zu of %zu, resolvers %zu of %zu; ",
		    servers->state[PROBE_NEW], servers->total,
		    resolvers->state[PROBE_NEW], resolvers->total) == -1 ||
		num_put_duration(b, seconds) == -1)
		return -1;
	if (resolvers->old_ttl > 0 &&
		(buf_puts(b, "; what is old lasts another ") == -1 ||
			num_put_duration(b, resolvers->old_ttl) == -1))
		return -1;
	return end_line(b, start, width) == -1 ? -1 : (int)n + 1;
}
