#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attrs.h"
#include "buf.h"
#include "clock.h"
#include "ends.h"
#include "env.h"
#include "etag.h"
#include "mem.h"
#include "member.h"
#include "msg.h"
#include "object.h"
#include "remote.h"
#include "s3part.h"
#include "status.h"
#include "str.h"
#include "tarball.h"
#include "tigris.h"
#include "work.h"

#define ZIP_EPOCH 315532800 /* 1980-01-01 */

/* Reading an archive, member by member, into a bucket. */
struct importing {
	struct ends *e;
	struct tarball_reader *tar; /* or NULL: standard input is the object */
	struct buf key, escaped;
	/* a folder of the archive, until it is known to be empty */
	struct buf folder;
	struct attrs folder_attrs;
	struct object folder_object;
};

static ssize_t
read_some(struct importing *m, char *p, size_t n)
{
	ssize_t got;

	if (m->tar != NULL)
		return tarball_read(m->tar, p, n);
	got = read(m->e->env->in, p, n);
	if (got == -1)
		msg_errno("standard input");
	return got;
}

/* Up to ${n} bytes into new memory. How many, or -1. */
static ssize_t
read_part(struct importing *m, size_t n, char **out)
{
	char *p = mem_alloc(n > 0 ? n : 1);
	size_t have = 0;
	ssize_t got = 1;

	*out = p;
	if (p == NULL) {
		msg_error("out of memory");
		return -1;
	}
	while (have < n && (got = read_some(m, p + have, n - have)) > 0)
		have += (size_t)got;
	if (got == -1) {
		free(p);
		*out = NULL;
		return -1;
	}
	return (ssize_t)have;
}

/* How large its parts may be: of one of known size no more than it needs. */
static size_t
part_size_of(struct importing *m, const struct object *o, int64_t size)
{
	struct engine *g = &m->e->engine;
	struct object guess = *o;
	uint64_t p;

	guess.size = size >= 0                      ? (uint64_t)size
		     : m->e->opt->expected_size > 0 ? m->e->opt->expected_size
						    : UINT64_C(1) << 36;
	p = engine_part_size(g, &guess);
	if (p == 0)
		p = guess.size > 0 ? guess.size : 1;
	return (size_t)p;
}

/* The bytes of the member, or of standard input, in parts. An exit status. */
static int
push(struct importing *m, const struct work *w, struct attrs *attrs,
	int64_t size)
{
	struct engine *g = &m->e->engine;
	size_t part = part_size_of(m, &w->object, size);
	struct transfer *t;
	char *now = NULL, *next = NULL;
	ssize_t n, ahead = 0;
	int64_t total = 0;
	int rc = 0;

	if (part > g->memory) {
		engine_failed(g, &w->object, w->id, false,
			"its parts are larger than --max-memory allows");
		return STATUS_OK;
	}
	/* a folder that was kept back comes when the archive is at the next
	 * member: what can be read are that one's bytes */
	if ((n = read_part(m, size == 0 ? 0 : part, &now)) == -1)
		return STATUS_MISUSE;
	t = engine_push_begin(g, w, attrs, part);
	if (t == NULL) {
		free(now);
		return g->stopped != 0 ? g->stopped : STATUS_TEMPORARY;
	}
	while (rc == 0 && now != NULL) {
		/* is there more? A full part does not tell. */
		ahead = (size_t)n < part ? 0 : read_part(m, part, &next);
		if (ahead == -1) {
			free(now);
			engine_push_fail(t, "the archive is damaged");
			return STATUS_MISUSE;
		}
		if (ahead == 0) {
			free(next);
			next = NULL;
		}
		total += n;
		if (next == NULL && size >= 0 && total != size) {
			free(now);
			engine_push_fail(t, "the archive has other than as "
					    "many bytes of it as it says");
			return STATUS_OK;
		}
		rc = engine_push(t, now, (size_t)n, next == NULL);
		now = next;
		n = ahead;
		next = NULL;
	}
	free(now);
	return g->stopped;
}

/*
 * The work of one member. Its time alone is no version: archives that shall be
 * the same each time they are made have one time for all.
 */
static int
begin_work(struct importing *m, const struct object *o, struct attrs *attrs,
	int64_t size, struct work *w)
{
	const char *type = attrs_type(o->key);
	struct buf version = BUF_INIT;
	int rc = -1;

	if (work_init(w, WORK_COPY, o, NULL) == 0 &&
		object_version(&version, o) == 0 &&
		buf_printf(&version, "-%lld", (long long)size) == 0) {
		object_id(o, buf_str(&version), w->id);
		rc = 0;
	}
	buf_fini(&version);
	if (rc == 0 && attrs_get(attrs, "content-type") == NULL && type != NULL)
		rc = attrs_set(attrs, "content-type", type, strlen(type));
	if (rc == -1)
		msg_error("out of memory");
	w->is_any = strcmp(m->e->opt->overwrite, "never") != 0;
	return rc;
}

