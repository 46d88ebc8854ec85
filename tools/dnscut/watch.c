#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "ask.h"
#include "buf.h"
#include "chain.h"
#include "clock.h"
#include "dnscut.h"
#include "dnsmsg.h"
#include "env.h"
#include "fd.h"
#include "journal.h"
#include "jsonw.h"
#include "look.h"
#include "mem.h"
#include "msg.h"
#include "plan.h"
#include "planread.h"
#include "probe.h"
#include "recorder.h"
#include "rrset.h"
#include "rrtype.h"
#include "session.h"
#include "status.h"
#include "stopsignal.h"
#include "watchtable.h"

/* Resolvers that many people use. */
static const struct {
	const char *name, *address;
} public[] = {{"Cloudflare", "1.1.1.1"}, {"Cloudflare", "1.0.0.1"},
	{"Google", "8.8.8.8"}, {"Google", "8.8.4.4"}, {"Quad9", "9.9.9.9"},
	{"Quad9", "149.112.112.112"}, {"OpenDNS", "208.67.222.222"},
	{"OpenDNS", "208.67.220.220"}, {"AdGuard", "94.140.14.140"},
	{"DNS.SB", "185.222.222.222"}};
enum { PUBLIC = sizeof(public) / sizeof(public[0]), GRACE = 300 };

struct watching {
	struct session s;
	struct plan plan;
	struct journal *journal;
	struct probe *probe;
	size_t n;
	struct look_server *server, *resolver;
	size_t servers, resolvers;
	double begun;
	unsigned round;
	bool is_terminal, is_stopped;
	struct buf table;        /* as it is on the terminal */
	int lines;               /* of it */
	bool told[PROBE_STATES]; /* findings that were given */
};

/* Messages go above the table. */
static void
sink(void *ctx, const char *line)
{
	struct watching *w = ctx;

	if (w->lines > 0)
		fprintf(stderr, "\033[%dA\033[J", w->lines);
	fprintf(stderr, "%s\n%s", line, buf_str(&w->table));
}

/* Whom to ask. 0 or -1 after a message. */
static int
choose_resolvers(struct watching *w)
{
	const struct opt_list *given = &w->s.opt->resolvers;
	size_t n = given->n > 0 ? given->n : PUBLIC, i;

	if ((w->resolver = mem_zalloc(n, sizeof(*w->resolver))) == NULL)
		return -1;
	for (i = 0; i < n; i++) {
		struct look_server *r = &w->resolver[i];
		const char *text =
			given->n > 0 ? given->item[i] : public[i].address;

		r->name = given->n > 0 ? text : public[i].name;
		if (dnsaddr_parse(text, 53, &r->addr) == -1) {
			msg_error("--resolver %s: not an address", text);
			return -1;
		}
	}
	w->resolvers = n;
	return 0;
}

/* Clients that know HTTPS records follow the addresses in them. */
static void
check_hints(struct watching *w)
{
	size_t i, k;

	for (i = 0; i < w->plan.hosts.n; i++) {
		struct rrsets sets;

		if (walk_resolve(w->s.walk, w->plan.hosts.item[i], RRTYPE_HTTPS,
			    &sets) == WALK_OK)
			for (k = 0; k < sets.n; k++)
				if (sets.item[k].type == RRTYPE_HTTPS &&
					strstr(sets.item[k].data[0].text,
						"hint=") != NULL)
					(void)recorder_tell(&w->s.rec,
						"warning", "dns-https-hint",
						"compare them with the app's",
						"%s: its HTTPS record holds "
						"addresses, which browsers use",
						w->plan.hosts.item[i]);
		rrsets_fini(&sets);
	}
}

/* What deserves a word, once. */
static void
tell(struct watching *w, enum probe_state state, const char *rule,
	const char *fix, const char *text)
{
	if (w->told[state])
		return;
	w->told[state] = true;
	(void)recorder_tell(&w->s.rec, "warning", rule, fix, "%s", text);
}

static void
tell_states(
	struct watching *w, const struct look *servers, const struct look *l)
{
	size_t i;

