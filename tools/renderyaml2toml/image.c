#include "image.h"

#include <string.h>

#include "buf.h"
#include "cmdtrait.h"
#include "job.h"
#include "mem.h"
#include "needs.h"
#include "path.h"
#include "say.h"
#include "str.h"
#include "take.h"
#include "tree.h"

static const char *
folder(struct app *a, const char *key)
{
	const char *s = take_str(a->t, key);

	return s != NULL ? s : "";
}

/* The Dockerfile, and the folder that the build sees. */
static int
put_docker(struct job *job, struct app *a)
{
	struct tree *at = take(a->t, "dockerfilePath");
	const char *root = folder(a, "rootDir"), *file = take_text(at);
	const char *context = take_str(a->t, "dockerContext");
	struct buf base = BUF_INIT, b = BUF_INIT, c = BUF_INIT;
	int rc = -1;

	if (path_join(&base, "", root) == -1 ||
		path_join(&b, "", file != NULL ? file : "") == -1)
		goto out;
	if (base.len > 0 && file != NULL && b.len > base.len &&
		str_starts(buf_str(&b), buf_str(&base)) &&
		buf_str(&b)[base.len] == '/') {
		say_value(job, at, "warning", "docker-path",
			"begins with rootDir already and is taken from the "
			"repository's root");
	} else {
		buf_clear(&b);
		if (path_join(&b, buf_str(&base),
			    file != NULL && *file != '\0' ? file
							  : "Dockerfile") == -1)
			goto out;
	}
	if (path_join(&c, buf_str(&base), context != NULL ? context : "") == -1)
		goto out;
	if (strcmp(buf_str(&b), "Dockerfile") != 0 || file != NULL)
		flyconf_set(&a->conf, &a->conf.build.dockerfile, buf_str(&b));
	if ((a->context = mem_strdup(buf_str(&c))) != NULL)
		rc = 0;

out:
	buf_fini(&base);
	buf_fini(&b);
	buf_fini(&c);
	return rc;
}

static void
say_credentials(struct job *job, struct app *a, struct tree *creds)
{
	static const char *const words[] = {
		"docker", "login", "REGISTRY", NULL};
	struct report_need *need;
	struct buf text = BUF_INIT;

	if (creds == NULL)
		return;
	take_all(creds);
	if (take_show(&text, creds) == -1)
		job->report->failed = 1;
	need = needs_new(job, "build", "registry", a->app,
		"a login to the registry that holds its image; Fly.io takes "
		"the one of this machine, or copy the image to "
		"registry.fly.io");
	if (need != NULL)
		report_set(job->report, &need->replaces, buf_str(&text));
	needs_command(job, need, words, NULL);
	buf_fini(&text);
}

static void
put_image(struct job *job, struct app *a)
{
	struct tree *image = take(a->t, "image");
	const char *url = take_text(image);

	if (url == NULL)
		url = take_str(image, "url");
	if (url == NULL || *url == '\0') {
		say(job, image != NULL ? image : a->t, "error", "no-image",
			"image: url: REGISTRY/NAME:TAG",
			"the runtime is image, and no image is named");
		return;
	}
	flyconf_set(&a->conf, &a->conf.build.image, url);
	say_credentials(job, a, take(image, "creds"));
}

/* The build command has no place in a fly.toml. */
static int
say_build_command(struct job *job, struct app *a, struct report_need *need)
{
	struct tree *at = take(a->t, "buildCommand");
	const char *s = take_text(at);
	struct cmdtrait_set set;

	if (s == NULL || s[strspn(s, " \t\r\n")] == '\0')
		return 0;
	say(job, at, "note", "build-command", "RUN in the Dockerfile",
		"buildCommand: the image must do this: %s", s);
	if (need != NULL)
		report_set(job->report, &need->replaces, s);
	if (cmdtrait_find(s, &set) == -1)
		return -1;
	if (set.word[CMDTRAIT_MIGRATES] != NULL)
		say(job, at, "warning", "migration-in-build",
			"make it the release_command: no database is there "
			"while an image is built",
			"buildCommand changes the database schema (%s)",
			set.word[CMDTRAIT_MIGRATES]);
	cmdtrait_fini(&set);
	return 0;
}

