#ifndef ZONETEXT_H
#define ZONETEXT_H

#include <stddef.h>

struct buf;
struct rrsets;

/*
 * zonetext_parse(text, n, origin, out, line): the records of a zone file (RFC
 * 1035 section 5), settled; ${origin} completes names without a dot. $INCLUDE
 * is refused. 0; -1 with errno EINVAL and the ${*line} that cannot be read, or
 * ENOMEM.
 */
int zonetext_parse(const char *text, size_t n, const char *origin,
	struct rrsets *out, int *line);

/* zonetext_put(b, sets): append all as lines of a zone file. 0 or -1. */
int zonetext_put(struct buf *b, const struct rrsets *sets);

#endif
