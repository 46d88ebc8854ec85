#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "attrs.h"
#include "buf.h"
#include "folder.h"
#include "mem.h"
#include "member.h"
#include "object.h"
#include "str.h"
#include "tarball.h"

#define KEY "user.airlift.key"
#define HEADER "user.s3."
#define ODD_FOLDER ".airlift-keys/"

int
member_name(const char *key, size_t len, bool has_bytes, struct buf *b)
{
	size_t i;
	int rc;

	/* what ends with a slash is a folder to archivers, and holds nothing */
	if (folder_refuses(key, len) == NULL && !str_starts(key, ODD_FOLDER) &&
		!(has_bytes && key[len - 1] == '/'))
		return buf_append(b, key, len) == -1 ? -1 : 1;
	rc = buf_puts(b, ODD_FOLDER);
	for (i = 0; rc == 0 && i < len; i++) {
		unsigned char c = (unsigned char)key[i];

		if (c == '/' || c == '%' || c == '\0' || (c == '.' && i == 0))
			rc = buf_printf(b, "%%%02X", c);
		else
			rc = buf_putc(b, c);
	}
	return rc;
}

void
member_fini(struct member *m)
{
	size_t i;

	for (i = 0; i < m->n_attrs; i++)
		free((char *)(uintptr_t)m->attr[i].name);
	free(m->attr);
	free(m->name);
	free(m->link);
	memset(m, 0, sizeof(*m));
}

/* Readers of archives may compose accents: "e" and an accent become one. */
static bool
is_ascii(const struct object *o)
{
	size_t i;

	for (i = 0; i < o->len; i++)
		if ((unsigned char)o->key[i] >= 0x80)
			return false;
	return true;
}

static int
add(struct member *m, const char *before, const char *name, const char *value,
	size_t n)
{
	struct tarball_attr *grown;
	struct buf full = BUF_INIT;

	grown = mem_resize(m->attr, m->n_attrs + 1, sizeof(*grown));
	if (grown == NULL)
		return -1;
	m->attr = grown;
	if (buf_puts(&full, before) == -1 || buf_puts(&full, name) == -1) {
		buf_fini(&full);
		return -1;
	}
	grown += m->n_attrs++;
	grown->name = buf_steal(&full);
	grown->value = value;
	grown->n = n;
	return grown->name != NULL ? 0 : -1;
}

/* Its type, and where it leads. 0 or -1. */
static int
set_type(struct member *m, const struct object *o, const struct attrs *a,
	unsigned mode, struct tarball_entry *e)
{
	struct buf link = BUF_INIT;
	int rc = S_ISLNK(mode) && o->size == 0
			 ? attrs_link(a, "x-amz-meta-airlift-link", &link)
			 : 0;

	e->type = TARBALL_FILE;
	if (rc == 1 && is_tarball_link(e->name, buf_str(&link))) {
		e->type = TARBALL_SYMLINK;
		m->link = buf_steal(&link);
		e->link = m->link;
	} else if (o->size == 0 && o->len > 0 && o->key[o->len - 1] == '/') {
		e->type = TARBALL_FOLDER;
	}
	buf_fini(&link);
	return rc == -1 ? -1 : 0;
}

int
member_of(const struct object *o, const struct attrs *a, struct member *m,
	struct tarball_entry *e)
{
	struct buf name = BUF_INIT;
	int64_t mtime = o->mtime != 0 ? o->mtime : o->changed;
	unsigned mode = 0;
	size_t i;
	int same;

