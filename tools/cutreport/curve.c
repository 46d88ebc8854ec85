#include "curve.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

static bool
is_same(const struct curve_point *p, const struct curve_point *q)
{
	return !(p->value[0] < q->value[0] || p->value[0] > q->value[0] ||
		 p->value[1] < q->value[1] || p->value[1] > q->value[1]);
}

/* Every other point goes, but never the first and the last. */
static void
thin(struct curve *c)
{
	size_t i, n = 1;

	for (i = 2; i + 1 < c->n; i += 2)
		c->point[n++] = c->point[i];
	c->point[n++] = c->point[c->n - 1];
	c->n = n;
}

int
curve_add(struct curve *c, double at, double a, double b)
{
	struct curve_point p = {at, {a, b}}, *list;
	size_t i = c->n;

	while (i > 0 && c->point[i - 1].at > at)
		i--;
	if (i > 0 && !(c->point[i - 1].at < at) &&
		is_same(&c->point[i - 1], &p))
		return 0;
	/* it goes on as it was: the end of a level part moves */
	if (i == c->n && i >= 2 && is_same(&c->point[i - 1], &p) &&
		is_same(&c->point[i - 2], &p)) {
		c->point[i - 1].at = at;
		return 0;
	}
	if (c->n == CURVE_MOST) {
		thin(c);
		return curve_add(c, at, a, b);
	}
	if ((c->n & (c->n - 1)) == 0) {
		list = mem_resize(
			c->point, c->n > 0 ? 2 * c->n : 1, sizeof(*list));
		if (list == NULL)
			return -1;
		c->point = list;
	}
	memmove(&c->point[i + 1], &c->point[i], (c->n - i) * sizeof(*c->point));
	c->point[i] = p;
	c->n++;
	return 0;
}

void
curve_fini(struct curve *c)
{
	free(c->point);
	c->point = NULL;
	c->n = 0;
}
