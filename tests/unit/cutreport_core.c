/* Stories and the text of a page, in memory. */
#include <string.h>

#include "buf.h"
#include "html.h"
#include "json.h"
#include "mem.h"
#include "page.h"
#include "story.h"
#include "t.h"
#include "textreport.h"

static const char *const lines[] = {
	"{\"type\":\"journal.open\",\"tool\":\"t\",\"source\":\"a\",\"target\":"
	"\"b\",\"at\":\"2026-11-25T10:00:00Z\"}",
	"{\"type\":\"step.started\",\"step\":\"freeze\",\"what\":\"w\","
	"\"undo\":\"u\",\"at\":\"2026-11-25T10:00:10Z\"}",
	"{\"type\":\"step.failed\",\"step\":\"freeze\",\"status\":1,"
	"\"seconds\":5,\"at\":\"2026-11-25T10:00:15Z\"}",
	"{\"type\":\"step.started\",\"step\":\"freeze\",\"what\":\"w\","
	"\"undo\":\"u\",\"at\":\"2026-11-25T10:00:20Z\"}",
	"{\"type\":\"step.done\",\"step\":\"freeze\",\"seconds\":5,"
	"\"at\":\"2026-11-25T10:00:25Z\"}",
	"{\"type\":\"step.done\",\"step\":\"never begun\",\"seconds\":5,"
	"\"at\":\"2026-11-25T10:00:25Z\"}",
	"{\"type\":\"table.copied\",\"schema\":\"s\",\"table\":\"t\","
	"\"rows\":3,\"bytes\":77,\"seconds\":2,\"at\":"
	"\"2026-11-25T10:00:09Z\"}",
	"{\"type\":\"table.differs\",\"schema\":\"s\",\"table\":\"t\","
	"\"missing\":1,\"at\":\"2026-11-25T10:00:26Z\"}",
	"{\"type\":\"keys.verified\",\"db\":1,\"equal\":false,"
	"\"differing\":4,\"at\":\"2026-11-25T10:00:26Z\"}",
	"{\"type\":\"finding\",\"level\":\"error\",\"rule\":\"r\","
	"\"message\":\"m\"}",
	"{\"type\":\"finding\",\"level\":\"error\",\"rule\":\"r\","
	"\"message\":\"m\"}",
	"{\"type\":\"need\",\"id\":\"i\",\"kind\":\"k\",\"summary\":\"s\","
	"\"commands\":[[\"a b\",\"c\"],[\"d\"],[1],3]}",
	"{\"type\":\"summary\",\"tool\":\"t\",\"verb\":\"v\",\"ok\":true,"
	"\"done\":1,\"seconds\":1,\"at\":\"2026-11-25T10:00:27Z\"}",
	"{\"type\":\"step.started\",\"step\":5,\"at\":\"no time\"}",
};

static int
tell(struct story *s)
{
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct json_error e;
		struct json *j = json_parse(lines[i], strlen(lines[i]), &e);

		if (j == NULL)
			return -1;
		story_add(s, json_root(j));
		json_free(j);
	}
	return s->failed ? -1 : 0;
}

static void
once(void)
{
	struct story s = {0};
	struct buf b = BUF_INIT;

	if (tell(&s) == 0 && page_put(&b, &s, NULL, 5) == 0)
		(void)textreport_put(&b, &s, "x");
	buf_fini(&b);
	story_fini(&s);
}

static void
test_story(void)
{
	struct story s = {0};
	double begin = 0, end = 1;

	T_INT(tell(&s), 0, "all records");
	T_INT(s.n_steps, 3, "a step for each try, one without a name");
	T_INT(s.step[0].state, STEP_FAILED, "the first try failed");
	T_INT(s.step[1].state, STEP_DONE, "the second did not");
	T_OK(story_closed(&s, 0, &begin, &end), "there is a closed time");
	T_OK(end == 0, "which goes on");
	T_OK(s.step[0].begin == begin, "since the first try");
	T_OK(!story_closed(&s, 1, &begin, &end), "and no other");
	T_INT(s.n_findings, 1, "one that is said twice is one");
	T_INT(s.finding[0].times, 2, "said twice");
	T_STR(s.need[0].commands, "'a b' c\nd\n\n", "commands for a shell");
	T_INT(story_errors(&s), 3, "a finding, a table, a database");
	T_INT(s.move[0].items, 3, "rows");
	T_STR(s.proof[0].note, "1 missing, 0 extra, 0 changed", "what differs");
	story_fini(&s);
	T_INT(s.n_steps, 0, "nothing is left");
}

static void
test_text(void)
{
	struct buf b = BUF_INIT;
	struct html h = {.out = &b};

	html_text(&h, "<a href=\"x\" on='y'>&`\n\x01\xc2\x80\xe2\x80\xaezz\xc3"
		      "\xa9\xf0\x9f\x98\x80");
	T_STR(buf_str(&b),
		"&#60;a href&#61;&#34;x&#34; on&#61;&#39;y&#39;&#62;&#38;&#96;"
		"\n<span class=\"odd\">U+0001</span><span "
		"class=\"odd\">U+0080</span><span class=\"odd\">U+202E</span>"
		"zz\xc3\xa9\xf0\x9f\x98\x80",
		"no markup, nothing unseen");
	T_INT(h.failed, 0, "in memory");
	buf_fini(&b);
}

int
main(void)
{
	test_story();
	test_text();
	T_ALLOC_LOOP(2000, once());
	return T_END();
}
