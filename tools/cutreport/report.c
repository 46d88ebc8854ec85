#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "clock.h"
#include "cutreport.h"
#include "env.h"
#include "fd.h"
#include "infile.h"
#include "json.h"
#include "jsonl.h"
#include "mem.h"
#include "msg.h"
#include "page.h"
#include "status.h"
#include "story.h"
#include "textreport.h"
#include "tmpfile.h"

struct journal_in {
	const char *name;
	int fd;
};

struct report {
	const struct cutreport_options *opt;
	struct env *env;
	struct story story;
	struct journal_in *journal;
	size_t n;
	bool bad; /* a line was no record */
};

static int
draw(struct report *r, bool again)
{
	const struct cutreport_options *o = r->opt;
	struct buf b = BUF_INIT;
	int rc = o->text ? textreport_put(&b, &r->story, o->title)
			 : page_put(&b, &r->story, o->title,
				   again ? o->every : 0);

	if (rc == -1) {
		msg_error("out of memory");
	} else if (o->output != NULL) {
		rc = tmpfile_write(o->output, 0600, b.data, b.len);
	} else if ((rc = fd_write_all(r->env->out, b.data, b.len)) == -1) {
		msg_errno("standard output");
	}
	buf_fini(&b);
	return rc == -1 ? STATUS_TEMPORARY : STATUS_OK;
}

/* The records of one journal. While it grows, standard input is drawn now and
 * then. An exit status. */
static int
read_journal(struct report *r, int fd, const char *name, bool draws)
{
	struct jsonl *in = jsonl_open(fd, name, JSONL_MAX_LINE);
	double drawn = 0, now;
	struct json *doc;
	int rc = 1, status = STATUS_OK;

	if (in == NULL) {
		msg_error("out of memory");
		return STATUS_TEMPORARY;
	}
	story_next(&r->story);
	/* a program that was killed left half a line */
	jsonl_growing(in);
	while (rc != 0 && status == STATUS_OK) {
		now = clock_mono(r->env->clock);
		if (draws && is_jsonl_waiting(in)) {
			struct pollfd p = {fd, POLLIN, 0};
			double left = drawn + r->opt->every - now;

			if (drawn == 0 || left <= 0) {
				status = draw(r, true);
				drawn = now;
				left = r->opt->every;
			}
			if (poll(&p, 1, (int)(left * 1000) + 1) <= 0)
				continue;
		}
		doc = NULL;
		if ((rc = jsonl_next(in, &doc)) == 1)
			story_add(&r->story, json_root(doc));
		/* one bad line does not take the others away */
		r->bad = r->bad || rc == -1;
		json_free(doc);
	}
	jsonl_close(in);
	return status;
}

/* A descriptor for each journal that is named, or for standard input. */
static int
open_all(struct report *r)
{
	struct env *env = r->env;
	size_t i, n = env->argc > 0 ? (size_t)env->argc : 1;

	if ((r->journal = mem_zalloc(n, sizeof(*r->journal))) == NULL) {
		msg_error("out of memory");
		return STATUS_TEMPORARY;
	}
	for (i = 0; i < n; i++) {
		struct journal_in *j = &r->journal[i];

		j->fd = env->in;
		j->name = "standard input";
		if (env->argc > 0 && strcmp(env->argv[i], "-") != 0) {
			j->name = env->argv[i];
			j->fd = open(j->name, O_RDONLY | O_CLOEXEC);
		}
		if (j->fd == -1) {
			msg_errno("%s", j->name);
			return STATUS_MISUSE;
		}
		r->n = i + 1;
	}
	return STATUS_OK;
}

static void
close_all(struct report *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->journal[i].fd != r->env->in)
			close(r->journal[i].fd);
	free(r->journal);
	r->journal = NULL;
	r->n = 0;
}

/* All of them, one after the other. */
static int
read_all(struct report *r)
{
	int status = open_all(r);

	/* what is read is others' text: from here on nothing can be opened */
	if (status == STATUS_OK && !r->opt->follow &&
		infile_seal(r->opt->output, NULL) == -1)
		status = STATUS_TEMPORARY;
	for (size_t i = 0; i < r->n && status == STATUS_OK; i++)
		status = read_journal(r, r->journal[i].fd, r->journal[i].name,
			r->opt->follow && r->env->argc == 0);
	close_all(r);
	if (status == STATUS_OK && r->story.failed) {
		msg_error("out of memory");
		status = STATUS_TEMPORARY;
	}
	return status;
}

/* How much there is in all journals: it only grows. */
static uint64_t
total_size(const struct env *env)
{
	uint64_t sum = 0;
	struct stat st;

	for (int i = 0; i < env->argc; i++)
		if (stat(env->argv[i], &st) == 0)
			sum += (uint64_t)st.st_size;
	return sum;
}

static bool
is_over(const struct story *s)
{
	const struct story_step *t =
		s->n_steps > 0 ? &s->step[s->n_steps - 1] : NULL;

	return t != NULL &&
	       (s->aborted >= t->begin || s->rolled_back >= t->begin ||
		       (strcmp(t->name, "close") == 0 &&
			       t->state == STEP_DONE));
}

/* Journals that others write: read anew whenever they have grown. */
static int
follow_files(struct report *r)
{
	uint64_t size = UINT64_MAX, now;
	int status;

	for (;;) {
		now = total_size(r->env);
		if (now == size) {
			clock_sleep(r->env->clock, r->opt->every);
			continue;
		}
		size = now;
		story_fini(&r->story);
		if ((status = read_all(r)) != STATUS_OK ||
			(status = draw(r, !is_over(&r->story))) != STATUS_OK ||
			is_over(&r->story))
			return status;
		clock_sleep(r->env->clock, r->opt->every);
	}
}

int
report_run(const void *options, struct env *env)
{
	struct report r = {.opt = options, .env = env};
	int i, status = STATUS_OK;

	if (r.opt->follow && r.opt->output == NULL) {
		msg_error("--follow draws a file again and again: name it with "
			  "--output");
		return STATUS_MISUSE;
	}
	for (i = 0; i < env->argc; i++)
		if (r.opt->follow && strcmp(env->argv[i], "-") == 0) {
			msg_error("--follow reads standard input when no "
				  "journal is named, and else the journals");
			return STATUS_MISUSE;
		}
	if (r.opt->follow && env->argc > 0)
		status = follow_files(&r);
	else if ((status = read_all(&r)) == STATUS_OK)
		status = draw(&r, false);
	if (status == STATUS_OK && r.bad)
		status = STATUS_MISUSE;
	story_fini(&r.story);
	return status;
}
