#include "run.h"

#include <stdlib.h>
#include <unistd.h>

#include "buf.h"
#include "env.h"
#include "explain.h"
#include "fd.h"
#include "file.h"
#include "fixer.h"
#include "flyconf.h"
#include "flylint.h"
#include "foundlist.h"
#include "json.h"
#include "lint.h"
#include "mem.h"
#include "msg.h"
#include "output.h"
#include "record.h"
#include "sandbox.h"
#include "share.h"
#include "status.h"
#include "str.h"

static int
open_all(struct run *r, struct env *env)
{
	static const char *const standard[] = {"fly.toml"};
	int n = env->argc;

	r->n = n > 0 ? (size_t)n : 1;
	r->file = mem_zalloc(r->n, sizeof(*r->file));
	r->lint = mem_zalloc(r->n, sizeof(*r->lint));
	r->fixes = mem_zalloc(r->n, sizeof(*r->fixes));
	if (r->file == NULL || r->lint == NULL || r->fixes == NULL) {
		msg_error("out of memory");
		r->n = 0;
		return -1;
	}
	for (size_t i = 0; i < r->n; i++)
		if (file_read(&r->file[i], n > 0 ? env->argv[i] : standard[0],
			    env) == -1)
			r->status = STATUS_MISUSE;
	return 0;
}

/* Give up the file system, but for the folders of what will be rewritten. */
static int
lock_in(const struct run *r)
{
	char **folder = mem_zalloc(r->n + 1, sizeof(*folder));
	size_t n = 0;
	int rc = 0;

	if (folder == NULL)
		rc = -1;
	for (size_t i = 0; i < r->n && rc == 0; i++) {
		if (!r->options->fix || !r->file[i].is_read ||
			r->file[i].path == NULL)
			continue;
		if ((folder[n] = file_folder(&r->file[i])) == NULL)
			rc = -1;
		else
			n++;
	}
	if (rc == 0)
		sandbox_parse_only_in((const char *const *)folder, n);
	else
		msg_error("out of memory");
	for (size_t i = 0; i < n; i++)
		free(folder[i]);
	free(folder);
	return rc;
}

/* Repair one file; standard input comes out on standard output. */
static int
fix(struct run *r, size_t i, struct env *env)
{
	struct file *f = &r->file[i];
	struct buf text = BUF_INIT;
	int rc = -1;

	if (str_ends(f->name, ".json")) {
		msg_warn("%s: --fix repairs TOML files only", f->name);
		return 0;
	}
	if (buf_append(&text, buf_str(f->text), f->text->len) == -1 ||
		fixer_run(f->name, &text, f->facts, r->regions, &r->fixes[i]) ==
			-1) {
		msg_error("out of memory");
		goto out;
	}
	if (f->path != NULL && r->fixes[i].n > 0 && file_write(f, &text) == -1)
		goto out;
	if (f->path == NULL && !r->options->json && !r->options->sarif &&
		fd_write_all(env->out, buf_str(&text), text.len) == -1) {
		msg_errno("standard output");
		goto out;
	}
	buf_clear(f->text);
	rc = buf_append(f->text, buf_str(&text), text.len);

out:
	buf_fini(&text);
	return rc;
}

/* Two files with the same app: each deploy replaces the other's. */
static void
compare_apps(struct run *r)
{
	for (size_t i = 1; i < r->n; i++)
		for (size_t k = 0; k < i; k++) {
			const struct lint *a = r->lint[k];
			struct lint *b = r->lint[i];
			if (a == NULL || b == NULL || a->conf->app == NULL ||
				b->conf->app == NULL ||
				strcmp(a->name, b->name) == 0 ||
				strcmp(a->conf->app, b->conf->app) != 0)
				continue;
			lint_put(b, "warning", "same-app", "app",
				"%s names the app \"%s\" too: a deploy with "
				"one file replaces that of the other",
				a->name, b->conf->app);
			foundlist_sort(b->found);
			break;
		}
}

static void
examine(struct run *r, struct env *env)
{
	for (size_t i = 0; i < r->n; i++) {
		struct file *f = &r->file[i];
		if (!f->is_read)
			continue;
		if (r->options->fix && fix(r, i, env) == -1) {
			r->status = STATUS_TEMPORARY;
			continue;
		}
		r->lint[i] = lint_open(f->name, buf_str(f->text), f->text->len,
			f->facts, r->regions);
		if (r->lint[i] == NULL) {
			msg_error("out of memory");
			r->status = STATUS_TEMPORARY;
		} else if (r->lint[i]->is_refused &&
			   r->status != STATUS_TEMPORARY)
			r->status = STATUS_MISUSE;
	}
	compare_apps(r);
	for (size_t i = 0; i < r->n && r->status == STATUS_OK; i++)
		if (foundlist_count(r->lint[i]->found, "error") > 0 ||
			(r->options->strict &&
				foundlist_count(r->lint[i]->found, "warning") >
					0))
			r->status = STATUS_NO;
}

static void
close_all(struct run *r)
{
	for (size_t i = 0; i < r->n; i++) {
		lint_close(r->lint[i]);
		file_fini(&r->file[i]);
		fixlist_fini(&r->fixes[i]);
	}
	free(r->file);
	free(r->lint);
	free(r->fixes);
	json_free(r->regions);
}

int
lint_run(const void *options, struct env *env)
{
	struct run r = {.options = options, .status = STATUS_OK};

	if (r.options->explain)
		return explain_run(env);
	if (open_all(&r, env) == -1 || lock_in(&r) == -1 ||
		(r.regions = share_open("regions")) == NULL)
		r.status = STATUS_TEMPORARY;
	else {
		examine(&r, env);
		if (output_write(&r, env) == -1)
			r.status = STATUS_TEMPORARY;
	}
	close_all(&r);
	return r.status;
}
