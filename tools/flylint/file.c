#include "file.h"

#include <ctype.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "buf.h"
#include "env.h"
#include "facts.h"
#include "fd.h"
#include "mem.h"
#include "msg.h"
#include "str.h"
#include "tmpfile.h"

#define LARGEST_INPUT (16u << 20)

/* Records are UTF-8 and a terminal takes orders; a path need not care. */
static char *
showable(const char *path)
{
	char *copy = mem_strdup(path);
	size_t bad, n = strlen(path);
	bool is_utf8 = utf8_check(path, n, &bad) == 0;

	for (char *p = copy; p != NULL && *p != '\0'; p++)
		if (iscntrl((unsigned char)*p) ||
			(!is_utf8 && (unsigned char)*p >= 0x80))
			*p = '?';
	return copy;
}

static int
read_path(struct file *f)
{
	struct stat st;

	if (fd_read_file(f->path, LARGEST_INPUT, f->text) == -1) {
		msg_errno("%s: cannot be read", f->name);
		return -1;
	}
	/* a link stays one when the file is rewritten */
	f->real = realpath(f->path, NULL);
	f->mode = stat(f->path, &st) == 0 ? st.st_mode & 07777 : 0644;
	return 0;
}

int
file_read(struct file *f, const char *path, struct env *env)
{
	bool is_stdin = strcmp(path, "-") == 0;

	memset(f, 0, sizeof(*f));
	f->path = is_stdin ? NULL : path;
	f->name = showable(is_stdin ? env->in_name : path);
	f->text = mem_zalloc(1, sizeof(*f->text));
	f->facts = mem_zalloc(1, sizeof(*f->facts));
	if (f->name == NULL || f->text == NULL || f->facts == NULL) {
		msg_error("out of memory");
		return -1;
	}
	if (str_ends(f->name, ".yaml") || str_ends(f->name, ".yml")) {
		msg_error("%s: YAML is not read; `fly config show --local "
			  "--toml` writes it as TOML",
			f->name);
		return -1;
	}
	if (is_stdin && fd_read_all(env->in, LARGEST_INPUT, f->text) == -1) {
		msg_errno("%s: cannot be read", f->name);
		return -1;
	}
	if (!is_stdin && read_path(f) == -1)
		return -1;
	if (facts_read(f->facts, f->path, buf_str(f->text), f->text->len) ==
		-1) {
		msg_error("out of memory");
		return -1;
	}
	f->is_read = true;
	return 0;
}

void
file_fini(struct file *f)
{
	if (f->text != NULL)
		buf_fini(f->text);
	if (f->facts != NULL)
		facts_fini(f->facts);
	free(f->text);
	free(f->facts);
	free(f->name);
	free(f->real);
}

char *
file_folder(const struct file *f)
{
	const char *slash = f->real != NULL ? strrchr(f->real, '/') : NULL;

	if (slash == NULL)
		return mem_strdup(".");
	return mem_dup(
		f->real, slash == f->real ? 1 : (size_t)(slash - f->real));
}

int
file_write(const struct file *f, const struct buf *text)
{
	struct tmpfile *t =
		tmpfile_open(f->real != NULL ? f->real : f->path, f->mode);

	if (t == NULL)
		return -1;
	if (fd_write_all(tmpfile_fd(t), text->data, text->len) == -1) {
		msg_errno("%s", f->name);
		tmpfile_abort(t);
		return -1;
	}
	return tmpfile_commit(t);
}
