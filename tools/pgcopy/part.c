#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "json.h"
#include "jsonw.h"
#include "mem.h"
#include "msg.h"
#include "part.h"

static void
put(struct jsonw *w, const char *key, const char *s)
{
	if (s)
		jsonw_str(w, key, s);
}

int
part_put(struct buf *b, const struct part *p, const uint32_t *oids,
	size_t n_oids)
{
	struct jsonw w;
	size_t i;

	jsonw_record(&w, b, "part");
	jsonw_str(&w, "id", p->id);
	jsonw_str(&w, "kind", p->kind);
	put(&w, "side", p->side);
	put(&w, "out", p->out);
	put(&w, "in", p->in);
	put(&w, "before", p->before);
	put(&w, "after", p->after);
	put(&w, "snapshot", p->snapshot);
	put(&w, "encoding", p->encoding);
	put(&w, "schema", p->schema);
	put(&w, "table", p->table);
	put(&w, "groups", p->groups);
	put(&w, "some", p->some);
	put(&w, "all", p->all);
	put(&w, "fetch", p->fetch);
	put(&w, "list", p->list);
	put(&w, "stage_rows", p->stage_rows);
	put(&w, "stage_gone", p->stage_gone);
	if (p->out || p->fetch)
		jsonw_bool(&w, "binary", p->binary);
	if (p->by_key)
		jsonw_bool(&w, "by_key", true);
	if (p->again)
		jsonw_bool(&w, "again", true);
	if (n_oids) {
		jsonw_array(&w, "oids");
		for (i = 0; i < n_oids; i++)
			jsonw_uint(&w, NULL, oids[i]);
		jsonw_close(&w);
	}
	return jsonw_end_record(&w);
}

int
part_put_read(struct buf *b, const struct part *p)
{
	const struct json_val *v;
	uint32_t *oids = mem_zalloc(json_count(p->oids) + 1, sizeof(*oids));
	size_t n = 0;
	int rc;

	if (!oids)
		return -1;
	for (v = json_first(p->oids); v; v = json_next(v)) {
		int64_t oid = 0;

		(void)json_int(v, 1, UINT32_MAX, &oid);
		oids[n++] = (uint32_t)oid;
	}
	rc = part_put(b, p, oids, n);
	free(oids);
	return rc;
}

/* ${sql} with the format in its options, which end it, made text. */
static int
put_retexted(struct buf *b, const char *sql)
{
	static const char options[] = "(FORMAT binary";
	const char *at = NULL, *p = sql;

	while ((p = strstr(p, options)))
		at = p++;
	if (!at)
		return buf_puts(b, sql);
	return buf_append(b, sql, (size_t)(at - sql)) ||
			       buf_puts(b, "(FORMAT text") ||
			       buf_puts(b, at + strlen(options))
		       ? -1
		       : 0;
}

int
part_retext(const char *line, struct buf *b)
{
	struct json_error err;
	struct json *doc = json_parse(line, strcspn(line, "\n"), &err);
	struct buf out = BUF_INIT, in = BUF_INIT;
	struct part p;
	int rc = -1;

	if (!doc || part_read(json_root(doc), &p))
		goto done;
	if ((p.out && put_retexted(&out, p.out)) ||
		(p.in && put_retexted(&in, p.in)))
		goto done;
	if (p.out)
		p.out = buf_str(&out);
	if (p.in)
		p.in = buf_str(&in);
	p.binary = false;
	rc = part_put_read(b, &p);
done:
	json_free(doc);
	buf_fini(&out);
	buf_fini(&in);
	return rc;
}

/* What each kind cannot do without. */
static bool
is_complete(const struct part *p)
{
	if (!p->id || !p->kind ||
		(p->side && strcmp(p->side, "source") != 0 &&
			strcmp(p->side, "target") != 0))
		return false;
	if (strcmp(p->kind, "copy") == 0)
		return p->out && p->in;
	if (strcmp(p->kind, "hash") == 0)
		return p->out && p->side;
	if (strcmp(p->kind, "sql") == 0 || strcmp(p->kind, "plain") == 0)
		return p->before;
	if (strcmp(p->kind, "lo") == 0)
		return p->oids;
	if (strcmp(p->kind, "diff") == 0)
		return p->schema && p->table && p->all && p->list &&
		       (!p->groups || p->some) &&
		       (!p->stage_rows || (p->fetch && p->stage_gone));
	return strcmp(p->kind, "lohash") == 0 && p->oids && p->side;
}

int
part_read(const struct json_val *v, struct part *p)
{
	p->id = json_get_str(v, "id");
	p->kind = json_get_str(v, "kind");
	p->side = json_get_str(v, "side");
	p->out = json_get_str(v, "out");
	p->in = json_get_str(v, "in");
	p->before = json_get_str(v, "before");
	p->after = json_get_str(v, "after");
	p->snapshot = json_get_str(v, "snapshot");
	p->encoding = json_get_str(v, "encoding");
	p->schema = json_get_str(v, "schema");
	p->table = json_get_str(v, "table");
	p->groups = json_get_str(v, "groups");
	p->some = json_get_str(v, "some");
	p->all = json_get_str(v, "all");
	p->fetch = json_get_str(v, "fetch");
	p->list = json_get_str(v, "list");
	p->stage_rows = json_get_str(v, "stage_rows");
	p->stage_gone = json_get_str(v, "stage_gone");
	p->oids = json_get(v, "oids");
	p->binary = p->again = p->by_key = false;
	(void)json_bool(json_get(v, "by_key"), &p->by_key);
	(void)json_bool(json_get(v, "again"), &p->again);
	(void)json_bool(json_get(v, "binary"), &p->binary);
	if (json_kind(p->oids) != JSON_ARRAY)
		p->oids = NULL;
	if (is_complete(p))
		return 0;
	msg_error("part %s: not a part that this version knows",
		p->id ? p->id : "without id");
	return -1;
}
