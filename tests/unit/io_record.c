#include <string.h>

#include "buf.h"
#include "mem.h"
#include "msg.h"
#include "record.h"
#include "t.h"

static char said[512];

static void
hear(void *ctx, const char *line)
{
	(void)ctx;
	snprintf(said, sizeof(said), "%s", line);
}

static void
test_finding(void)
{
	struct finding f = {"warning", "a-rule", "some \"thing\"", "in.txt", 3,
		14, "do that", 0};
	struct finding bare = {"error", "a-rule", "bad", NULL, 0, 0, NULL, 0};
	struct finding none = {NULL, NULL, NULL, NULL, 0, 0, NULL, 0};
	struct buf b = BUF_INIT;

	T_INT(finding_put(&b, &f), 0, "a finding");
	T_STR(buf_str(&b),
		"{\"type\":\"finding\",\"level\":\"warning\","
		"\"rule\":\"a-rule\",\"message\":\"some \\\"thing\\\"\","
		"\"file\":\"in.txt\",\"line\":3,\"column\":14,"
		"\"fix\":\"do that\"}\n",
		"with all members");
	finding_print(&f);
	T_STR(said, "t: warning: in.txt:3:14: a-rule: some \"thing\" (do that)",
		"for people");
	buf_clear(&b);
	T_INT(finding_put(&b, &bare), 0, "a bare finding");
	T_STR(buf_str(&b),
		"{\"type\":\"finding\",\"level\":\"error\","
		"\"rule\":\"a-rule\",\"message\":\"bad\"}\n",
		"with what it has");
	finding_print(&bare);
	T_STR(said, "t: a-rule: bad", "an error for people");
	bare.level = "note";
	bare.file = "f";
	bare.column = 9;
	finding_print(&bare);
	T_STR(said, "t: note: f: a-rule: bad", "a column needs a line");
	buf_clear(&b);
	T_INT(finding_put(&b, &none), 0, "members that are NULL");
	T_STR(buf_str(&b), "{\"type\":\"finding\"}\n", "are left out");
	finding_print(&none);
	T_STR(said, "t: note: ", "and harmless");
	buf_clear(&b);
	f.message = "\xff";
	T_INT(finding_put(&b, &f), -1, "no UTF-8");
	T_INT(b.len, 0, "nothing half");
	buf_fini(&b);
}

static void
test_summary(void)
{
	struct summary s = {"pgcopy", "copy", 1, 5, 0, -1, -1, 123, 1.5, 0};
	struct buf b = BUF_INIT;

	T_INT(summary_put(&b, &s), 0, "a summary");
	T_STR(buf_str(&b),
		"{\"type\":\"summary\",\"tool\":\"pgcopy\",\"verb\":\"copy\","
		"\"ok\":true,\"done\":5,\"failed\":0,\"bytes\":123,"
		"\"seconds\":1.5}\n",
		"without the counts below 0");
	buf_fini(&b);
	T_ALLOC_LOOP(50, {
		struct buf a = BUF_INIT;

		(void)summary_put(&a, &s);
		buf_fini(&a);
	});
}

int
main(void)
{
	T_BEGIN();
	msg_init("t");
	msg_set_sink(hear, NULL);
	test_finding();
	test_summary();
	return T_END();
}
