/*
 * The encoder for `fly secrets import` against a model of that import, written
 * from the description of its grammar and sharing no code with the program:
 * every short string over an awkward alphabet, in the middle of other secrets.
 */
#include <stdbool.h>
#include <stdlib.h>

#include "buf.h"
#include "mem.h"
#include "secretsfmt.h"
#include "secretsread.h"
#include "t.h"

/* --- the model ----------------------------------------------------------- */

enum outcome { MODEL_OK, MODEL_ERROR, MODEL_PANIC, MODEL_LOST };

struct model {
	struct {
		char key[64];
		char *value;
		size_t n;
	} got[8];
	int count;
	enum outcome outcome;
};

static void
model_free(struct model *m)
{
	while (m->count)
		free(m->got[--m->count].value);
}

static bool
model_is_space(char c)
{
	return memchr(" \t\n\v\f\r", c, 6) != NULL;
}

static void
model_set(struct model *m, const char *key, size_t nk, const char *v, size_t n)
{
	int i = m->count++;

	while (nk && model_is_space(key[0])) {
		key++;
		nk--;
	}
	while (nk && model_is_space(key[nk - 1]))
		nk--;
	memcpy(m->got[i].key, key, nk);
	m->got[i].key[nk] = '\0';
	m->got[i].value = malloc(n + 1);
	memcpy(m->got[i].value, v, n);
	m->got[i].n = n;
}

static bool
model_has(const char *p, size_t n, bool at_end, const char *what)
{
	size_t w = strlen(what);

	return n >= w && memcmp(at_end ? p + n - w : p, what, w) == 0;
}

/* The value after '=': false if it opens a value of several lines. */
static bool
model_value(struct model *m, const char *key, size_t nk, const char **pv,
	size_t *pn)
{
	const char *v = *pv;
	size_t n = *pn, quotes = 0, i;

	while (n && v[0] == ' ') {
		v++;
		n--;
	}
	for (i = 0; i < n; i++) {
		if (v[i] == '#')
			break;
		if (v[i] == '"')
			quotes++;
	}
	if (i < n && quotes % 2 == 0) {
		n = i;
		while (n && v[n - 1] == ' ')
			n--;
	}
	*pv = v;
	*pn = n;
	if (model_has(v, n, false, "\"\"\"")) {
		if (!model_has(v, n, true, "\"\"\"") || n < 6)
			return false;
		model_set(m, key, nk, v + 3, n - 6);
	} else if (model_has(v, n, false, "\"") &&
		   model_has(v, n, true, "\"")) {
		if (n == 1)
			m->outcome = MODEL_PANIC;
		else
			model_set(m, key, nk, v + 1, n - 2);
	} else if (model_has(v, n, false, "'") && model_has(v, n, true, "'")) {
		if (n == 1)
			m->outcome = MODEL_PANIC;
		else
			model_set(m, key, nk, v + 1, n - 2);
	} else {
		model_set(m, key, nk, v, n);
	}
	return true;
}

static void
model_run(struct model *m, const char *text, size_t len)
{
	char *many = NULL, key[64];
	size_t n_many = 0, nk = 0, at = 0;

	m->count = 0;
	m->outcome = MODEL_OK;
	while (at < len && m->outcome == MODEL_OK) {
		const char *line = text + at, *eq, *v;
		size_t n = 0, i, nv;

		while (at + n < len && line[n] != '\n')
			n++;
		at += n + 1;
		if (n > 65535) {
			m->outcome = MODEL_LOST;
			break;
		}
		if (n && line[n - 1] == '\r')
			n--;
		if (many) {
			bool last = model_has(line, n, true, "\"\"\"");

			many = realloc(many, n_many + n + 1);
			memcpy(many + n_many, line, n);
			n_many += n;
			if (!last) {
				many[n_many++] = '\n';
				continue;
			}
			model_set(m, key, nk, many, n_many - 3);
			free(many);
			many = NULL;
			continue;
		}
		for (i = 0; i < n && model_is_space(line[i]); i++)
			;
		if (i == n || line[0] == '#')
			continue;
		eq = memchr(line, '=', n);
		if (!eq) {
			m->outcome = MODEL_ERROR;
			break;
		}
		v = eq + 1;
		nv = n - (size_t)(v - line);
		if (!model_value(m, line, (size_t)(eq - line), &v, &nv)) {
			nk = (size_t)(eq - line);
			memcpy(key, line, nk);
			n_many = nv - 3 + 1;
			many = malloc(n_many);
			memcpy(many, v + 3, nv - 3);
			many[n_many - 1] = '\n';
		}
	}
	if (many && m->outcome == MODEL_OK)
		m->outcome = MODEL_LOST;
	free(many);
}

