/* The pure parts of pgcopy: jobs, SQL, row digests, parts. */
#include <stdlib.h>

#include "buf.h"
#include "catalog.h"
#include "copyout.h"
#include "copysql.h"
#include "jobs.h"
#include "json.h"
#include "mem.h"
#include "msg.h"
#include "multiset.h"
#include "part.h"
#include "plan.h"
#include "rowhash.h"
#include "t.h"
#include "wirebytes.h"

static void
test_jobs(void)
{
	struct jobs js = {NULL, 0, 0, 0, 0};
	double wait;
	size_t a, b, c, d, barrier;

	a = jobs_add(&js, "a", "A", 0, 10, 0);
	b = jobs_add(&js, "b", "B", 0, 20, 0);
	c = jobs_add(&js, "c", "C", 1, 99, 0);
	barrier = jobs_add(&js, "barrier", "", 0, 0, 0);
	d = jobs_add(&js, "d", "D", 0, 99, 0);
	T_OK(jobs_after(&js, barrier, a) == 0 &&
			jobs_after(&js, barrier, b) == 0 &&
			jobs_after(&js, d, barrier) == 0,
		"dependencies");
	T_OK(jobs_take(&js, 0, &wait) == b, "the costliest first");
	T_OK(jobs_take(&js, 0, &wait) == a, "of the lowest class");
	T_OK(jobs_take(&js, 0, &wait) == c, "then the next class");
	T_OK(jobs_take(&js, 0, &wait) == JOBS_NONE && wait < 0,
		"the rest waits for others");
	jobs_finish(&js, b);
	T_OK(jobs_take(&js, 0, &wait) == JOBS_NONE, "for all of them");
	jobs_retry(&js, a, 5);
	T_OK(jobs_take(&js, 3, &wait) == JOBS_NONE && wait > 1.9 && wait < 2.1,
		"a retry waits for its time");
	T_OK(jobs_take(&js, 5, &wait) == a && js.job[a].tries == 2,
		"and is tried again");
	jobs_finish(&js, a);
	T_OK(jobs_take(&js, 5, &wait) == d, "a barrier does itself");
	T_OK(jobs_find(&js, "c") == c && jobs_find(&js, "x") == JOBS_NONE,
		"jobs have names");
	jobs_finish(&js, c);
	jobs_finish(&js, d);
	T_OK(js.left == 0 && js.running == 0, "all done");
	jobs_fini(&js);
	a = jobs_add(&js, "a", "A", 0, 1, 0);
	b = jobs_add(&js, "b", "B", 0, 1, 0);
	(void)jobs_after(&js, b, a);
	(void)jobs_take(&js, 0, &wait);
	jobs_fail(&js, a);
	T_OK(js.left == 0 && js.running == 0 && js.job[b].state == JOB_FAILED,
		"a failure takes along what waits for it");
	jobs_fini(&js);
	T_ALLOC_LOOP(20, {
		size_t x = jobs_add(&js, "a", "A", 0, 1, 0);
		size_t y = jobs_add(&js, "b", "B", 0, 1, 0);

		if (x != JOBS_NONE && y != JOBS_NONE)
			(void)jobs_after(&js, y, x);
		jobs_fini(&js);
	});
}

