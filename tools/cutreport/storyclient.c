/* What a client of the app saw while it moved. */
#include "flow.h"
#include "mem.h"
#include "reading.h"
#include "story.h"

static void
read_second(const struct reading *x)
{
	struct story *s = x->s;

	if (s->client == NULL &&
		(s->client = mem_zalloc(1, sizeof(*s->client))) == NULL) {
		s->failed = 1;
		return;
	}
	flow_add(s->client, x->at, x->at + reading_number(x, "seconds"),
		(uint64_t)reading_whole(x, "requests"),
		reading_whole(x, "failed"));
	s->written += reading_whole(x, "written");
	s->read += reading_whole(x, "read");
	s->wrong += reading_whole(x, "wrong");
}

static void
read_down(const struct reading *x)
{
	struct story_outage *o =
		READING_MORE(x->s, outage, n_outages, READING_MOST);

	if (o == NULL)
		return;
	o->begin = reading_time(x, "from");
	o->end = x->at > o->begin ? x->at : o->begin;
	o->failed = reading_whole(x, "failed");
	o->to = reading_copy(x->s, reading_text(x, "to"));
}

const struct reader client_readers[] = {
	{"client.second", read_second},
	{"client.down", read_down},
	{NULL, NULL},
};
