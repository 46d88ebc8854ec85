#include <string.h>

#include "buf.h"
#include "msg.h"
#include "num.h"
#include "object.h"
#include "select.h"
#include "str.h"

int
select_shard(const char *text, struct selection *s)
{
	const char *slash = strchr(text, '/');
	struct buf first = BUF_INIT;
	int64_t i = 0, n = 0;
	int rc = -1;

	if (slash != NULL &&
		buf_append(&first, text, (size_t)(slash - text)) == 0 &&
		num_int(slash + 1, 1, 100000, &n) == 0 &&
		num_int(buf_str(&first), 1, n, &i) == 0)
		rc = 0;
	else
		msg_error("--shard %s: give I/N, the share I of N, from 1/N to "
			  "N/N",
			text);
	buf_fini(&first);
	s->shard = (unsigned)i;
	s->shards = (unsigned)n;
	return rc;
}

static bool
is_any(const struct opt_list *l, const struct object *o)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (is_str_glob(l->item[i], o->key))
			return true;
	return false;
}

bool
is_selected_key(const struct selection *s, const struct object *o)
{
	if (s->shards > 0 && object_shard(o, s->shards) != s->shard - 1)
		return false;
	return (s->include.n == 0 || is_any(&s->include, o)) &&
	       !is_any(&s->exclude, o);
}

bool
is_selected(const struct selection *s, const struct object *o, double now)
{
	double age = now - (double)o->changed / 1e9;

	return is_selected_key(s, o) && o->size >= s->min_size &&
	       (s->max_size == 0 || o->size <= s->max_size) &&
	       (s->min_age == 0 || age >= s->min_age) &&
	       (s->max_age == 0 || age <= s->max_age);
}