static void
test_sql(void)
{
	struct catalog_table t = {.schema = (char *)(size_t) "a\"b",
		.name = (char *)(size_t) "c;d",
		.columns = (char *)(size_t) "x, \"Y\""};
	struct catalog_fkey k = {.schema = (char *)(size_t) "s",
		.table = (char *)(size_t) "t",
		.name = (char *)(size_t) "f k",
		.definition =
			(char *)(size_t) "FOREIGN KEY (a) REFERENCES s.u(b)"};
	struct buf b = BUF_INIT;

	(void)copysql_out(&b, &t, 0, 0, true);
	T_STR(buf_str(&b),
		"COPY \"a\"\"b\".\"c;d\" (x, \"Y\") TO STDOUT (FORMAT binary)",
		"a whole table");
	buf_clear(&b);
	(void)copysql_out(&b, &t, 5, 10, false);
	T_STR(buf_str(&b),
		"COPY (SELECT x, \"Y\" FROM ONLY \"a\"\"b\".\"c;d\" WHERE ctid "
		">= '(5,0)'::tid AND ctid < '(10,0)'::tid) TO STDOUT (FORMAT "
		"text)",
		"a range");
	buf_clear(&b);
	(void)copysql_in(&b, &t, true, true);
	T_STR(buf_str(&b),
		"COPY \"a\"\"b\".\"c;d\" (x, \"Y\") FROM STDIN (FORMAT binary, "
		"FREEZE true)",
		"into the target");
	buf_clear(&b);
	(void)copysql_fkey(&b, &k);
	T_STR(buf_str(&b),
		"ALTER TABLE ONLY \"s\".\"t\" ADD CONSTRAINT \"f k\" FOREIGN "
		"KEY (a) REFERENCES s.u(b) NOT VALID",
		"a foreign key");
	buf_clear(&b);
	(void)plan_name(&b, "plain", "Odd\"one");
	T_STR(buf_str(&b), "plain.\"Odd\"\"one\"", "names in ids");
	buf_fini(&b);
	T_INT(copysql_parts(1 << 20, 1, 1e12, 4, 0), 1, "small: one part");
	T_INT(copysql_parts(1ll << 30, 9e9, 1e10, 4, 0), 4,
		"the critical chain is split");
	T_INT(copysql_parts(1ll << 30, 1, 1e12, 4, 0), 1, "another is not");
	T_INT(copysql_parts(10ll << 20, 1, 1e12, 4, 3 << 20), 4,
		"a limit is obeyed");
}

/* The digest of a stream cut into pieces of ${step} bytes. */
static struct multiset
digest(const char *stream, const size_t *rows, size_t n, size_t step,
	bool binary)
{
	struct multiset m = MULTISET_INIT;
	struct rowhash h;
	size_t i, at = 0;

	(void)rowhash_init(&h, binary);
	for (i = 0; i < n; i++) {
		size_t left = rows[i];

		while (left) {
			size_t part = left < step ? left : step;
			struct copyout_piece p = {stream + at, part,
				left == rows[i], part == left, false};

			rowhash_feed(&h, &p, &m);
			at += part;
			left -= part;
		}
	}
	rowhash_fini(&h);
	return m;
}

