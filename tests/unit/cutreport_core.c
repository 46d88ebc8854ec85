/* Stories and the text of a page, in memory. */
#include <string.h>

#include "buf.h"
#include "curve.h"
#include "flow.h"
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
	"{\"type\":\"client.second\",\"at\":\"2026-11-25T10:00:20Z\","
	"\"seconds\":1,\"requests\":9,\"failed\":4,\"written\":3,"
	"\"read\":2,\"wrong\":0}",
	"{\"type\":\"client.down\",\"at\":\"2026-11-25T10:00:21Z\","
	"\"from\":\"2026-11-25T10:00:20.5Z\",\"seconds\":0.5,\"failed\":4,"
	"\"to\":\"a<b\"}",
	"{\"type\":\"step.started\",\"step\":5,\"at\":\"no time\"}",
	"{\"type\":\"journal.open\",\"tool\":\"tigris-sync\",\"source\":"
	"\"old\",\"target\":\"new\",\"at\":\"2026-11-25T10:01:00Z\"}",
	"{\"type\":\"object.copied\",\"key\":\"k\",\"size\":10,"
	"\"seconds\":2,\"at\":\"2026-11-25T10:01:04Z\"}",
	"{\"type\":\"object.failed\",\"key\":\"k\",\"message\":\"no\","
	"\"at\":\"2026-11-25T10:01:05Z\"}",
	"{\"type\":\"object.failed\",\"key_base64\":\"/w==\",\"message\":"
	"\"no\",\"at\":\"2026-11-25T10:01:05Z\"}",
	"{\"type\":\"object.copied\",\"key\":\"k\",\"size\":10,"
	"\"seconds\":2,\"at\":\"2026-11-25T10:01:06Z\"}",
	"{\"type\":\"object.skipped\",\"key\":\"j\",\"why\":\"w\"}",
	"{\"type\":\"object.deleted\",\"key\":\"j\",\"size\":3}",
	"{\"type\":\"objects.verified\",\"objects\":3,\"by_time\":2,"
	"\"by_digest\":1,\"equal\":true,\"at\":\"2026-11-25T10:01:04Z\"}",
	"{\"type\":\"objects.verified\",\"source\":\"a\",\"target\":\"b\","
	"\"objects\":3,\"differ\":2,\"equal\":false,"
	"\"at\":\"2026-11-25T10:01:07Z\"}",
	"{\"type\":\"keys.checkpoint\",\"db\":2,\"keys\":40,"
	"\"at\":\"2026-11-25T10:02:10Z\"}",
	"{\"type\":\"keys.checkpoint\",\"db\":2,\"keys\":30,"
	"\"at\":\"2026-11-25T10:02:12Z\"}",
	"{\"type\":\"keys.copied\",\"db\":2,\"keys\":50,\"bytes\":900,"
	"\"seconds\":4,\"at\":\"2026-11-25T10:02:14Z\"}",
	"{\"type\":\"key.failed\",\"db\":2,\"key\":\"k\",\"reason\":\"r\"}",
	"{\"type\":\"keys.gap\",\"reason\":\"flushed\","
	"\"at\":\"2026-11-25T10:02:15Z\"}",
	"{\"type\":\"progress\",\"part\":\"follow\",\"waiting\":7,"
	"\"seconds\":3,\"copied\":1,\"at\":\"2026-11-25T10:02:16Z\"}",
	"{\"type\":\"progress\",\"part\":\"x\",\"bytes\":7}",
	"{\"type\":\"keys.caught\",\"copied\":8,"
	"\"at\":\"2026-11-25T10:02:20Z\"}",
	"{\"type\":\"follow.lag\",\"bytes\":5,\"seconds\":1,"
	"\"changes\":2,\"at\":\"2026-11-25T10:02:20Z\"}",
	"{\"type\":\"zone.changing\",\"plan\":\"p\",\"zone\":\"z.\","
	"\"phase\":\"move\",\"at\":\"2026-11-25T10:03:00Z\"}",
	"{\"type\":\"rrset.answered\",\"name\":\"w.\",\"rrtype\":\"A\","
	"\"server\":\"s\",\"address\":\"a\",\"kind\":\"resolver\","
	"\"state\":\"old\",\"at\":\"2026-11-25T10:03:01Z\"}",
	"{\"type\":\"rrset.answered\",\"name\":\"w.\",\"rrtype\":\"A\","
	"\"server\":\"s\",\"address\":\"a\",\"kind\":\"resolver\","
	"\"state\":\"new\",\"at\":\"2026-11-25T10:03:02Z\"}",
	"{\"type\":\"watch.round\",\"plan\":\"p\",\"round\":1,"
	"\"authoritative\":{\"percent\":100},\"resolvers\":{\"percent\":50},"
	"\"safe_to_detach_at\":\"2026-11-25T10:05:00Z\","
	"\"at\":\"2026-11-25T10:03:02Z\"}",
	"{\"type\":\"watch.round\",\"plan\":\"p\",\"round\":0,"
	"\"authoritative\":5,\"at\":\"2026-11-25T10:03:01Z\"}",
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