static int
put_object(struct importing *m, const struct object *o, struct attrs *attrs,
	int64_t size)
{
	struct ends *e = m->e;
	struct work w;

	if (begin_work(m, o, attrs, size, &w) == -1)
		return STATUS_TEMPORARY;
	/* what is no younger than zip's first day has no time of its own */
	if (o->mtime / 1000000000 > ZIP_EPOCH + 86400 &&
		is_ledger_copied(&e->ledger, w.id)) {
		engine_skipped(
			&e->engine, o, w.id, "an earlier run has done it");
		return STATUS_OK;
	}
	return push(m, &w, attrs, size);
}

/* Whether what is there has to stay. 1, 0, or -1. */
static int
is_kept(struct ends *e, const struct object *o)
{
	const struct remote_call c = {
		.verb = REMOTE_HEAD, .key = o->key, .len = o->len};
	struct remote_reply r;

	if (strcmp(e->opt->overwrite, "never") != 0)
		return 0;
	if (remote_wait(e->engine.to, &c, &r) == -1)
		return -1;
	return r.class != REMOTE_MISSING;
}

/* A hard link: its own object, copied by the server from the one that is
 * there. */
static int
put_hardlink(struct importing *m, const struct object *o, struct attrs *attrs,
	const char *link)
{
	struct ends *e = m->e;
	struct buf from = BUF_INIT;
	struct remote_call c = {.verb = REMOTE_COPY,
		.key = o->key,
		.len = o->len,
		.attrs = attrs,
		.is_replaced = true,
		.source = e->engine.to};
	struct ledger_copy copied = {
		.object = o, .proof = "size", .how = "server"};
	struct remote_reply r = {.status = 0};
	struct work w;
	int status = STATUS_TEMPORARY, kept;

	while (link[0] == '.' && link[1] == '/')
		link += 2;
	if (engine_drain(&e->engine) == -1)
		return e->engine.stopped;
	if ((kept = is_kept(e, o)) == 1)
		engine_skipped(&e->engine, o, NULL,
			"the target has it (--overwrite never)");
	if (kept != 0)
		return kept == 1 ? STATUS_OK : STATUS_TEMPORARY;
	if (buf_puts(&from, link) == -1 ||
		attrs_set_link(attrs, "x-amz-meta-airlift-hardlink", link) ==
			-1 ||
		begin_work(m, o, attrs, 0, &w) == -1)
		goto out;
	c.source_key = buf_str(&from);
	c.source_len = from.len;
	if (remote_wait(e->engine.to, &c, &r) == -1)
		goto out;
	status = STATUS_OK;
	if (r.class != REMOTE_OK) {
		engine_failed(&e->engine, o, w.id, r.class == REMOTE_TEMPORARY,
			r.class == REMOTE_MISSING
				? "a hard link to what is not there"
				: r.message);
		goto out;
	}
	copied.id = w.id;
	copied.version = r.etag;
	e->rec.done++;
	if (ledger_copied(&e->rec, &copied) == -1)
		status = STATUS_TEMPORARY;
out:
	buf_fini(&from);
	return status;
}

/* The folder that was kept back: an object, if nothing was in it. */
static int
settle_folder(struct importing *m, const char *next)
{
	struct object o = m->folder_object;
	int status = STATUS_OK;

	if (m->folder.len == 0)
		return STATUS_OK;
	o.key = buf_str(&m->folder);
	o.len = m->folder.len;
	o.etag = o.class = "";
	if (next == NULL || !str_starts(next, o.key))
		status = put_object(m, &o, &m->folder_attrs, 0);
	buf_clear(&m->folder);
	attrs_fini(&m->folder_attrs);
	return status;
}

static int
keep_folder(struct importing *m, const struct object *o, struct attrs *attrs)
{
	m->folder_object = *o;
	m->folder_attrs = *attrs;
	memset(attrs, 0, sizeof(*attrs));
	buf_clear(&m->folder);
	return buf_append(&m->folder, o->key, o->len) == 0 ? STATUS_OK
							   : STATUS_TEMPORARY;
}

