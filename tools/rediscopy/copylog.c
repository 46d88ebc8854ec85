#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "copylog.h"
#include "ends.h"
#include "json.h"
#include "jsonbytes.h"
#include "jsonw.h"
#include "keylist.h"
#include "mem.h"
#include "msg.h"
#include "rediscopy.h"
#include "status.h"
#include "str.h"

int
copylog_init(struct copylog *l)
{
	memset(l, 0, sizeof(*l));
	l->aside = keylist_new();
	l->copied = keylist_new();
	return l->aside != NULL && l->copied != NULL ? 0 : -1;
}

void
copylog_fini(struct copylog *l)
{
	keylist_free(l->aside);
	keylist_free(l->copied);
	free(l->point);
	memset(l, 0, sizeof(*l));
}

struct copylog_point *
copylog_point(struct copylog *l, int db)
{
	struct copylog_point *grown;
	size_t i;

	for (i = 0; i < l->n_points; i++)
		if (l->point[i].db == db)
			return &l->point[i];
	grown = mem_resize(l->point, l->n_points + 1, sizeof(*grown));
	if (grown == NULL)
		return NULL;
	l->point = grown;
	memset(&grown[l->n_points], 0, sizeof(*grown));
	grown[l->n_points].db = db;
	grown[l->n_points].to = -1;
	return &grown[l->n_points++];
}

static int
put_list(struct buf *b, const char *name, const struct opt_list *list)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < list->n; i++)
		rc = buf_printf(b, " --%s %s", name, list->item[i]);
	return rc;
}

/* Which keys are meant, and what they are called: as options. */
static int
put_selection(struct buf *b, const struct rediscopy_options *o)
{
	if ((o->prefix != NULL &&
		    buf_printf(b, " --prefix %s", o->prefix) == -1) ||
		(o->type != NULL && buf_printf(b, " --type %s", o->type) == -1))
		return -1;
	return put_list(b, "match", &o->matches) == -1 ||
			       put_list(b, "exclude", &o->excludes) == -1
		       ? -1
		       : 0;
}

static int
replay_begin(struct copylog *l, const struct ends *e, const struct json_val *r)
{
	const char *selection = json_get_str(r, "selection");
	const char *run = json_get_str(r, "run");
	struct buf b = BUF_INIT;
	int rc = put_selection(&b, e->opt);

	if (rc == 0 && selection != NULL && strcmp(selection, buf_str(&b))) {
		msg_error("the journal is of a copy with other options (%s): "
			  "give another --journal",
			*selection != '\0' ? selection + 1 : "none");
		rc = -1;
	}
	/* the first run's: those that went on with it have a number behind */
	if (run != NULL && l->n_runs++ == 0)
		snprintf(l->run, sizeof(l->run), "%s", run);
	buf_fini(&b);
	return rc;
}

/* A key that an earlier run has put aside, or then copied. 0 or -1. */
static int
replay_key(struct copylog *l, const struct json_val *r, int db, bool copied)
{
	struct buf b = BUF_INIT;
	int rc;

	/* of a database that is copied there is nothing to go on with: what
	 * follow has copied since may be many */
	if (copylog_point(l, db) != NULL && copylog_point(l, db)->is_done)
		return 0;
	rc = jsonbytes_get(r, "key", &b) == -1 ? -1 : 0;
	if (rc == 0)
		rc = keylist_add(copied ? l->copied : l->aside, buf_str(&b),
			b.len, (uint64_t)db, NULL);
	buf_fini(&b);
	return rc;
}

static void
take(char *out, size_t size, const char *text, const char *otherwise)
{
	snprintf(out, size, "%s", text != NULL ? text : otherwise);
}

int
copylog_replay(
	struct copylog *l, const struct ends *e, const struct json *record)
{
	static const char *const ours[] = {"keys.checkpoint", "keys.copied",
		"key.aside", "key.copied", NULL};
	const struct json_val *r = json_root(record);
	const char *type = json_get_str(r, "type");
	struct copylog_point *p;
	int64_t db, to = -1;