/* --- what no encoding can carry, from the same description ---------------- */

static bool
is_hopeless(const char *v, size_t n)
{
	const char *lf = memchr(v, '\n', n), *p;
	size_t quotes = 0;

	if (!lf)
		return false;
	for (p = v; p < lf && *p != '#'; p++)
		quotes += *p == '"';
	if (p < lf && quotes % 2)
		return true;
	for (p = v + 3; p < v + n; p++)
		if (*p == '\n' && memcmp(p - 3, "\"\"\"", 3) == 0)
			return true;
	return false;
}

/* 1 arrived, 0 refused, -1 wrong. */
static int
round_trip(struct buf *b, const char *v, size_t n)
{
	struct model m;
	enum secretsfmt rc;
	int ok;

	buf_clear(b);
	if (secretsfmt_put(b, "BEFORE", "1", 1))
		return -1;
	rc = secretsfmt_put(b, "K", v, n);
	if (secretsfmt_put(b, "AFTER", "2", 1))
		return -1;
	if (rc)
		return is_hopeless(v, n) && b->len == strlen("BEFORE='1'\n"
							     "AFTER='2'\n")
			       ? 0
			       : -1;
	model_run(&m, b->data, b->len);
	ok = m.outcome == MODEL_OK && m.count == 3 &&
	     strcmp(m.got[0].key, "BEFORE") == 0 &&
	     strcmp(m.got[1].key, "K") == 0 && m.got[1].n == n &&
	     memcmp(m.got[1].value, v, n) == 0 &&
	     strcmp(m.got[2].key, "AFTER") == 0 && m.got[2].n == 1;
	model_free(&m);
	return ok ? 1 : -1;
}

struct tally {
	long arrived, refused, wrong;
};

static void
every(const char *const *symbol, size_t symbols, size_t length, struct tally *t,
	struct buf *b)
{
	size_t index[16] = {0}, i;
	char v[64];

	for (;;) {
		size_t n = 0;
		int rc;

		for (i = 0; i < length; i++) {
			size_t w = strlen(symbol[index[i]]);

			memcpy(v + n, symbol[index[i]], w);
			n += w;
		}
		rc = round_trip(b, v, n);
		t->arrived += rc == 1;
		t->refused += rc == 0;
		t->wrong += rc == -1;
		if (rc == -1 && t->wrong < 5) {
			printf("# wrong:");
			for (i = 0; i < n; i++)
				printf(" %02x", (unsigned char)v[i]);
			printf("\n");
		}
		for (i = 0; i < length && ++index[i] == symbols; i++)
			index[i] = 0;
		if (i == length)
			return;
	}
}

static void
test_exhaustive(void)
{
	static const char *const all[] = {"\"", "#", "\n", "\r", "'", " ", "a",
		"\t", "\\", "=", "$", "\xc3\xa9"};
	struct tally t = {0, 0, 0};
	struct buf b = BUF_INIT;
	size_t n;

	for (n = 0; n <= 5; n++)
		every(all, 12, n, &t, &b);
	T_INT(t.wrong, 0, "12 symbols to length 5: %ld arrive, %ld refused",
		t.arrived, t.refused);
	T_OK(t.arrived > 250000 && t.refused > 1000, "both kinds occur");
	every(all, 10, 6, &t, &b);
	every(all, 5, 7, &t, &b);
	every(all, 3, 10, &t, &b);
	T_INT(t.wrong, 0, "the worst symbols to length 10: %ld, %ld refused",
		t.arrived, t.refused);
	buf_fini(&b);
}

/* --- the program's own reader against the model --------------------------- */

