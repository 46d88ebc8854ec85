#include "mem.h"
#include "pgoutput.h"
#include "t.h"

/* Messages as PostgreSQL 15 sent them, byte for byte. */
#define RELATION                                                               \
	"R\0\0\x40\x01public\0t\0d\0\2\1id\0\0\0\0\x17\xff\xff\xff\xff"        \
	"\0v\0\0\0\0\x19\xff\xff\xff\xff"
#define INSERT                                                                 \
	"I\0\0\x40\x01N\0\2t\0\0\0\1"                                          \
	"7t\0\0\0\2ab"
#define UPDATE_KEY                                                             \
	"U\0\0\x40\x01K\0\2t\0\0\0\1"                                          \
	"7nN\0\2t\0\0\0\1"                                                     \
	"8u"
#define DELETE                                                                 \
	"D\0\0\x40\x01K\0\2t\0\0\0\1"                                          \
	"8n"
#define TRUNCATE "T\0\0\0\2\2\0\0\x40\1\0\0\x40\2"
#define BEGIN "B\0\0\0\0\1\x5a\xaa\xc8\0\2\x9e\xc0\x1e\xb4\xfa\x65\0\0\2\xe5"
#define COMMIT                                                                 \
	"C\0\0\0\0\0\1\x5a\xaa\xc8\0\0\0\0\1\x5a\xab\0\0\2\x9e\xc0\x1e\xb4"    \
	"\xfa\x65"

#define PARSE(m, text) pgoutput_parse((m), (text), sizeof(text) - 1)

/* No shorter message may pass, and none may be longer. */
static void
is_exact(const char *text, size_t n)
{
	struct pgoutput m = {0};
	char longer[128];
	size_t i;
	int passed = 0;

	for (i = 0; i < n; i++)
		passed += pgoutput_parse(&m, text, i) == 0;
	T_INT(passed, 0, "%c: cut anywhere it is refused", text[0]);
	memcpy(longer, text, n);
	longer[n] = 0;
	T_INT(pgoutput_parse(&m, longer, n + 1), -1, "%c: nothing may follow",
		text[0]);
	pgoutput_fini(&m);
}

int
main(void)
{
	struct pgoutput m = {0};

	T_BEGIN();
	T_INT(PARSE(&m, BEGIN), 0, "begin");
	T_OK(m.kind == 'B' && m.lsn == 0x15aaac8, "its position");
	T_INT(PARSE(&m, COMMIT), 0, "commit");
	T_OK(m.lsn == 0x15aaac8 && m.end_lsn == 0x15aab00, "both positions");
	T_OK(m.time == 0x29ec01eb4fa65, "its time");
	T_INT(PARSE(&m, RELATION), 0, "relation");
	T_STR(m.schema, "public", "schema");
	T_STR(m.name, "t", "name");
	T_INT(m.n_columns, 2, "columns");
	T_OK(m.column[0].is_key && !m.column[1].is_key, "key");
	T_INT(m.column[1].type, 25, "type");
	T_INT(PARSE(&m, INSERT), 0, "insert");
	T_OK(m.relation == 0x4001 && m.new.n == 2, "its row");
	T_OK(m.new.value[1].len == 2 &&
			memcmp(m.new.value[1].data, "ab", 2) == 0,
		"a value");
	T_INT(PARSE(&m, UPDATE_KEY), 0, "update of a key");
	T_OK(m.old_kind == 'K' && m.old.value[1].kind == 'n', "the old key");
	T_OK(m.new.value[1].kind == 'u', "an unchanged value");
	T_INT(PARSE(&m, DELETE), 0, "delete");
	T_INT(PARSE(&m, TRUNCATE), 0, "truncate");
	T_OK(m.n_truncated == 2 && m.truncated[1] == 0x4002 && !m.cascade &&
			m.restart_identity,
		"its relations and options");
	T_INT(PARSE(&m, "Zx"), -1, "another kind");
	T_INT(PARSE(&m, ""), -1, "nothing");
	T_INT(PARSE(&m, "T\xff\xff\xff\xff\0"), -1, "more than there can be");
	T_INT(PARSE(&m, "I\0\0\x40\x01N\0\1t\xff\xff\xff\xff"
			"a"),
		-1, "a value longer than the message");
	is_exact(RELATION, sizeof(RELATION) - 1);
	is_exact(INSERT, sizeof(INSERT) - 1);
	is_exact(UPDATE_KEY, sizeof(UPDATE_KEY) - 1);
	is_exact(TRUNCATE, sizeof(TRUNCATE) - 1);
	is_exact(COMMIT, sizeof(COMMIT) - 1);
	pgoutput_fini(&m);
	T_ALLOC_LOOP(10, {
		struct pgoutput x = {0};

		(void)PARSE(&x, RELATION);
		(void)PARSE(&x, UPDATE_KEY);
		pgoutput_fini(&x);
	});
	return T_END();
}
