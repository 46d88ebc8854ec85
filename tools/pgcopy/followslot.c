#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "clock.h"
#include "engine.h"
#include "env.h"
#include "followslot.h"
#include "ident.h"
#include "msg.h"
#include "session.h"

#define PATIENCE 70.0 /* seconds: the server's own 60, and some */
#define TELL_AFTER 1.0

/* The process that reads it, 0 if there is none, or -1 after a message. */
static int64_t
reader(struct session *source, const char *slot)
{
	const char *params[1] = {slot};
	struct rows *r = session_query(source,
		"SELECT active_pid FROM pg_replication_slots WHERE slot_name ="
		" $1 AND database = current_database() AND active_pid"
		" IS NOT NULL",
		1, params);
	int64_t pid = -1;

	if (r)
		pid = rows_count(r) ? rows_int(r, 0, 0) : 0;
	rows_free(r);
	return pid;
}

static int
give_up(struct engine *e, const char *slot, int64_t pid)
{
	/* it may be gone by the next run */
	e->temporary = true;
	(void)engine_tell(e, "error", "slot-busy",
		"end the pgcopy follow that reads it, or that process",
		"process %lld of the source still reads the slot %s after %d "
		"s",
		(long long)pid, slot, (int)PATIENCE);
	return -1;
}

int
followslot_wait(struct engine *e, struct session *source, const char *slot)
{
	const struct clock *clock = e->rec.env->clock;
	double begin = clock_mono(clock), now;
	bool is_told = false;
	int64_t pid;

	while ((pid = reader(source, slot)) > 0) {
		now = clock_mono(clock);
		if (now - begin >= PATIENCE)
			return give_up(e, slot, pid);
		if (now - begin >= TELL_AFTER && !is_told) {
			msg_note("process %lld of the source still reads the "
				 "slot %s: waiting up to %d s for its end",
				(long long)pid, slot, (int)PATIENCE);
			is_told = true;
		}
		clock_sleep(clock, 0.1);
	}
	return pid == 0 ? 0 : -1;
}

int
followslot_drop(struct engine *e, struct session *source, const char *slot)
{
	const char *params[1] = {slot};
	struct rows *r = NULL;
	struct buf b = BUF_INIT;
	int rc = -1;

	if (followslot_wait(e, source, slot) == 0)
		r = session_query(source,
			"SELECT pg_drop_replication_slot(slot_name) FROM"
			" pg_replication_slots WHERE slot_name = $1 AND"
			" database = current_database()",
			1, params);
	if (r && buf_puts(&b, "DROP PUBLICATION IF EXISTS ") == 0 &&
		ident_quote(&b, slot) == 0)
		rc = session_exec(source, buf_str(&b));
	rows_free(r);
	buf_fini(&b);
	return rc;
}