	if (servers->state[PROBE_DNSSEC] > 0)
		tell(w, PROBE_FAILED, "dns-dnssec",
			"let the zone be signed anew, or look at what signs it",
			"answers of the zone's servers are not signed as they "
			"must be");
	if (l->state[PROBE_DNSSEC] > 0)
		tell(w, PROBE_DNSSEC, "dns-dnssec",
			"compare the DS at the registrar with the zone's keys",
			"resolvers that validate refuse the zone's answers: "
			"its signatures or its DS are wrong");
	if (l->empty_ttl > 0)
		tell(w, PROBE_NXDOMAIN, "dns-negative",
			"they forget it after the zone's negative TTL",
			"resolvers remember that a name does not exist, or has "
			"no such records");
	if (l->state[PROBE_WILDCARD] > 0)
		tell(w, PROBE_WILDCARD, "dns-wildcard", NULL,
			"a wildcard answers in place of a name's own records");
	for (i = 0; i < w->n; i++)
		if (w->probe[i].before != NULL &&
			w->probe[i].before->type == RRTYPE_AAAA &&
			l->by_probe[i * PROBE_STATES + PROBE_OLD] > 0)
			tell(w, PROBE_OLD, "dns-stale-aaaa", NULL,
				"resolvers still give the old platform's IPv6 "
				"addresses, which clients prefer");
}

static void
put_look(struct jsonw *w, const char *key, const struct look *l, bool is_signed)
{
	size_t k;

	jsonw_object(w, key);
	jsonw_uint(w, "total", l->total);
	for (k = 0; k < PROBE_STATES; k++)
		if (k == PROBE_NEW || l->state[k] > 0)
			jsonw_uint(w, probe_state_name((enum probe_state)k),
				l->state[k]);
	if (is_signed)
		jsonw_uint(w, "validated", l->validated);
	jsonw_num(w, "percent",
		l->total > 0
			? 100.0 * (double)l->state[PROBE_NEW] / (double)l->total
			: 100);
	jsonw_close(w);
}

static int
put_round(struct watching *w, const struct look *servers,
	const struct look *resolvers)
{
	double now = session_now(&w->s);
	bool is_signed = w->s.zone.ds != NULL;
	struct buf b = BUF_INIT;
	struct jsonw j;

	jsonw_record(&j, &b, "watch.round");
	jsonw_str(&j, "plan", w->plan.id);
	jsonw_uint(&j, "round", ++w->round);
	put_look(&j, "authoritative", servers, is_signed);
	put_look(&j, "resolvers", resolvers, is_signed);
	jsonw_uint(&j, "old_ttl", resolvers->old_ttl);
	jsonw_uint(&j, "negative_ttl", resolvers->empty_ttl);
	if (w->plan.phase == PLAN_MOVE)
		jsonw_time(&j, "safe_to_detach_at",
			now + (servers->state[PROBE_NEW] == servers->total
					      ? (double)resolvers->old_ttl
					      : (double)plan_longest_ttl(
							&w->plan)));
	jsonw_time(&j, "at", now);
	return recorder_put(&w->s.rec, &j, &b, true);
}

static void
draw(struct watching *w, const struct look *servers,
	const struct look *resolvers)
{
	struct watchtable_size t = {
		.width = 80, .seconds = clock_mono(w->s.env->clock) - w->begun};
	struct winsize size;
	struct buf b = BUF_INIT, table = BUF_INIT;
	int lines;

	if (!w->is_terminal)
		return;
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1) {
		t.width = size.ws_col - 1U;
		t.rows = size.ws_row;
	}
	if (w->lines > 0)
		(void)buf_printf(&b, "\033[%dA\033[J", w->lines);
	lines = watchtable_put(&table, w->probe, w->n, servers, resolvers, &t);
	if (lines > 0 && buf_append(&b, table.data, table.len) == 0 &&
		fd_write_all(STDERR_FILENO, b.data, b.len) == 0) {
		buf_fini(&w->table);
		w->table = table;
		w->lines = lines;
	} else {
		buf_fini(&table);
	}
	buf_fini(&b);
}

