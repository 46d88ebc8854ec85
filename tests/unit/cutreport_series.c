/* What is summed up over time, and what is drawn as a line. */
#include <string.h>

#include "curve.h"
#include "flow.h"
#include "mem.h"
#include "t.h"

static int
is_about(double a, double b)
{
	return a > b - 1e-6 * (b + 1) && a < b + 1e-6 * (b + 1);
}

/* All that is in the spans. */
static double
whole(const struct flow *f)
{
	double bytes, items;

	flow_between(
		f, f->origin, f->origin + FLOW_SPANS * f->span, &bytes, &items);
	return bytes;
}

static void
test_flow(void)
{
	struct flow f = {0};
	double bytes, items;
	int i;

	flow_between(&f, 0, 1e9, &bytes, &items);
	T_OK(bytes <= 0 && items <= 0, "nothing at first");
	flow_add(&f, 1000, 1010, 100, 10);
	flow_between(&f, 1000, 1005, &bytes, &items);
	T_OK(is_about(bytes, 50) && is_about(items, 5),
		"half in half the time");
	flow_add(&f, 1010, 1010, 7, 1);
	T_OK(is_about(whole(&f), 107), "what took no time is there");
	flow_add(&f, 0, 0, 5, 1);
	T_OK(is_about(whole(&f), 107) && f.bytes == 112,
		"what has no time is only in the sum");
	flow_add(&f, 900, 910, 100, 1);
	flow_between(&f, 890, 950, &bytes, &items);
	T_OK(is_about(bytes, 100), "what comes late may have been earlier");
	flow_between(&f, 990, 1020, &bytes, &items);
	T_OK(is_about(bytes, 107), "and the others are where they were");
	for (i = 0; i < 100000; i++)
		flow_add(&f, 2000 + i * 10, 2000 + i * 10 + 3, 10, 1);
	T_OK(is_about(whole(&f), 1000207), "days of it, and none is lost");
	flow_between(&f, f.begin, (f.begin + f.end) / 2, &bytes, &items);
	T_OK(bytes > 490000 && bytes < 510000, "evenly");
	flow_add(&f, -1e300, 3000, 1, 1);
	flow_add(&f, 1e300, 3000, 1, 1);
	flow_add(&f, 2e11, 2e11, 1, 1);
	T_OK(is_about(whole(&f), 1000210), "times that cannot be");
	for (i = 0; i < 3; i++)
		flow_add(&f, 3000, 3001, UINT64_MAX, INT64_MAX);
	T_OK(f.bytes == FLOW_MOST && f.items == (int64_t)FLOW_MOST,
		"sums that cannot be");
	T_OK(flow_size(1e300) == FLOW_MOST && flow_size(1.6) == 2, "as sizes");
}

static void
test_curve(void)
{
	struct curve c = {0};
	size_t i;

	for (i = 0; i < 1000; i++)
		(void)curve_add(&c, (double)i, 5, 5);
	T_INT(c.n, 2, "a level part is two points");
	T_OK(c.point[0].at <= 0 && c.point[1].at >= 999, "its ends");
	(void)curve_add(&c, 1000, 6, 5);
	(void)curve_add(&c, 1000, 6, 5);
	T_INT(c.n, 3, "what is said twice is there once");
	(void)curve_add(&c, 500, 9, 9);
	T_OK(c.n == 4 && c.point[1].at < 501 && c.point[1].value[0] > 8,
		"what comes late goes where it belongs");
	curve_fini(&c);
	for (i = 0; i < 100000; i++)
		(void)curve_add(&c, (double)i, (double)i, (double)(i % 7));
	T_OK(c.n <= CURVE_MOST && c.n > CURVE_MOST / 4, "not too many");
	T_OK(c.point[0].at <= 0 && c.point[c.n - 1].at >= 99999,
		"the first and the last");
	for (i = 1; i < c.n; i++)
		if (c.point[i].at <= c.point[i - 1].at)
			break;
	T_INT(i, c.n, "by time");
	curve_fini(&c);
	curve_fini(&c);
}

static void
once(void)
{
	struct curve c = {0};

	for (int i = 0; i < 20; i++)
		(void)curve_add(&c, i, i, 0);
	curve_fini(&c);
}

int
main(void)
{
	T_BEGIN();
	test_flow();
	test_curve();
	T_ALLOC_LOOP(100, once());
	return T_END();
}
