#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "buf.h"
#include "classify.h"
#include "clock.h"
#include "env.h"
#include "fd.h"
#include "herokucfg2secrets.h"
#include "input.h"
#include "msg.h"
#include "notes.h"
#include "output.h"
#include "overrides.h"
#include "plan.h"
#include "record.h"
#include "save.h"
#include "status.h"
#include "varlist.h"

#define MAX_INPUT ((size_t)16 << 20)

/* Everything a run holds, so that one place lets go of it. */
struct run {
	const struct options *o;
	struct env *env;
	double begin;
	struct buf text, addons; /* as read */
	struct overrides overrides;
	struct varlist vars;
	struct classify classify;
	struct notes notes;
	struct buf out, table; /* as written */
};

static int
told(const char *name)
{
	if (errno == EFBIG)
		msg_error("%s: larger than %zu MiB", name, MAX_INPUT >> 20);
	else
		msg_errno("%s", name);
	return -1;
}

/* All input, before the file system is given up. */
static int
read_all(struct run *r)
{
	const struct options *o = r->o;
	struct env *env = r->env;

	if (overrides_parse(o, &r->overrides))
		return -1;
	if (o->addons && fd_read_file(o->addons, MAX_INPUT, &r->addons))
		return told(o->addons);
	if (env->argc && strcmp(env->argv[0], "-") != 0) {
		env->in_name = env->argv[0];
		return fd_read_file(env->in_name, MAX_INPUT, &r->text)
			       ? told(env->in_name)
			       : 0;
	}
	return fd_read_all(env->in, MAX_INPUT, &r->text) ? told(env->in_name)
							 : 0;
}

static int
decide(struct run *r)
{
	const struct options *o = r->o;
	struct plan_way way = {o->api, o->env_toml != NULL};
	const char *platform;

	if (input_parse(r->env->in_name, o->format ? o->format : "auto",
		    buf_str(&r->text), r->text.len, &r->vars, &platform) ||
		classify_open(&r->classify, platform))
		return -1;
	if (o->addons && classify_addons(&r->classify, o->addons,
				 buf_str(&r->addons), r->addons.len))
		return -1;
	if (overrides_apply(&r->overrides, &r->vars, &r->notes))
		return -1;
	return plan_make(&r->vars, &r->classify, &way, &r->notes);
}

static int64_t
count(const struct varlist *l, enum var_goes goes)
{
	int64_t n = 0;
	size_t i;

	for (i = 0; i < l->n; i++)
		n += l->v[i].goes == goes;
	return n;
}

static int
make_records(struct run *r)
{
	struct summary s = {.tool = "herokucfg2secrets", .verb = "plan"};

	s.ok = r->notes.errors == 0;
	s.done = count(&r->vars, GOES_SECRETS) + count(&r->vars, GOES_ENV);
	s.skipped = count(&r->vars, GOES_NOWHERE);
	s.failed = count(&r->vars, GOES_REFUSED);
	s.findings = (int64_t)r->notes.n;
	s.bytes = -1;
	s.seconds = clock_mono(r->env->clock) - r->begin;
	if (plan_put(&r->vars, &r->out) ||
		buf_append(&r->out, buf_str(&r->notes.out), r->notes.out.len) ||
		summary_put(&r->out, &s)) {
		msg_error("out of memory");
		return -1;
	}
	return 0;
}

static int
make_output(struct run *r)
{
	if (r->o->plan)
		return make_records(r);
	if (r->o->env_toml && output_env(&r->vars, &r->table))
		return -1;
	return r->o->api ? output_api(&r->vars, &r->out)
			 : output_secrets(&r->vars, &r->out);
}

static int
convert(struct run *r)
{
	const struct options *o = r->o;
	const char *env_toml = o->plan ? NULL : o->env_toml;

	if (env_toml && o->output && strcmp(env_toml, o->output) == 0) {
		msg_error(
			"%s: named by both --output and --env-toml", o->output);
		return STATUS_MISUSE;
	}
	if (!o->plan && save_may(r->env, o->output))
		return STATUS_MISUSE;
	if (read_all(r))
		return STATUS_MISUSE;
	save_sandbox(o->output, env_toml);
	if (decide(r) || make_output(r))
		return STATUS_MISUSE;
	if (save_all(r->env, o->output, &r->out, env_toml, &r->table))
		return STATUS_TEMPORARY;
	return r->notes.errors ? STATUS_NO : STATUS_OK;
}

int
convert_run(const void *options, struct env *env)
{
	struct run r = {.o = options,
		.env = env,
		.text = BUF_SECRET,
		.addons = BUF_SECRET,
		.vars = VARLIST_INIT,
		.out = BUF_SECRET,
		.table = BUF_SECRET};
	int status;

	r.begin = clock_mono(env->clock);
	r.notes.is_records = r.o->plan;
	status = convert(&r);
	buf_fini(&r.text);
	buf_fini(&r.addons);
	overrides_fini(&r.overrides);
	varlist_fini(&r.vars);
	classify_fini(&r.classify);
	notes_fini(&r.notes);
	buf_fini(&r.out);
	buf_fini(&r.table);
	return status;
}