	memset(m, 0, sizeof(*m));
	memset(e, 0, sizeof(*e));
	same = member_name(o->key, o->len, o->size > 0, &name);
	if (same == -1 || (m->name = buf_steal(&name)) == NULL) {
		buf_fini(&name);
		return -1;
	}
	attrs_to_file(a, &mtime, &mode);
	e->name = m->name;
	e->size = (int64_t)o->size;
	e->mtime = mtime / 1000000000 - (mtime % 1000000000 < 0);
	e->mtime_ns = (long)(mtime - e->mtime * 1000000000);
	if (set_type(m, o, a, mode, e) == -1)
		goto fail;
	e->mode = (mode & 0777) != 0          ? mode & 0777
		  : e->type == TARBALL_FOLDER ? 0755
					      : 0644;
	/* a folder's is told from one that the archiver wrote on its own */
	if ((!same || e->type == TARBALL_FOLDER || !is_ascii(o)) &&
		add(m, "", KEY, o->key, o->len) == -1)
		goto fail;
	for (i = 0; i < a->n; i++)
		if (add(m, HEADER, a->item[i].name, a->item[i].value,
			    strlen(a->item[i].value)) == -1)
			goto fail;
	e->attr = m->attr;
	e->n_attrs = m->n_attrs;
	return 0;

fail:
	member_fini(m);
	return -1;
}

static const struct tarball_attr *
find(const struct tarball_entry *e, const char *name)
{
	size_t i;

	for (i = 0; i < e->n_attrs; i++)
		if (strcmp(e->attr[i].name, name) == 0)
			return &e->attr[i];
	return NULL;
}

/* The key of a member that does not carry one: its name, as archivers write
 * it. */
static int
plain_key(const char *name, struct buf *key)
{
	while (name[0] == '.' && name[1] == '/') {
		name += 2;
		while (*name == '/')
			name++;
	}
	if (strcmp(name, ".") == 0)
		name = "";
	return buf_puts(key, name);
}

static int
read_attrs(const struct tarball_entry *e, struct attrs *a)
{
	size_t i;

	for (i = 0; i < e->n_attrs; i++) {
		const char *name = e->attr[i].name;

		if (str_starts(name, HEADER) &&
			is_attrs_kept(name + strlen(HEADER)) &&
			attrs_set(a, name + strlen(HEADER), e->attr[i].value,
				e->attr[i].n) == -1)
			return -1;
	}
	return 0;
}

int
member_read(const struct tarball_entry *e, struct object *o, struct buf *key,
	struct attrs *a)
{
	const struct tarball_attr *own = find(e, KEY);
	bool has_headers;

	memset(o, 0, sizeof(*o));
	buf_clear(key);
	if (own != NULL ? buf_append(key, own->value, own->n)
			: plain_key(e->name, key))
		return -1;
	if (read_attrs(e, a) == -1)
		return -1;
	has_headers = a->n > 0 || own != NULL;
	if (own == NULL && e->type == TARBALL_FOLDER && key->len > 0 &&
		key->data[key->len - 1] != '/' && buf_putc(key, '/') == -1)
		return -1;
	o->key = buf_str(key);
	o->len = key->len;
	o->etag = o->class = "";
	o->size =
		e->type == TARBALL_FILE && e->size > 0 ? (uint64_t)e->size : 0;
	/* a time outside of 1678 to 2261 is none */
	if (e->mtime > -INT64_C(9200000000) && e->mtime < INT64_C(9200000000))
		o->mtime = e->mtime * 1000000000 + e->mtime_ns;
	o->mode = e->mode | (e->type == TARBALL_SYMLINK         ? S_IFLNK
				    : e->type == TARBALL_FOLDER ? S_IFDIR
								: S_IFREG);
	o->link = e->type == TARBALL_SYMLINK ? e->link : NULL;
	/* one that export wrote has its own, or had none */
	if (!has_headers && attrs_of_file(a, o) == -1)
		return -1;
	return key->len > 0;
}

int
member_escape(const char *p, size_t n, struct buf *b)
{
	size_t i = 0, bad;
	int rc = 0;

	while (rc == 0 && i < n) {
		if (utf8_check(p + i, n - i, &bad) == 0)
			bad = n - i;
		for (; rc == 0 && bad > 0; bad--, i++)
			rc = p[i] == '%' ? buf_puts(b, "%25")
					 : buf_putc(b, p[i]);
		if (rc == 0 && i < n)
			rc = buf_printf(
				b, "%%%02X", (unsigned)(unsigned char)p[i++]);
	}
	return rc;
}
