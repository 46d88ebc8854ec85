#include "flynum.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "buf.h"
#include "jsonw.h"

/* A decimal: digits d.ddd times ten to the power of ${exp}. */
struct decimal {
	char digits[20];
	int n, exp;
};

static void
shortest(double v, struct decimal *d)
{
	char text[40];
	const char *p, *e;

	for (int precision = 0; precision <= 16; precision++) {
		snprintf(text, sizeof(text), "%.*e", precision, v);
		if (strtod(text, NULL) >= v && strtod(text, NULL) <= v)
			break;
	}
	e = strchr(text, 'e');
	d->n = 0;
	for (p = text; p < e; p++)
		if (*p >= '0' && *p <= '9')
			d->digits[d->n++] = *p;
	d->exp = (int)strtol(e + 1, NULL, 10);
}

/* Plain digits where the exponent is within -4 to ${most}, else 1e+06. */
static int
put(struct buf *b, double v, int most)
{
	struct decimal d;
	int i, rc = 0;

	if (signbit(v)) {
		rc = buf_putc(b, '-');
		v = -v;
	}
	shortest(v, &d);
	if (d.exp < -4 || d.exp > most) {
		rc |= buf_putc(b, d.digits[0]);
		if (d.n > 1)
			rc |= buf_printf(b, ".%.*s", d.n - 1, d.digits + 1);
		return rc | buf_printf(b, "e%c%02d", d.exp < 0 ? '-' : '+',
				    abs(d.exp));
	}
	if (d.exp < 0) {
		rc |= buf_puts(b, "0.");
		for (i = -1; i > d.exp; i--)
			rc |= buf_putc(b, '0');
		return rc | buf_append(b, d.digits, (size_t)d.n);
	}
	for (i = 0; i <= d.exp || i < d.n; i++) {
		if (i == d.exp + 1)
			rc |= buf_putc(b, '.');
		rc |= buf_putc(b, i < d.n ? d.digits[i] : '0');
	}
	return rc;
}

int
flynum_put_toml(struct buf *b, double v)
{
	size_t start = b->len;

	if (isnan(v))
		return buf_puts(b, "nan");
	if (isinf(v))
		return buf_puts(b, v < 0 ? "-inf" : "inf");
	if (put(b, v, 15) != 0)
		return -1;
	/* TOML tells a float from an integer by its point */
	if (strpbrk(b->data + start, ".e") == NULL)
		return buf_puts(b, ".0");
	return 0;
}

void
flynum_put_json(struct jsonw *w, const char *key, double v)
{
	struct buf b = BUF_INIT;

	if (isfinite(v) && put(&b, v, 15) != 0)
		w->failed = 1;
	if (isfinite(v))
		jsonw_raw(w, key, buf_str(&b), b.len);
	else
		jsonw_null(w, key);
	buf_fini(&b);
}

int
flynum_put_go(struct buf *b, double v)
{
	if (isnan(v))
		return buf_puts(b, "NaN");
	if (isinf(v))
		return buf_puts(b, v < 0 ? "-Inf" : "+Inf");
	return put(b, v, 5) == 0 ? 0 : -1;
}