static int
compare_readers(const char *text, size_t n)
{
	struct secretsread r = {text, n, 0};
	struct buf name = BUF_INIT, value = BUF_INIT;
	struct model m;
	int i, rc = 1, same = 1;

	model_run(&m, text, n);
	for (i = 0; i < m.count && same; i++) {
		rc = secretsread_next(&r, &name, &value);
		same = rc == 1 && strcmp(buf_str(&name), m.got[i].key) == 0 &&
		       value.len == m.got[i].n &&
		       (value.len == 0 || memcmp(value.data, m.got[i].value,
						  value.len) == 0);
	}
	if (same)
		same = secretsread_next(&r, &name, &value) ==
		       (m.outcome == MODEL_OK ? 0 : -1);
	model_free(&m);
	buf_fini(&name);
	buf_fini(&value);
	return same;
}

static void
test_reader(void)
{
	static const char symbols[] = "\"'#\n\r a=";
	char text[16] = "K=";
	size_t index[8] = {0}, length, i;
	long wrong = 0, seen = 0;

	for (length = 0; length <= 5; length++)
		for (memset(index, 0, sizeof(index));;) {
			for (i = 0; i < length; i++)
				text[2 + i] = symbols[index[i]];
			wrong += !compare_readers(text, 2 + length);
			seen++;
			for (i = 0; i < length && ++index[i] == 8; i++)
				index[i] = 0;
			if (i == length)
				break;
		}
	T_INT(wrong, 0, "own reader agrees with the model on %ld texts", seen);
	T_OK(compare_readers("=\nA", 3), "an empty name, a line without '='");
	T_OK(compare_readers("  # x\n", 6), "an indented comment is an error");
	T_OK(compare_readers("\t \n#c\n A = b \n", 14), "blanks round a name");
}

static void
test_limits(void)
{
	size_t most = SECRETSFMT_MAX_LINE - strlen("K=''");
	char *v = malloc(2 * most + 16);
	struct buf b = BUF_INIT;

	memset(v, 'x', 2 * most + 16);
	T_INT(round_trip(&b, v, most), 1, "the longest line arrives");
	T_INT(secretsfmt_put(&b, "K", v, most + 1), SECRETSFMT_LONG,
		"a byte more is refused");
	T_INT(secretsfmt_put(&b, "KK", v, most), SECRETSFMT_LONG,
		"the name counts too");
	v[most - 1] = '\n';
	T_INT(round_trip(&b, v, 2 * most - 4), 1, "each line counts alone");
	v[most - 4] = '\r';
	v[most - 3] = '\n';
	T_INT(round_trip(&b, v, most + 1), 1, "a CR and its twin still fit");
	memset(v, 'x', most);
	v[most - 1] = '\r';
	v[most] = '\n';
	T_INT(secretsfmt_put(&b, "K", v, most + 1), SECRETSFMT_LONG,
		"the CR added to a line counts");
	buf_fini(&b);
	free(v);
}

static void
test_refusals(void)
{
	struct buf b = BUF_INIT;
	int e;

	T_INT(secretsfmt_put(&b, "K", "a\0b", 3), SECRETSFMT_NUL, "NUL");
	T_INT(secretsfmt_put(&b, "K", "a\xff", 2), SECRETSFMT_UTF8,
		"not UTF-8");
	T_INT(secretsfmt_put(&b, "K", "\xed\xa0\x80", 3), SECRETSFMT_UTF8,
		"a surrogate");
	T_INT(secretsfmt_put(&b, "K", "\"#\n", 3), SECRETSFMT_COMMENT,
		"a first line that would be cut");
	T_INT(secretsfmt_put(&b, "K", "\"\"\"\n", 4), SECRETSFMT_QUOTES,
		"a line that would close");
	T_INT(b.len, 0, "nothing of a refused value is written");
	for (e = 0; e <= SECRETSFMT_NO_MEMORY; e++)
		if (!*secretsfmt_strerror((enum secretsfmt)e))
			break;
	T_INT(e, SECRETSFMT_NO_MEMORY + 1, "each refusal has its reason");
	buf_fini(&b);
}

int
main(void)
{
	T_BEGIN();
	test_exhaustive();
	test_reader();
	test_limits();
	test_refusals();
	T_ALLOC_LOOP(100, {
		struct buf b = BUF_SECRET;

		(void)secretsfmt_put(&b, "K", "one\r\ntwo", 8);
		buf_fini(&b);
	});
	return T_END();
}
