#include "apps.h"

#include <stdbool.h>

#include "appname.h"
#include "buf.h"
#include "core.h"
#include "flyconf.h"
#include "formation.h"
#include "herokuyml.h"
#include "job.h"
#include "mem.h"
#include "msg.h"
#include "procfile.h"
#include "procfile2toml.h"
#include "record.h"
#include "report.h"

/* An app, and the process types that run its image. */
struct app {
	struct job job;
	struct fly_config conf;
	struct report report;
	struct procfile part; /* entries borrowed from job.whole */
};

static void
free_app(struct app *app)
{
	flyconf_fini(&app->conf);
	report_fini(&app->report);
	free(app->part.entry);
	free(app->job.app_buf);
	free(app->job.stem);
	free(app);
}

void
apps_fini(struct apps *a)
{
	for (size_t i = 0; i < a->n; i++)
		free_app((struct app *)(void *)a->job[i]);
	free(a->job);
	memset(a, 0, sizeof(*a));
}

/* A copy of the first job with a configuration and report of its own. NULL:
 * out of memory. */
static struct app *
add_app(struct apps *a, const struct job *first)
{
	struct app *app = mem_zalloc(1, sizeof(*app));
	struct job **list = mem_resize(a->job, a->n + 1, sizeof(*list));

	if (list != NULL)
		a->job = list;
	if (app == NULL || list == NULL) {
		free(app);
		return NULL;
	}
	app->job = *first;
	app->job.conf = &app->conf;
	app->job.report = &app->report;
	app->job.is_extra = a->n > 0;
	flyconf_init(&app->conf);
	report_init(&app->report);
	list[a->n++] = &app->job;
	return app;
}

static bool
is_stem_taken(const struct apps *a, const char *stem)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->job[i]->stem != NULL &&
			strcmp(a->job[i]->stem, stem) == 0)
			return true;
	return false;
}

/* Its file is called after the image's first process type, which may be any
 * text: here only what is safe in a file's name. */
static int
name_file(const struct apps *a, struct job *job)
{
	struct buf stem = BUF_INIT;
	unsigned i = 1;

	do {
		buf_clear(&stem);
		if (appname_put(&stem, job->image->type) == -1 ||
			(stem.len == 0 && buf_puts(&stem, "app") == -1) ||
			(i > 1 && buf_printf(&stem, "-%u", i) == -1)) {
			buf_fini(&stem);
			return -1;
		}
		i++;
	} while (is_stem_taken(a, buf_str(&stem)));
	return (job->stem = buf_steal(&stem)) == NULL ? -1 : 0;
}

/* The process types that run one image, as the Procfile of its app. */
static int
take_part(const struct apps *a, struct app *app, size_t image)
{
	struct job *job = &app->job;
	const struct procfile *whole = job->whole;

	app->part.entry = mem_zalloc(whole->n + 1, sizeof(*whole->entry));
	if (app->part.entry == NULL)
		return -1;
	for (size_t i = 0; i < whole->n; i++)
		if (job->heroku->image_of[i] == image)
			app->part.entry[app->part.n++] = whole->entry[i];
	job->procfile = &app->part;
	job->image = &job->heroku->image[image];
	return name_file(a, job);
}

/* An extra app is called after the first and its image. */
static int
name_extra(struct job *job, const char *app)
{
	struct buf name = BUF_INIT;

	if (app == NULL)
		return 0;
	if (buf_printf(&name, "%s-%s", app, job->stem) == -1 ||
		(job->app_buf = buf_steal(&name)) == NULL) {
		buf_fini(&name);
		return -1;
	}
	job->app = job->app_buf;
	return 0;
}

/* Needs have ids that are unique over all apps. */
static void
prefix_needs(struct job *job)
{
	struct buf id = BUF_INIT;

	for (size_t i = 0; i < job->report->n_needs; i++) {
		struct report_need *need = job->report->need[i];
		buf_clear(&id);
		if (buf_printf(&id, "%s/%s", job->image->type, need->id) == -1)
			job->report->failed = 1;
		else
			report_set(job->report, &need->id, buf_str(&id));
	}
	buf_fini(&id);
}

static bool
is_used(const struct herokuyml *h, size_t image)
{
	for (size_t i = 0; i < h->procfile->n; i++)
		if (h->image_of[i] == image)
			return true;
	return false;
}

/* One file builds one image: name what is left out. */
static void
say_left_out(const struct job *job, size_t chosen)
{
	const struct herokuyml *h = job->heroku;

	for (size_t i = 0; i < h->procfile->n; i++) {
		const struct procfile_entry *e = &h->procfile->entry[i];
		const struct herokuyml_image *image = &h->image[h->image_of[i]];
		struct finding f = {.level = "error",
			.rule = "several-images",
			.file = job->heroku_yml_name,
			.line = e->line,
			.column = e->column,
			.fix = "-d FOLDER writes a file for each, --service "
			       "TYPE that of one"};
		if (h->image_of[i] != chosen)
			report_at(job->report, &f,
				"\"%s\"%s%s%s runs the image of %s%s%s, and a "
				"fly.toml builds one image only: it needs an "
				"app of its own, which this file is not",
				e->name, *e->command ? " (" : "", e->command,
				*e->command ? ")" : "", image->dockerfile,
				image->target ? ", stage " : "",
				image->target ? image->target : "");
	}
}

/* The image that --service names, by one of its process types. 0 or -1. */
static int
choose_image(const struct job *job, const char *service, size_t *image)
{
	const struct herokuyml *h = job->heroku;

	*image = herokuyml_main(h);
	for (size_t i = 0; service != NULL && i < h->procfile->n; i++)
		if (strcmp(h->procfile->entry[i].name, service) == 0) {
			*image = h->image_of[i];
			return 0;
		}
	if (service == NULL)
		return 0;
	msg_error("--service %s: %s has no such process type", service,
		job->heroku_yml_name);
	return -1;
}

static int
build_extra(struct apps *a, const struct job *first, size_t image)
{
	struct app *app = add_app(a, first);

	if (app == NULL || take_part(a, app, image) == -1 ||
		name_extra(&app->job, a->job[0]->app) == -1) {
		msg_error("out of memory");
		return -1;
	}
	if (core_build(&app->job) == -1)
		return -1;
	prefix_needs(&app->job);
	return 0;
}

int
apps_build(const struct job *first, struct apps *a)
{
	const struct options *o = first->options;
	const struct herokuyml *h = first->heroku;
	struct app *app;
	size_t image = 0;

	memset(a, 0, sizeof(*a));
	if (h != NULL && choose_image(first, o->service, &image) == -1)
		return -1;
	app = add_app(a, first);
	if (app == NULL || (h != NULL && take_part(a, app, image) == -1)) {
		msg_error("out of memory");
		return -1;
	}
	/* what reading had to say comes first */
	*app->job.report = *first->report;
	report_init(first->report);
	if (h != NULL && o->folder == NULL)
		say_left_out(&app->job, image);
	if (core_build(&app->job) == -1)
		return -1;
	for (size_t i = 0; h != NULL && o->folder != NULL && i < h->n; i++)
		if (i != image && is_used(h, i) &&
			build_extra(a, first, i) == -1)
			return -1;
	return 0;
}