static void
test_rowhash(void)
{
	/* header (19) glued to a row of 8, an empty tuple, a row, the trailer
	 */
	static const char stream[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"
				     "\0\1\0\0\0\2ab"
				     "\0\0"
				     "\0\1\377\377\377\377"
				     "\377\377";
	static const size_t rows[] = {27, 2, 6, 2};
	static const size_t lines[] = {4, 1, 7};
	static const char text[] = "a\tb\n\nx\\ny\tz\n";
	struct multiset want = MULTISET_INIT, lonely = MULTISET_INIT, m;
	size_t step;

	multiset_add(&want, "\0\1\0\0\0\2ab", 8);
	multiset_add(&want, "\0\0", 2);
	multiset_add(&want, "\0\1\377\377\377\377", 6);
	for (step = 1; step < 30; step++) {
		m = digest(stream, rows, 4, step, true);
		if (!is_multiset_equal(&m, &want))
			break;
	}
	T_INT(step, 30, "binary: cut anywhere, the digest is the rows'");
	m = digest("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\377\377",
		(const size_t[]){21}, 1, 21, true);
	T_OK(is_multiset_equal(&m, &lonely), "an empty table has no rows");
	want = (struct multiset)MULTISET_INIT;
	multiset_add(&want, "a\tb\n", 4);
	multiset_add(&want, "\n", 1);
	multiset_add(&want, "x\\ny\tz\n", 7);
	for (step = 1; step < 9; step++) {
		m = digest(text, lines, 3, step, false);
		if (!is_multiset_equal(&m, &want))
			break;
	}
	T_INT(step, 9, "text: the same");
}

static void
hush(void *ctx, const char *line)
{
	(void)ctx;
	(void)line;
}

static void
test_part(void)
{
	struct part p = {.id = "data:x",
			    .kind = "copy",
			    .out = "COPY",
			    .in = "COPY",
			    .before = "TRUNCATE",
			    .binary = true},
		    q;
	const uint32_t oids[] = {7, 4294967295u};
	static const char lacking[] =
		"{\"id\":\"x\",\"kind\":\"copy\",\"out\":\"\"}";
	static const char unknown[] = "{\"id\":\"x\",\"kind\":\"what\"}";
	struct buf b = BUF_INIT;
	struct json_error err;
	struct json *j;

	T_OK(part_put(&b, &p, oids, 2) == 0, "a part is written");
	j = json_parse(b.data, b.len - 1, &err);
	T_OK(j && part_read(json_root(j), &q) == 0 && q.binary &&
			strcmp(q.id, p.id) == 0 &&
			strcmp(q.before, "TRUNCATE") == 0 && !q.after &&
			json_count(q.oids) == 2,
		"and read");
	json_free(j);
	msg_set_sink(hush, NULL);
	j = json_parse(lacking, strlen(lacking), &err);
	T_OK(j && part_read(json_root(j), &q) == -1,
		"one that lacks something");
	json_free(j);
	j = json_parse(unknown, strlen(unknown), &err);
	T_OK(j && part_read(json_root(j), &q) == -1, "one of an unknown kind");
	json_free(j);
	msg_set_sink(NULL, NULL);
	buf_fini(&b);
}

static void
test_wirebytes(void)
{
	static char bpchar[] = "bpchar", bytea[] = "bytea", int4[] = "int4",
		    int8[] = "int8", numeric[] = "numeric",
		    timestamptz[] = "timestamptz", uuid[] = "uuid";
	/* pgbench_accounts: 98 and 114 bytes were measured */
	static struct catalog_column narrow[] = {
		{.base = int4, .digits = 6.9, .width = 4},
		{.base = int4, .digits = 1.9, .width = 4},
		{.base = int4, .digits = 1, .width = 4},
		{.base = bpchar, .width = 84}};
	static struct catalog_column wide[] = {{.base = uuid, .width = 16},
		{.base = timestamptz, .width = 8},
		{.base = bytea, .width = 100}, {.base = int8, .width = 8}};
	static struct catalog_column nulls[] = {
		{.base = int8, .digits = 12, .width = 8, .nulls = 1},
		{.base = numeric, .digits = 3, .width = 5}};
	struct catalog_table t = {.column = narrow, .n_columns = 4};
	struct wirebytes w;

	wirebytes_estimate(&t, &w);
	T_INT(w.text * 10, 978, "narrow integers as text");
	T_INT(w.binary, 114, "and in binary");
	T_OK(is_wirebytes_text(&t, 10 << 20), "text over a slow line");
	T_OK(!is_wirebytes_text(&t, 200 << 20), "not over a fast one");
	T_OK(!is_wirebytes_text(&t, 0), "nor where it has no limit");
	t = (struct catalog_table){.column = wide, .n_columns = 4};
	wirebytes_estimate(&t, &w);
	T_OK(w.text > 1.5 * w.binary, "times, uuids, bytes: %g, %g", w.text,
		w.binary);
	T_OK(!is_wirebytes_text(&t, 1024), "binary, however slow");
	t = (struct catalog_table){.column = nulls, .n_columns = 2};
	wirebytes_estimate(&t, &w);
	T_INT(w.text, 7, "NULL as text, and a short number");
	T_INT(w.binary, 20, "in binary");
	t = (struct catalog_table){.n_columns = 0};
	T_OK(!is_wirebytes_text(&t, 1024), "a table without columns");
}

static void
test_memory(void)
{
	T_INT(jobs_fit(2048, 8), 8, "a large target has room for all jobs");
	T_INT(jobs_fit(128, 8), 4, "a small one for some");
	T_INT(jobs_fit(16, 8), 1, "one is always left");
	T_INT(jobs_fit(0, 8), 8, "nothing known, nothing lowered");
	T_INT(jobs_memory(2048, 2), 1024, "what there is is shared");
	T_INT(jobs_memory(128, 64), 4, "but for a least");
	T_INT(jobs_memory(0, 2), 128, "and something where nothing is known");
}

int
main(void)
{
	T_BEGIN();
	test_memory();
	test_wirebytes();
	test_jobs();
	test_sql();
	test_rowhash();
	test_part();
	return T_END();
}
