#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "ends.h"
#include "env.h"
#include "jsonw.h"
#include "landing.h"
#include "msg.h"
#include "rediscopy.h"
#include "status.h"

static void
put_list(struct jsonw *w, const char *name, const struct opt_list *list)
{
	size_t i;

	if (list->n == 0)
		return;
	jsonw_array(w, name);
	for (i = 0; i < list->n; i++)
		jsonw_str(w, NULL, list->item[i]);
	jsonw_close(w);
}

/* All that who does the part must know. 0 or -1. */
static int
put_part(struct ends *e, const struct dbmap_pair *db, int64_t slice)
{
	const struct rediscopy_options *o = e->opt;
	struct buf b = BUF_INIT, id = BUF_INIT;
	struct jsonw w;
	int rc;

	if (db == NULL)
		rc = buf_puts(&id, "functions");
	else
		rc = buf_printf(&id, "keys:%d:%d/%d", db->from, (int)slice + 1,
			(int)o->parts);
	jsonw_record(&w, &b, "part");
	jsonw_str(&w, "id", buf_str(&id));
	jsonw_str(&w, "kind", db == NULL ? "functions" : "keys");
	jsonw_str(&w, "run", e->run);
	jsonw_str(&w, "policy", o->policy);
	if (db != NULL) {
		jsonw_int(&w, "db", db->from);
		jsonw_int(&w, "target_db", db->to);
		jsonw_int(&w, "slice", slice);
		jsonw_int(&w, "slices", o->parts);
		put_list(&w, "match", &o->matches);
		put_list(&w, "exclude", &o->excludes);
		if (o->type != NULL)
			jsonw_str(&w, "key_type", o->type);
		if (o->prefix != NULL)
			jsonw_str(&w, "prefix", o->prefix);
	}
	buf_fini(&id);
	return rc == -1 ? -1 : recorder_put(&e->rec, &w, &b, false);
}

static int
put_parts(struct ends *e)
{
	const struct rediscopy_options *o = e->opt;
	bool all =
		o->matches.n + o->excludes.n + o->dbs.n == 0 && o->type == NULL;
	int64_t k;
	size_t i;
	int rc = 0;

	if (all)
		rc = put_part(e, NULL, 0);
	for (i = 0; rc == 0 && i < e->dbs.n; i++)
		for (k = 0; rc == 0 && k < o->parts; k++)
			rc = put_part(e, &e->dbs.pair[i], k);
	return rc == 0 ? STATUS_OK : STATUS_TEMPORARY;
}

int
plan_run(const void *options, struct env *env)
{
	struct ends e;
	int status = ends_open(&e, options, env, "plan", NULL);

	if (status == STATUS_OK)
		status = landing_check_empty(&e);
	if (status == STATUS_OK)
		status = put_parts(&e);
	/* a plan is parts and nothing else */
	if (status != STATUS_OK)
		status = ends_end(&e, status);
	ends_close(&e);
	return status;
}