static const char *
runtime_name(const struct app *a)
{
	static const char *const names[] = {
		"node", "python", "elixir", "go", "ruby", "rust", NULL};

	return is_str_one_of(a->runtime, names) ? a->runtime : NULL;
}

/* `fly deploy [CONTEXT] --config FILE`; the file is seen from that folder. */
static int
put_deploy(struct job *job, struct app *a, struct report_need *need)
{
	struct buf file = BUF_INIT;
	int rc = 0;

	report_command(job->report, need);
	report_word(job->report, need, "fly");
	report_word(job->report, need, "deploy");
	if (a->context != NULL && *a->context != '\0')
		report_word(job->report, need, a->context);
	for (size_t i = path_depth(a->context != NULL ? a->context : "");
		i > 0 && rc == 0; i--)
		rc = buf_puts(&file, "../");
	if (rc == 0)
		rc = buf_printf(&file, "%s.toml", a->app);
	report_word(job->report, need, "--config");
	report_word(job->report, need, buf_str(&file));
	report_word(job->report, need, "--ha=false");
	buf_fini(&file);
	return rc;
}

static int
need_build(struct job *job, struct app *a)
{
	static const char *const create[] = {"fly", "apps", "create", NULL};
	const char *root = folder(a, "rootDir");
	struct report_need *need;
	struct buf text = BUF_INIT;
	bool is_docker = strcmp(a->runtime, "docker") == 0;
	bool is_image = strcmp(a->runtime, "image") == 0;
	int rc;

	if (is_image)
		rc = buf_puts(&text, "a first deploy of the image that exists");
	else if (is_docker)
		rc = buf_printf(&text,
			"a first deploy, from %s of the "
			"repository",
			a->context != NULL && *a->context != '\0' ? a->context
								  : "the root");
	else
		rc = buf_printf(&text,
			"an image: a Dockerfile in %s%s%s%s%s; `fly launch` "
			"writes one for most frameworks",
			*root != '\0' ? root : "the repository's root",
			a->type == APP_STATIC ? ", with a server of files" : "",
			a->runtime[0] != '\0' ? " (Render built without one: "
					      : "",
			a->runtime, a->runtime[0] != '\0' ? ")" : "");
	if (rc == -1)
		return -1;
	need = needs_new(job, "build", "build", a->app, buf_str(&text));
	buf_fini(&text);
	needs_command(job, need, create, NULL);
	report_word(job->report, need, a->app);
	if (put_deploy(job, a, need) == -1)
		return -1;
	return say_build_command(job, a, need);
}

int
image_build(struct job *job, struct app *a)
{
	struct buf b = BUF_INIT;
	int rc = 0;

	if (strcmp(a->runtime, "docker") == 0)
		rc = put_docker(job, a);
	else if (strcmp(a->runtime, "image") == 0)
		put_image(job, a);
	else {
		if (a->runtime[0] == '\0' && a->type != APP_STATIC)
			say(job, a->t, "warning", "runtime",
				"runtime: docker, or a language",
				"the service has no runtime");
		else if (a->runtime[0] != '\0' && runtime_name(a) == NULL &&
			 a->type != APP_STATIC)
			say_value(job,
				take(a->t, take(a->t, "runtime") != NULL
						   ? "runtime"
						   : "env"),
				"warning", "runtime",
				"no runtime of Render; it is taken for one "
				"that builds without a Dockerfile");
		rc = path_join(&b, "", folder(a, "rootDir"));
		if (rc == 0 && (a->context = mem_strdup(buf_str(&b))) == NULL)
			rc = -1;
		buf_fini(&b);
	}
	say_credentials(job, a, take(a->t, "registryCredential"));
	return rc == 0 ? need_build(job, a) : -1;
}
