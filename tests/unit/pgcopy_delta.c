#include "buf.h"
#include "catalog.h"
#include "hashsql.h"
#include "json.h"
#include "keyrange.h"
#include "part.h"
#include "t.h"

#define S(text) ((char *)(size_t)(text))

static struct catalog_column columns[] = {
	{S("id"), S("bigint"), S("int8"), 1, false, false, 0, 0, 0},
	{S("v\"x"), S("text"), S("text"), 0, false, false, 0, 0, 0},
	{S("n"), S("numeric"), S("numeric"), 0, false, false, 0, 0, 0},
	{S("c"), S("public.citext"), S(""), 0, false, false, 0, 0, 0}};

static struct catalog_table table = {.schema = S("s"),
	.name = S("t"),
	.columns = S("id, \"v\"\"x\", n, c"),
	.column = columns,
	.n_columns = 4,
	.n_key = 1};

static void
test_hash(void)
{
	const struct hashsql_part part = {true, true, -2, 5};
	struct hashsql h;
	struct buf b = BUF_INIT;

	hashsql_init(&h, &table, 1000, 1, false);
	T_INT(h.kind, HASHSQL_RANGE, "an integer key makes ranges");
	T_INT(h.shift, 4, "of sixteen rows");
	T_INT(hashsql_hash(&b, &h), 0, "the hash of a row");
	T_STR(buf_str(&b),
		"hash_record_extended(ROW(t.\"id\", (t.\"id\" >> 32)::int4, "
		"t.\"v\"\"x\", numeric_send(t.\"n\"), t.\"c\"::text), 0)",
		"each column exactly");
	buf_clear(&b);
	(void)hashsql_groups(&b, &h, &part);
	T_OK(strstr(buf_str(&b), "t.\"id\" >= (-2::int8 << 4)") &&
			strstr(buf_str(&b), "t.\"id\" < (5::int8 << 4)"),
		"bounds that an index knows");
	buf_clear(&b);
	h.legacy = true;
	(void)hashsql_hash(&b, &h);
	T_OK(strstr(buf_str(&b), "hashtextextended(ROW(") == buf_str(&b),
		"before 14 there is no hash of records");
	buf_clear(&b);
	hashsql_init(&h, &table, 1000, 1000, false);
	T_INT(h.shift, 14, "sparse keys: wider ranges");
	table.n_key = 0;
	columns[0].key = 0;
	hashsql_init(&h, &table, 1e9, 1, false);
	T_INT(h.kind, HASHSQL_KEYLESS, "no key");
	T_INT(h.mask, (1 << 18) - 1, "a bounded number of groups");
	T_STR(hashsql_list(&h), "hash", "rows are told by their hash");
	table.n_key = 1;
	columns[0].key = 1;
	buf_fini(&b);
}

static void
test_ranges(void)
{
	const int64_t bound[] = {INT64_MIN, 0, 100, 200, 300, INT64_MAX};
	int64_t last = INT64_MIN, k;
	int falls = 0;

	T_OK(keyrange_step(bound, 6, 500) == 1, "outliers do not count");
	T_OK(keyrange_step(bound, 0, 10) == 1, "nothing is known");
	for (k = 0; k <= 1000; k++) {
		int64_t at = keyrange_begin(bound, 6, k, 1000);

		falls += at < last;
		last = at;
	}
	T_INT(falls, 0, "parts never go back");
	T_OK(last == INT64_MAX, "the end is the end");
	T_INT(keyrange_begin(bound + 1, 4, 1, 2), 150, "half of the rows");
}

static void
test_retext(void)
{
	struct buf b = BUF_INIT;

	T_INT(part_retext("{\"type\":\"part\",\"id\":\"data:t\",\"kind\":"
			  "\"copy\",\"out\":\"COPY \\\"(FORMAT binary\\\" TO "
			  "STDOUT (FORMAT binary)\",\"in\":\"COPY t FROM STDIN "
			  "(FORMAT binary, FREEZE true)\",\"binary\":true}\n",
		      &b),
		0, "a part in text");
	T_OK(strstr(buf_str(&b), "\\\"(FORMAT binary\\\" TO STDOUT (FORMAT "
				 "text)"),
		"only its option changes, no name");
	T_OK(strstr(buf_str(&b), "(FORMAT text, FREEZE true)") &&
			strstr(buf_str(&b), "\"binary\":false"),
		"on both ends");
	buf_clear(&b);
	T_INT(part_retext("{\"type\":\"part\"}\n", &b), -1, "not a part");
	buf_fini(&b);
}

int
main(void)
{
	T_BEGIN();
	test_hash();
	test_ranges();
	test_retext();
	return T_END();
}
