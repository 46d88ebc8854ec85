#ifndef WIREBYTES_H
#define WIREBYTES_H

#include <stdbool.h>
#include <stdint.h>

struct catalog_table;

/*
 * What a row costs on the wire in COPY's two formats, from the source's
 * statistics. Pure.
 */
struct wirebytes {
	double text, binary; /* bytes of a row */
};

/* wirebytes_estimate(t, out): of a table whose columns have statistics; what is
 * of about one length in both formats counts alike. */
void wirebytes_estimate(const struct catalog_table *t, struct wirebytes *out);

/*
 * is_wirebytes_text(t, rate): whether text is faster for a table that may go
 * either way, over a line of ${rate} bytes a second (0: not the limit): when
 * the time that its fewer bytes save is more than what both servers need
 * longer for a field of text.
 */
bool is_wirebytes_text(const struct catalog_table *t, uint64_t rate);

#endif