/* A key has to be UTF-8 and no longer than S3 takes. True if it is. */
static bool
admit(struct importing *m, struct object *o)
{
	size_t bad;

	if (memchr(o->key, '\0', o->len) != NULL) {
		engine_failed(&m->e->engine, o, NULL, false,
			"its key holds a NUL, which is not supported");
		return false;
	}
	if (utf8_check(o->key, o->len, &bad) == -1) {
		if (strcmp(m->e->opt->names, "escape") != 0) {
			engine_failed(&m->e->engine, o, NULL, false,
				"the name is no UTF-8, which keys have to be: "
				"--names escape writes it with %XX");
			return false;
		}
		buf_clear(&m->escaped);
		if (member_escape(o->key, o->len, &m->escaped) == -1)
			return false;
		o->key = buf_str(&m->escaped);
		o->len = m->escaped.len;
	}
	if (o->len > 1024) {
		engine_failed(&m->e->engine, o, NULL, false,
			"the name is longer than 1,024 bytes, which keys may "
			"not be");
		return false;
	}
	return true;
}

static int
put_member(struct importing *m, const struct tarball_entry *e, struct object *o,
	struct attrs *attrs)
{
	int status;

	if (e->type == TARBALL_OTHER) {
		engine_skipped(&m->e->engine, o, NULL,
			"no plain file, folder or link");
		return STATUS_OK;
	}
	if (!admit(m, o) || !is_selected_key(&m->e->selection, o))
		return STATUS_OK;
	status = settle_folder(m, o->key);
	if (status != STATUS_OK)
		return status;
	if (e->type == TARBALL_HARDLINK)
		return put_hardlink(m, o, attrs, e->link);
	if (e->type == TARBALL_FOLDER && e->n_attrs == 0)
		return keep_folder(m, o, attrs);
	return put_object(m, o, attrs, e->type == TARBALL_FILE ? e->size : 0);
}

static int
import_archive(struct importing *m)
{
	struct tarball_entry e;
	struct attrs attrs = ATTRS_INIT;
	struct object o;
	int rc, status = STATUS_OK;

	if (tarball_open_any(m->e->env->in, m->e->env->in_name, &m->tar) == -1)
		return STATUS_MISUSE;
	while (status == STATUS_OK && (rc = tarball_next(m->tar, &e)) != 0) {
		if (rc == -1)
			return STATUS_MISUSE;
		rc = member_read(&e, &o, &m->key, &attrs);
		if (rc == -1)
			status = STATUS_TEMPORARY;
		else if (rc == 1)
			status = put_member(m, &e, &o, &attrs);
		attrs_fini(&attrs);
	}
	return status == STATUS_OK ? settle_folder(m, NULL) : status;
}

static int
import_object(struct importing *m)
{
	struct object o = {.key = m->e->opt->key,
		.len = strlen(m->e->opt->key),
		.etag = "",
		.class = ""};
	struct attrs attrs = ATTRS_INIT;
	int status = STATUS_MISUSE;

	o.changed = (int64_t)(clock_wall(m->e->env->clock) * 1e9);
	if (admit(m, &o))
		status = put_object(m, &o, &attrs, -1);
	attrs_fini(&attrs);
	return status;
}

int
import_run(const void *options, struct env *env)
{
	const struct tigris_options *o = options;
	struct importing m;
	struct ends e;
	int status, last;

	memset(&m, 0, sizeof(m));
	if (isatty(env->in)) {
		msg_error("the archive would come from the terminal: redirect "
			  "standard input");
		return STATUS_MISUSE;
	}
	if (o->expected_size > 0 && o->key == NULL) {
		msg_error("--expected-size is for --object: archives tell how "
			  "large their members are");
		return STATUS_MISUSE;
	}
	if (o->key != NULL && *o->key == '\0') {
		msg_error("--object is empty: give the key");
		return STATUS_MISUSE;
	}
	if (o->to.place != NULL && *o->to.place != '\0' &&
		!is_ends_bucket(&o->to)) {
		msg_error("--to %s is a folder: unpack the archive with tar",
			o->to.place);
		return STATUS_MISUSE;
	}
	status = ends_open(&e, o, env, "import", ENDS_TO | ENDS_WRITE);
	if (status == STATUS_OK) {
		m.e = &e;
		status =
			o->key != NULL ? import_object(&m) : import_archive(&m);
		last = engine_drain(&e.engine);
		if (status == STATUS_OK)
			status =
				last == -1 ? e.engine.stopped : ends_status(&e);
	}
	tarball_close(m.tar);
	buf_fini(&m.key);
	buf_fini(&m.escaped);
	buf_fini(&m.folder);
	attrs_fini(&m.folder_attrs);
	return ends_close(&e, status);
}
