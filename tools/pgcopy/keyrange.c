#include <stdlib.h>

#include "buf.h"
#include "catalog.h"
#include "hashsql.h"
#include "keyrange.h"
#include "mem.h"
#include "msg.h"
#include "session.h"

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int
keyrange_read(struct session *s, const struct catalog_table *t, int64_t **bound,
	size_t *n)
{
	struct rows *r = NULL;
	int i, sampled;

	*bound = NULL;
	for (sampled = 1; sampled >= 0; sampled--) {
		struct buf sql = BUF_INIT;

		if (hashsql_bounds(&sql, t, sampled) == 0)
			r = session_query(s, buf_str(&sql), 0, NULL);
		buf_fini(&sql);
		if (!r)
			return -1;
		if (rows_count(r) > 10 || !sampled)
			break;
		rows_free(r);
		r = NULL;
	}
	*n = (size_t)rows_count(r);
	*bound = mem_zalloc(*n + 1, sizeof(**bound));
	for (i = 0; *bound && i < (int)*n; i++)
		(*bound)[i] = rows_int(r, i, 0);
	rows_free(r);
	if (*bound)
		return 0;
	msg_error("out of memory");
	return -1;
}

double
keyrange_step(const int64_t *bound, size_t n, double rows)
{
	double *width = mem_zalloc(n + 1, sizeof(*width)), step = 1;
	size_t i;

	if (!width || n < 2) {
		free(width);
		return 1;
	}
	for (i = 1; i < n; i++)
		width[i - 1] = (double)bound[i] - (double)bound[i - 1];
	qsort(width, n - 1, sizeof(*width), by_value);
	step = width[(n - 1) / 2] * (double)(n - 1) / rows;
	free(width);
	return step;
}

int64_t
keyrange_begin(const int64_t *bound, size_t n, int64_t k, int64_t parts)
{
	double at = (double)k / (double)parts * (double)(n - 1);
	size_t i = (size_t)at;
	double low = (double)bound[i], high = low;

	if (i + 1 < n)
		high = (double)bound[i + 1];
	low += (at - (double)i) * (high - low);
	/* a double may round up to what an int64_t cannot hold */
	return low >= 9.2e18 ? bound[n - 1] : (int64_t)low;
}
