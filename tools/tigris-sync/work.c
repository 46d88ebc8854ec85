#include <string.h>

#include "buf.h"
#include "json.h"
#include "jsonw.h"
#include "msg.h"
#include "work.h"

int
work_init(struct work *w, enum work_kind kind, const struct object *o,
	const char *over)
{
	struct buf version = BUF_INIT;
	int rc = object_version(&version, o);

	memset(w, 0, sizeof(*w));
	w->kind = kind;
	w->object = *o;
	w->over = over;
	if (rc == 0)
		object_id(o, buf_str(&version), w->id);
	buf_fini(&version);
	return rc;
}

int
work_put(struct buf *b, const struct work *w, const char *source,
	const char *target)
{
	struct jsonw j;

	jsonw_record(&j, b, "object.planned");
	jsonw_str(&j, "id", w->id);
	jsonw_str(&j, "action", w->kind == WORK_COPY ? "copy" : "delete");
	jsonw_str(&j, "source", source);
	jsonw_str(&j, "target", target);
	object_put(&j, &w->object);
	if (w->over != NULL)
		jsonw_str(&j, "over", w->over);
	if (w->is_any)
		jsonw_bool(&j, "any", true);
	return jsonw_end_record(&j);
}

static bool
is_same(const struct json_val *v, const char *name, const char *want)
{
	const char *have = json_get_str(v, name);

	return have != NULL && strcmp(have, want) == 0;
}

int
work_get(const struct json_val *v, struct work *w, const char *source,
	const char *target, struct buf *key)
{
	const char *id = json_get_str(v, "id");
	bool copies = is_same(v, "action", "copy");
	struct object o;

	if (id == NULL || strlen(id) != 16 ||
		(!copies && !is_same(v, "action", "delete")) ||
		object_get(v, &o, key) == -1) {
		msg_error("a line of the plan is damaged: it is no "
			  "object.planned of this program");
		return -1;
	}
	if (!is_same(v, "source", source) || !is_same(v, "target", target)) {
		msg_error("the plan is for other ends than --from and --to: "
			  "%s to %s",
			json_get_str(v, "source") != NULL
				? json_get_str(v, "source")
				: "?",
			json_get_str(v, "target") != NULL
				? json_get_str(v, "target")
				: "?");
		return -1;
	}
	memset(w, 0, sizeof(*w));
	w->kind = copies ? WORK_COPY : WORK_DELETE;
	w->object = o;
	w->over = json_get_str(v, "over");
	memcpy(w->id, id, 17);
	(void)json_bool(json_get(v, "any"), &w->is_any);
	return 0;
}
