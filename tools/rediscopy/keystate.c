#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "fd.h"
#include "keystate.h"
#include "mem.h"
#include "msg.h"
#include "multiset.h"
#include "tmpfile.h"

enum { SLOTS = 128, FILLED = 72, MOST_PAGES = 1 << 24 };

/* A name's hash, never 0, which is a free slot. */
struct slot {
	uint64_t name, value;
};

struct keystate {
	int fd;
	bool failed;
	uint64_t n_pages, n;
	uint64_t at; /* the page in ${page} */
	struct slot page[SLOTS];
};

static int
open_nameless(const char *beside)
{
	const char *folder = getenv("TMPDIR");
	char *own = beside != NULL ? tmpfile_folder(beside) : NULL;
	struct buf name = BUF_INIT;
	int fd = -1;

	if (own != NULL)
		folder = own;
	else if (folder == NULL || *folder == '\0')
		folder = "/tmp";
	if (buf_printf(&name, "%s/rediscopy.XXXXXX", folder) == 0 &&
		(fd = mkstemp(name.data)) != -1) {
		(void)unlink(name.data);
		(void)fd_cloexec(fd);
	}
	if (fd == -1)
		msg_warn("%s: no temporary file: %s: each pass reads both "
			 "servers whole",
			folder, strerror(errno));
	buf_fini(&name);
	free(own);
	return fd;
}

struct keystate *
keystate_new(const char *beside, uint64_t keys)
{
	struct keystate *s = mem_zalloc(1, sizeof(*s));
	uint64_t pages = keys / FILLED + 1;

	if (s == NULL)
		return NULL;
	s->fd = open_nameless(beside);
	s->n_pages = pages < MOST_PAGES ? pages : MOST_PAGES;
	s->at = s->n_pages;
	if (s->fd == -1 ||
		ftruncate(s->fd, (off_t)(s->n_pages * sizeof(s->page))) == -1) {
		keystate_free(s);
		return NULL;
	}
	return s;
}

void
keystate_free(struct keystate *s)
{
	if (s == NULL)
		return;
	if (s->fd != -1)
		(void)close(s->fd);
	free(s);
}

/* The slot of that hash, or the free one where it belongs. NULL: neither. */
static struct slot *
find(struct keystate *s, uint64_t name)
{
	uint64_t tried, page = name % s->n_pages;
	int i;

	for (tried = 0; !s->failed && tried < s->n_pages; tried++) {
		if (s->at != page && pread(s->fd, s->page, sizeof(s->page),
					     (off_t)(page * sizeof(s->page))) !=
					     (ssize_t)sizeof(s->page)) {
			s->failed = true;
			break;
		}
		s->at = page;
		for (i = 0; i < SLOTS; i++)
			if (s->page[i].name == name || s->page[i].name == 0)
				return &s->page[i];
		page = (page + 1) % s->n_pages;
	}
	return NULL;
}

static uint64_t
hash(const char *key, size_t len)
{
	struct multiset m = MULTISET_INIT;

	multiset_add(&m, key, len);
	return m.lo != 0 ? m.lo : 1;
}

int
keystate_get(struct keystate *s, const char *key, size_t len, uint64_t *value)
{
	uint64_t name = hash(key, len);
	const struct slot *found = find(s, name);

	if (found == NULL)
		return s->failed ? -1 : 0;
	*value = found->value;
	return found->name == name;
}

int
keystate_put(struct keystate *s, const char *key, size_t len, uint64_t value)
{
	uint64_t name = hash(key, len);
	struct slot *found = find(s, name);
	off_t at;
	bool is_new;

	if (found == NULL) {
		/* many more keys than there were when it began */
		s->failed = true;
		return -1;
	}
	is_new = found->name == 0;
	found->name = name;
	found->value = value;
	at = (off_t)(s->at * sizeof(s->page)) +
	     (off_t)((size_t)(found - s->page) * sizeof(*found));
	if (pwrite(s->fd, found, sizeof(*found), at) !=
		(ssize_t)sizeof(*found)) {
		s->failed = true;
		return -1;
	}
	s->n += is_new;
	return is_new;
}

uint64_t
keystate_count(const struct keystate *s)
{
	return s->failed ? 0 : s->n;
}
