#include <stdbool.h>
#include <string.h>

#include "buf.h"
#include "dnsname.h"
#include "look.h"
#include "num.h"
#include "probe.h"
#include "rrtype.h"
#include "watchtable.h"

enum {
	BAR = 10,
	TYPE = 6,
	/* what stands behind the name, with and without words and a bar */
	TAIL = TYPE + 43,
	SHORT_TAIL = TYPE + 12,
	LEAST_NAME = 12,
	LEAST_SHORT = 4
};

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

/* Rounded down: 100 is all. */
static unsigned
percent(size_t part, size_t whole)
{
	return whole > 0 ? (unsigned)(part * 100 / whole) : 100;
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
put_bar(struct buf *b, unsigned share)
{
	unsigned i;

	if (buf_putc(b, '[') == -1)
		return -1;
	for (i = 0; i < BAR; i++)
		if (buf_putc(b, i < share * BAR / 100 ? '#' : '-') == -1)
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

/* The text in so many columns, and a space; one that is cut ends with "~". */
static int
put_column(struct buf *b, const char *text, size_t width)
{
	size_t n = strlen(text), i;

	if (n > width && (buf_append(b, text, width - 1) == -1 ||
				 buf_putc(b, '~') == -1))
		return -1;
	if (n <= width && buf_append(b, text, n) == -1)
		return -1;
	for (i = n < width ? n : width; i <= width; i++)
		if (buf_putc(b, ' ') == -1)
			return -1;
	return 0;
}

static int
put_probe(struct buf *b, const struct probe *p, size_t i,
	const struct look *servers, const struct look *resolvers, size_t width,
	size_t longest)
{
	unsigned there = percent(count(servers, i, PROBE_NEW), all(servers, i)),
		 known = percent(
			 count(resolvers, i, PROBE_NEW), all(resolvers, i));
	bool is_wide = width >= TAIL + LEAST_NAME;
	size_t start = b->len, tail = is_wide ? TAIL : SHORT_TAIL,
	       room = width > tail + LEAST_SHORT ? width - tail : LEAST_SHORT;
	struct buf name = BUF_INIT, type = BUF_INIT;
	int rc = -1;

	if (dnsname_show(&name, p->name) == -1 ||
		rrtype_put(&type, p->type) == -1 ||
		put_column(b, buf_str(&name),
			longest < room ? longest : room) == -1 ||
		put_column(b, buf_str(&type), TYPE - 1) == -1)
		goto end;
	if (is_wide) {
		if (buf_printf(b, "servers %3u%%  resolvers ", there) == -1 ||
			put_bar(b, known) == -1 ||
			buf_printf(b, " %3u%%", known) == -1 ||
			put_rest(b, resolvers, i) == -1)
			goto end;
	} else if (buf_printf(b, "s%3u%% r%3u%%", there, known) == -1) {
		goto end;
	}
	rc = end_line(b, start, width);

end:
	buf_fini(&name);
	buf_fini(&type);
	return rc;
}

/* The last two lines: of all, and how long it takes. 0 or -1. */
static int
put_foot(struct buf *b, const struct look *servers,
	const struct look *resolvers, double seconds, size_t width)
{
	size_t start = b->len;

	if (buf_printf(b, "servers %u%%, resolvers %u%%",
		    percent(servers->state[PROBE_NEW], servers->total),
		    percent(resolvers->state[PROBE_NEW], resolvers->total)) ==
			-1 ||
		end_line(b, start, width) == -1)
		return -1;
	start = b->len;
	if (resolvers->old_ttl > 0 &&
		(buf_puts(b, "old for another ") == -1 ||
			num_put_duration(b, resolvers->old_ttl) == -1 ||
			buf_puts(b, "; ") == -1))
		return -1;
	if (buf_puts(b, "watched for ") == -1 ||
		num_put_duration(b, seconds) == -1)
		return -1;
	return end_line(b, start, width);
}

/* The longest name. */
static size_t
longest_name(const struct probe *probe, size_t n)
{
	struct buf b = BUF_INIT;
	size_t i, most = 0;

	for (i = 0; i < n; i++) {
		buf_clear(&b);
		if (dnsname_show(&b, probe[i].name) == 0 && b.len > most)
			most = b.len;
	}
	buf_fini(&b);
	return most;
}

int
watchtable_put(struct buf *b, const struct probe *probe, size_t n,
	const struct look *servers, const struct look *resolvers,
	const struct watchtable_size *size)
{
	size_t longest = longest_name(probe, n), shown = n, i, start;

	/* what has scrolled off cannot be drawn over: the foot, and a line for
	 * those that are left out, and one for the cursor */
	if (size->rows > 0 && n + 3 > size->rows)
		shown = size->rows > 5 ? size->rows - 4 : 1;
	for (i = 0; i < shown; i++)
		if (put_probe(b, &probe[i], i, servers, resolvers, size->width,
			    longest) == -1)
			return -1;
	start = b->len;
	if (shown < n && (buf_printf(b, "... and %zu more", n - shown) == -1 ||
				 end_line(b, start, size->width) == -1))
		return -1;
	if (put_foot(b, servers, resolvers, size->seconds, size->width) == -1)
		return -1;
	return (int)(shown + (shown < n) + 2);
}
