#include <stddef.h>
#include <string.h>

#include "catalog.h"
#include "wirebytes.h"

/* Measured: seconds that a field takes longer as text, source and target
 * together (0.16 of events with timestamps and numbers, less of integers). */
#define FIELD_SECONDS 1e-7

/* Types whose text is not as long as their binary form. */
static const struct {
	const char *base;
	double text, binary; /* bytes of a value; text 0: by its digits */
} types[] = {{"bool", 1, 1}, {"int2", 0, 2}, {"int4", 0, 4}, {"int8", 0, 8},
	{"oid", 0, 4}, {"float4", 0, 4}, {"float8", 0, 8}, {"date", 10, 4},
	{"time", 15, 8}, {"timestamp", 26, 8}, {"timestamptz", 29, 8},
	{"interval", 10, 16}, {"uuid", 36, 16}, {"macaddr", 17, 6}};

/* Bytes of one value that is not NULL, without what frames it. */
static void
estimate_value(const struct catalog_column *c, double *text, double *binary)
{
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(types[i].base, c->base) != 0)
			continue;
		*binary = types[i].binary;
		*text = types[i].text > 0 ? types[i].text : c->digits;
		/* no statistics: no reason to prefer text */
		if (*text <= 0)
			*text = *binary + 3;
		return;
	}
	*text = *binary = c->width;
	/* stored with 3 bytes before its digits, sent with 8 */
	if (strcmp(c->base, "numeric") == 0 && c->digits > 0) {
		*binary = c->width + 5;
		*text = c->digits;
	}
	if (strcmp(c->base, "bytea") == 0)
		*text = 2 * c->width + 3;
}

void
wirebytes_estimate(const struct catalog_table *t, struct wirebytes *out)
{
	size_t i;

	*out = (struct wirebytes){0, 2};
	for (i = 0; i < t->n_columns; i++) {
		const struct catalog_column *c = &t->column[i];
		double text, binary;

		estimate_value(c, &text, &binary);
		/* "\\N" and a tab or line end; a length before each value */
		out->text += 1 + c->nulls * 2 + (1 - c->nulls) * text;
		out->binary += 4 + (1 - c->nulls) * binary;
	}
}

bool
is_wirebytes_text(const struct catalog_table *t, uint64_t rate)
{
	struct wirebytes w;

	if (!rate || !t->n_columns)
		return false;
	wirebytes_estimate(t, &w);
	return (w.binary - w.text) / (double)rate >
	       (double)t->n_columns * FIELD_SECONDS;
}