/* One round; ${*done}: all that answer have what is new. An exit status. */
static int
look_once(struct watching *w, bool *done)
{
	struct look_job job = {.probe = w->probe,
		.n = w->n,
		.server = w->server,
		.m = w->servers};
	struct look servers, resolvers = {.total = 0};
	int status = STATUS_TEMPORARY;

	/* keys may be changed while it goes on; said once */
	(void)chain_check(&w->s, w->round == 0 ? "warning" : NULL);
	if (look_run(&w->s, &job, &servers) == -1)
		goto end;
	if ((w->is_stopped = is_stopsignal())) {
		status = STATUS_OK;
		goto end;
	}
	job.server = w->resolver;
	job.m = w->resolvers;
	job.is_resolvers = 1;
	if (look_run(&w->s, &job, &resolvers) == -1)
		goto end;
	tell_states(w, &servers, &resolvers);
	if (put_round(w, &servers, &resolvers) == -1)
		goto end;
	draw(w, &servers, &resolvers);
	*done = servers.state[PROBE_NEW] == servers.total &&
		resolvers.state[PROBE_NEW] > 0 &&
		resolvers.state[PROBE_NEW] + resolvers.state[PROBE_SILENT] ==
			resolvers.total;
	w->s.rec.done = (int64_t)(servers.state[PROBE_NEW] +
				  resolvers.state[PROBE_NEW]);
	w->s.rec.failed =
		(int64_t)(servers.total + resolvers.total) - w->s.rec.done;
	status = STATUS_OK;

end:
	look_fini(&servers);
	look_fini(&resolvers);
	return status;
}

/* Waits; whether the user has had enough (Ctrl-C) meanwhile. */
static bool
pause_for(struct watching *w, double seconds)
{
	double end = clock_mono(w->s.env->clock) + seconds, left;

	while (!w->is_stopped && !(w->is_stopped = is_stopsignal()) &&
		(left = end - clock_mono(w->s.env->clock)) > 0)
		clock_sleep(w->s.env->clock, left < 0.2 ? left : 0.2);
	return w->is_stopped;
}

static int
watch(struct watching *w)
{
	const struct dnscut_options *o = w->s.opt;
	double limit = o->timeout > 0
			       ? o->timeout
			       : (double)plan_longest_ttl(&w->plan) + GRACE;
	bool done = false;
	int status;

	for (;;) {
		status = look_once(w, &done);
		if (status != STATUS_OK || done)
			return status;
		if (o->once || w->is_stopped)
			return STATUS_NO;
		if (clock_mono(w->s.env->clock) - w->begun + o->interval >
			limit)
			break;
		if (pause_for(w, o->interval))
			return STATUS_NO;
	}
	(void)recorder_tell(&w->s.rec, "error", "dns-timeout",
		"watch on, or ask the owners of the resolvers",
		"not all servers and resolvers have the new records yet");
	return STATUS_TEMPORARY;
}

static int
prepare(struct watching *w)
{
	const struct dnscut_options *o = w->s.opt;

	w->begun = clock_mono(w->s.env->clock);
	w->is_terminal = isatty(STDERR_FILENO) == 1;
	if (w->is_terminal)
		msg_set_sink(sink, w);
	/* records would run through the table; the journal has them */
	if (w->is_terminal && isatty(STDOUT_FILENO) == 1)
		w->s.rec.is_out_taken = true;
	if (probe_list(&w->plan, &w->probe, &w->n) == -1 ||
		look_authoritative(&w->s, &w->server, &w->servers) == -1)
		return STATUS_TEMPORARY;
	if (choose_resolvers(w) == -1)
		return STATUS_MISUSE;
	if (o->journal == NULL)
		return STATUS_OK;
	w->journal = journal_open(
		o->journal, "dnscut", w->s.name, w->plan.provider, NULL, NULL);
	w->s.rec.journal = w->journal;
	return w->journal != NULL ? STATUS_OK : STATUS_MISUSE;
}

int
watch_run(const void *options, struct env *env)
{
	struct watching w;
	int status;

	memset(&w, 0, sizeof(w));
	status = session_open(&w.s, options, env, "watch");
	if (status == STATUS_OK)
		status = planread(env, &w.plan);
	if (status == STATUS_OK)
		status = session_find_zone(&w.s, w.plan.zone, NULL);
	if (status == STATUS_OK)
		status = prepare(&w);
	if (status == STATUS_OK) {
		check_hints(&w);
		stopsignal_hold();
		status = watch(&w);
		/* behind the "^C" of the terminal */
		if (w.is_terminal && w.is_stopped)
			fputc('\n', stderr);
	}
	status = session_end(&w.s, status);
	msg_set_sink(NULL, NULL);
	if (journal_close(w.journal) == -1 && status == STATUS_OK)
		status = STATUS_TEMPORARY;
	buf_fini(&w.table);
	free(w.probe);
	free(w.server);
	free(w.resolver);
	plan_fini(&w.plan);
	session_close(&w.s);
	return status;
}