	if (type != NULL && strcmp(type, "keys.begun") == 0)
		return replay_begin(l, e, r);
	if (type == NULL || !is_str_one_of(type, ours) ||
		json_int(json_get(r, "db"), 0, INT32_MAX, &db) == -1)
		return 0;
	if (str_starts(type, "key."))
		return replay_key(
			l, r, (int)db, strcmp(type, "key.copied") == 0);
	if ((p = copylog_point(l, (int)db)) == NULL)
		return -1;
	if (json_int(json_get(r, "target_db"), 0, INT32_MAX, &to) == 0)
		p->to = (int)to;
	p->is_done = strcmp(type, "keys.copied") == 0;
	take(p->cursor, sizeof(p->cursor), json_get_str(r, "cursor"), "0");
	take(p->source_run, sizeof(p->source_run),
		json_get_str(r, "source_run"), "");
	take(p->target_run, sizeof(p->target_run),
		json_get_str(r, "target_run"), "");
	return 0;
}

int
copylog_begin(struct copylog *l, struct ends *e)
{
	struct buf b = BUF_INIT, selection = BUF_INIT;
	struct copylog_point *p;
	struct jsonw w;
	size_t i;
	int rc;

	for (i = 0; i < e->dbs.n; i++) {
		if ((p = copylog_point(l, e->dbs.pair[i].from)) == NULL)
			return STATUS_TEMPORARY;
		if (p->to != -1 && p->to != e->dbs.pair[i].to) {
			msg_error("the journal is of a copy of database %d to "
				  "%d, not %d: give another --journal",
				p->db, p->to, e->dbs.pair[i].to);
			return STATUS_MISUSE;
		}
	}
	/* a name of its own: what a killed run has sent may still be on its
	 * way to the keys of its name */
	if (l->run[0] != '\0')
		snprintf(e->run, sizeof(e->run), "%.16s.%u", l->run, l->n_runs);
	if (put_selection(&selection, e->opt) == -1)
		return STATUS_TEMPORARY;
	jsonw_record(&w, &b, "keys.begun");
	jsonw_str(&w, "run", e->run);
	jsonw_str(&w, "selection", buf_str(&selection));
	rc = recorder_put(&e->rec, &w, &b, true);
	buf_fini(&selection);
	return rc == -1 ? STATUS_TEMPORARY : STATUS_OK;
}

int
copylog_recall(struct copylog *l, int db, struct keylist *big)
{
	size_t i;

	for (i = 0; i < keylist_count(l->aside); i++) {
		struct keylist_item k = keylist_get(l->aside, i);

		if (k.size == (uint64_t)db &&
			!is_keylist_member(l->copied, k.key, k.len, k.size) &&
			!is_keylist_member(big, k.key, k.len, 0) &&
			keylist_add(big, k.key, k.len, 0, NULL) == -1)
			return -1;
	}
	return 0;
}

int
copylog_aside(struct ends *e, size_t pair, const struct keylist *list,
	size_t from, size_t to)
{
	int rc = 0;

	for (; rc == 0 && from < to; from++) {
		struct keylist_item k = keylist_get(list, from);
		struct buf b = BUF_INIT;
		struct jsonw w;

		jsonw_record(&w, &b, "key.aside");
		jsonw_int(&w, "db", e->dbs.pair[pair].from);
		jsonbytes_put(&w, "key", k.key, k.len);
		rc = recorder_put(&e->rec, &w, &b, false);
	}
	return rc;
}

int
copylog_checkpoint(
	struct ends *e, size_t pair, const char *cursor, uint64_t keys)
{
	struct buf b = BUF_INIT;
	struct jsonw w;

	jsonw_record(&w, &b, "keys.checkpoint");
	jsonw_int(&w, "db", e->dbs.pair[pair].from);
	jsonw_int(&w, "target_db", e->dbs.pair[pair].to);
	jsonw_str(&w, "cursor", cursor);
	jsonw_str(&w, "source_run", e->from.server.run_id);
	jsonw_str(&w, "target_run", e->to.server.run_id);
	jsonw_uint(&w, "keys", keys);
	return recorder_put(&e->rec, &w, &b, true);
}
