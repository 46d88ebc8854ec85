#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "clock.h"
#include "copying.h"
#include "env.h"
#include "functions.h"
#include "json.h"
#include "jsonl.h"
#include "jsonw.h"
#include "mem.h"
#include "msg.h"
#include "rediscopy.h"
#include "status.h"
#include "str.h"
#include "tempkeys.h"
#include "verifying.h"

/* The options of one part: those of the run, and what the part says. */
struct part {
	struct rediscopy_options o;
	const char *id, *kind, *run;
	char db[32];
	const char *dbs[1];
};

static int
read_list(const struct json_val *v, struct opt_list *list)
{
	const struct json_val *one;
	const char *text;
	size_t n = 0;

	list->item = NULL;
	list->n = 0;
	for (one = json_first(v); one != NULL; one = json_next(one))
		n++;
	if (n == 0)
		return 0;
	if ((list->item = mem_zalloc(n, sizeof(*list->item))) == NULL)
		return -1;
	for (one = json_first(v); one != NULL; one = json_next(one)) {
		if ((text = json_str(one)) == NULL)
			return -1;
		list->item[list->n++] = text;
	}
	return 0;
}

static void
free_part(struct part *p)
{
	free(p->o.matches.item);
	free(p->o.excludes.item);
}

/* 0; -1: not a part of ours. */
static int
read_part(struct part *p, const struct rediscopy_options *o,
	const struct json_val *v)
{
	static const char *const policies[] = {"fail", "skip", "replace", NULL};
	int64_t from = 0, to = 0;

	memset(p, 0, sizeof(*p));
	p->o = *o;
	p->o.matches.item = p->o.excludes.item = NULL;
	p->id = json_get_str(v, "id");
	p->kind = json_get_str(v, "kind");
	p->run = json_get_str(v, "run");
	p->o.policy = json_get_str(v, "policy");
	if (p->id == NULL || p->kind == NULL || p->run == NULL ||
		p->o.policy == NULL || !is_str_one_of(p->o.policy, policies))
		return -1;
	if (strcmp(p->kind, "functions") == 0)
		return 0;
	if (strcmp(p->kind, "keys") != 0 ||
		json_int(json_get(v, "db"), 0, INT32_MAX, &from) == -1 ||
		json_int(json_get(v, "target_db"), 0, INT32_MAX, &to) == -1 ||
		json_int(json_get(v, "slices"), 1, 10000, &p->o.slices) == -1 ||
		json_int(json_get(v, "slice"), 0, p->o.slices - 1,
			&p->o.slice) == -1)
		return -1;
	snprintf(p->db, sizeof(p->db), "%d:%d", (int)from, (int)to);
	p->dbs[0] = p->db;
	p->o.dbs = (struct opt_list){p->dbs, 1};
	p->o.type = json_get_str(v, "key_type");
	p->o.prefix = json_get_str(v, "prefix");
	return read_list(json_get(v, "match"), &p->o.matches) == -1 ||
			       read_list(json_get(v, "exclude"),
				       &p->o.excludes) == -1
		       ? -1
		       : 0;
}

/* A slice of a database: copied, and compared. What an earlier run of the same
 * part has left under temporary names goes away first. */
static int
do_keys(struct copying *c, const struct part *p)
{
	struct verifying v;
	int status;

	/* the plan says whether the target had to be empty: by now it is not,
	 * and what a part finds is its own */
	snprintf(c->e.run, sizeof(c->e.run), "%.11s.%d.%dz", p->run,
		c->e.dbs.pair[0].from & 0xfff, (int)p->o.slice & 0x3fff);
	if (ends_select(&c->e, 0) == -1 ||
		tempkeys_sweep(&c->e.to, c->e.run) == -1)
		return STATUS_TEMPORARY;
	status = copying_run(c);
	if (status == STATUS_OK && !p->o.no_verify)
		status = verifying_run(&v, &c->e);
	return status;
}

static int
do_part(struct recorder *sum, const struct part *p, struct env *env)
{
	struct copying c;
	uint64_t found = 0;
	int status;

	memset(&c, 0, sizeof(c));
	if (copying_init(&c) == -1)
		return STATUS_TEMPORARY;
	status = ends_open(&c.e, &p->o, env, "run", NULL);
	if (status == STATUS_OK)
		status = strcmp(p->kind, "functions") == 0
				 ? functions_run(&c.e,
					   strcmp(p->o.policy, "skip") == 0
						   ? FUNCTIONS_KEEP
						   : FUNCTIONS_REPLACE,
					   &found)
				 : do_keys(&c, p);
	sum->done += c.e.rec.done;
	sum->skipped += c.e.rec.skipped;
	sum->bytes += c.e.rec.bytes;
	sum->findings += c.e.rec.findings;
	ends_close(&c.e);
	copying_fini(&c);
	return status;
}

static int
put_result(
	struct recorder *sum, const struct part *p, int status, double seconds)
{
	struct buf b = BUF_INIT;
	struct jsonw w;

	jsonw_record(&w, &b, status == STATUS_OK ? "part.done" : "part.failed");
	jsonw_str(&w, "part", p->id);
	if (status == STATUS_OK) {
		jsonw_num(&w, "seconds", seconds);
		return recorder_put(sum, &w, &b, true);
	}
	sum->failed++;
	jsonw_str(&w, "message",
		status == STATUS_NO ? "some keys are not equal, or not copied: "
				      "each has its record"
				    : "it could not be done: see the messages");
	jsonw_bool(&w, "temporary", status == STATUS_TEMPORARY);
	return recorder_put(sum, &w, &b, true);
}

/* One line. An exit status. */
static int
take(struct recorder *sum, const struct rediscopy_options *o,
	const struct json_val *v, struct env *env)
{
	double begun = clock_mono(env->clock);
	struct part p;
	int status = STATUS_MISUSE;

	if (read_part(&p, o, v) == -1)
		msg_error("not a part of a plan of rediscopy");
	else
		status = do_part(sum, &p, env);
	if (p.id != NULL && put_result(sum, &p, status,
				    clock_mono(env->clock) - begun) == -1)
		status = STATUS_TEMPORARY;
	free_part(&p);
	return status;
}

int
run_run(const void *options, struct env *env)
{
	const struct rediscopy_options *o = options;
	struct jsonl *in = jsonl_open(env->in, env->in_name, JSONL_MAX_LINE);
	struct recorder sum;
	struct json *doc;
	int rc, one, status = STATUS_OK;

	if (in == NULL) {
		msg_error("out of memory");
		return STATUS_TEMPORARY;
	}
	recorder_init(&sum, env, "rediscopy", "run");
	while ((rc = jsonl_next(in, &doc)) == 1) {
		const struct json_val *v = json_root(doc);

		one = STATUS_OK;
		if (strcmp(json_get_str(v, "type"), "part") == 0)
			one = take(&sum, o, v, env);
		status = one > status ? one : status;
		json_free(doc);
	}
	jsonl_close(in);
	if (rc == -1)
		status = STATUS_MISUSE;
	return recorder_end(&sum, status);
}