/* What the journals of the movers say. */
static void
test_moved(const struct story *s)
{
	double bytes, items;

	T_INT(s->n_flows, 3, "tables, objects, one database with times");
	T_STR(s->flow[1].name, "old to new", "objects by their journal");
	T_INT(s->flow[1].flow->items, 2, "each copy counts");
	T_INT(s->flow[1].skipped + s->flow[1].deleted, 2, "others do too");
	flow_between(s->flow[1].flow, s->flow[1].flow->begin,
		s->flow[1].flow->begin + 2, &bytes, &items);
	T_OK(bytes > 9.9 && bytes < 10.1, "the first in its two seconds");
	T_INT(s->n_failures, 2, "what was copied later did not fail");
	T_STR(s->failure[0].name, "/w== (base64)", "a key that is no text");
	T_STR(s->proof[2].note, "equal: 1 by digest, 2 by time", "how");
	T_STR(s->proof[3].name, "a to b", "the record says of what");
	T_STR(s->proof[3].note, "2 of 3 differ", "and that they differ");
	T_INT(s->flow[2].flow->items, 90, "40, and 50 by the second run");
	T_INT(s->flow[2].flow->bytes, 900, "bytes of the database");
	T_INT(s->flow[2].marked, 0, "no checkpoint is open");
	flow_between(s->flow[2].flow, s->flow[2].flow->end - 2,
		s->flow[2].flow->end, &bytes, &items);
	T_OK(items > 19.9 && items < 20.1, "the last since the checkpoint");
}

static void
test_names(const struct story *s)
{
	const struct curve *lag = s->curve[0].curve;
	const struct curve *names = s->curve[2].curve;

	T_INT(s->n_curves, 3, "two followers, a plan");
	T_STR(s->curve[0].name, "keys", "rediscopy");
	T_INT(lag->n, 2, "its lag");
	T_OK(lag->point[0].value[0] >= 3 && lag->point[1].value[0] <= 0,
		"behind, and not any more");
	T_INT(s->curve[0].copied, 8, "what it carried over");
	T_INT(s->n_gaps, 1, "a gap");
	T_STR(story_plan_zone(s, "p"), "z.", "the plan's zone");
	T_STR(story_plan_what(s, "p"), "the move", "and what it does");
	T_OK(story_plan_zone(s, "q") == NULL, "another plan is not known");
	T_INT(names->n, 2, "two looks");
	T_OK(names->point[1].value[1] >= 50 && names->point[0].value[0] <= 0,
		"in the order of time");
	T_OK(s->curve[2].ready > names->point[1].at, "by the latest look");
	T_INT(s->n_answers, 1, "one server's answer");
	T_STR(s->answer[0].state, "new", "the last");
	T_OK(s->answer[0].since >= names->point[1].at, "since then");
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
	T_INT(story_errors(&s), 6,
		"a finding, a table, a database, places, an object and a key");
	T_INT(s.move[0].items, 3, "rows");
	T_STR(s.proof[0].note, "1 missing, 0 extra, 0 changed", "what differs");
	test_moved(&s);
	test_names(&s);
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
