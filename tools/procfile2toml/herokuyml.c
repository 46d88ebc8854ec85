#include "herokuyml.h"

#include <stdbool.h>

#include "buf.h"
#include "leftover.h"
#include "mem.h"
#include "msg.h"
#include "procfile.h"
#include "record.h"
#include "report.h"
#include "shlex.h"
#include "str.h"
#include "tree.h"
#include "treeget.h"

struct reader {
	struct herokuyml *h;
	struct report *report;
};

static struct finding
at(const struct reader *x, const struct tree *t, const char *level,
	const char *rule)
{
	struct finding f = {.level = level, .rule = rule, .file = x->h->file};

	treeget_place(t, &f.line, &f.column);
	return f;
}

/* A key, or the value of one, that has no meaning here. */
static void
say_unknown(const struct reader *x, const char *section, const struct tree *t)
{
	struct finding f = at(x, t, "warning", "heroku-yml-key");
	struct buf text = BUF_INIT;

	if (leftover_put(&text, t) == -1)
		x->report->failed = 1;
	report_at(x->report, &f, "%s%s%s is not understood and is left out: %s",
		section, *section != '\0' && t->key != NULL ? "." : "",
		t->key != NULL ? t->key : "", buf_str(&text));
	buf_fini(&text);
}

/* Whether a later key of the same name counts instead. */
static bool
is_shadowed(const struct tree *t)
{
	return t->key != NULL && tree_get(t->parent, t->key) != t;
}

static void
say_shadowed(const struct reader *x, const struct tree *t, unsigned depth)
{
	struct buf text = BUF_INIT;

	for (; t != NULL; t = t->next) {
		if (is_shadowed(t)) {
			struct finding f = at(x, t, "warning", "yaml-twice");
			unsigned line, column;
			treeget_place(
				tree_get(t->parent, t->key), &line, &column);
			if (leftover_put(&text, t) == -1)
				x->report->failed = 1;
			report_at(x->report, &f,
				"\"%s\" stands again in line %u, and that one "
				"counts: here it is %s",
				t->key, line, buf_str(&text));
			buf_clear(&text);
		} else if (depth > 0)
			say_shadowed(x, t->first, depth - 1);
	}
	buf_fini(&text);
}

/* Add a process type; ${image} is an index. */
static int
add_entry(struct reader *x, const struct tree *t, const char *name,
	const char *command, size_t image)
{
	struct procfile *pf = x->h->procfile;
	struct procfile_entry *e;
	size_t *list;
	unsigned line, column;

	treeget_place(t, &line, &column);
	list = mem_resize(x->h->image_of, pf->n + 1, sizeof(*list));
	if (list != NULL)
		x->h->image_of = list;
	e = mem_resize(pf->entry, pf->n + 1, sizeof(*e));
	if (e != NULL)
		pf->entry = e;
	if (list == NULL || e == NULL)
		return -1;
	e += pf->n;
	*e = (struct procfile_entry){
		mem_strdup(name), mem_strdup(command), line, column};
	if (e->name == NULL || e->command == NULL) {
		free(e->name);
		free(e->command);
		return -1;
	}
	list[pf->n++] = image;
	return 0;
}

/* "/docker/Dockerfile" and "./Dockerfile" begin at the repository. */
static const char *
in_repository(const char *path)
{
	while (str_starts(path, "./") || str_starts(path, "/"))
		path += strcspn(path, "/") + 1;
	return path;
}

/* The index of an image; h->n if it is not there. */
static size_t
find_image(
	const struct herokuyml *h, const char *dockerfile, const char *target)
{
	size_t i;

	for (i = 0; i < h->n; i++)
		if (strcmp(h->image[i].dockerfile, in_repository(dockerfile)) ==
				0 &&
			(target == NULL) == (h->image[i].target == NULL) &&
			(target == NULL ||
				strcmp(h->image[i].target, target) == 0))
			break;
	return i;
}

static int
add_image(struct reader *x, const struct tree *t, const char *dockerfile,
	const char *target)
{
	struct herokuyml *h = x->h;
	struct herokuyml_image *list;

	if (find_image(h, dockerfile, target) < h->n)
		return 0;
	list = mem_resize(h->image, h->n + 1, sizeof(*list));
	if (list == NULL)
		return -1;
	h->image = list;
	list += h->n;
	memset(list, 0, sizeof(*list));
	list->dockerfile = mem_strdup(in_repository(dockerfile));
	if (list->dockerfile == NULL)
		return -1;
	list->type = t->key;
	list->target = target;
	treeget_place(t, &list->line, &list->column);
	h->n++;
	return 0;
}

/* The Dockerfile and stage of an entry of build.docker; NULL: none. */
static const char *
dockerfile_of(const struct tree *t, const char **target)
{
	const char *file = tree_str(t);

	*target = treeget_str(t, "target");
	if (file == NULL)
		file = treeget_str(t, "dockerfile");
	if (file == NULL && t != NULL && t->kind == TREE_TABLE)
		file = "Dockerfile";
	return file;
}

/* build.docker: TYPE: DOCKERFILE, or TYPE: {dockerfile:, target:}. */
static int
take_docker(struct reader *x, const struct tree *docker)
{
	static const char *const keys[] = {"dockerfile", "target", NULL};
	const char *file, *target;

	if (docker->kind != TREE_TABLE) {
		say_unknown(x, "build", docker);
		return 0;
	}
	for (const struct tree *t = docker->first; t != NULL; t = t->next) {
		if (is_shadowed(t))
			continue;
		for (const struct tree *k = t->first; k != NULL; k = k->next)
			if (k->key == NULL || !is_str_one_of(k->key, keys) ||
				tree_str(k) == NULL)
				say_unknown(x, t->key, k);
		if ((file = dockerfile_of(t, &target)) == NULL)
			say_unknown(x, "build.docker", t);
		else if (add_image(x, t, file, target) == -1)
			return -1;
	}
	return 0;
}

/* The index of the image that build.docker has for a type; h->n if none. */
static size_t
image_of_type(const struct herokuyml *h, const char *type)
{
	const char *file, *target;

	file = dockerfile_of(
		tree_get(tree_get(tree_get(h->root, "build"), "docker"), type),
		&target);
	return file != NULL ? find_image(h, file, target) : h->n;
}

/* Whether some element has a blank in it, so that each is a command. */
static bool
is_list_of_commands(const struct tree *t)
{
	for (t = t->first; t != NULL; t = t->next)
		if (treeget_text(t) != NULL &&
			strchr(treeget_text(t), ' ') != NULL)
			return true;
	return false;
}

/*
 * A command: a string, or a list. A list of one is a command line as it
 * stands; one of several is one command after the other, or the words of one
 * command if none has a blank.
 */
static int
put_command(const struct reader *x, struct buf *b, const struct tree *t)
{
	bool is_list;
	int rc = 0;

	if (treeget_text(t) != NULL)
		return buf_puts(b, treeget_text(t));
	if (t->kind != TREE_ARRAY)
		return 0;
	is_list = t->n == 1 || is_list_of_commands(t);
	for (const struct tree *k = t->first; k != NULL && rc == 0;
		k = k->next) {
		const char *text = treeget_text(k);
		if (text == NULL) {
			say_unknown(x, "command", k);
			continue;
		}
		if (b->len > 0)
			rc = buf_puts(b, is_list ? " && " : " ");
		if (rc == 0)
			rc = is_list ? buf_puts(b, text) : shlex_quote(b, text);
	}
	if (rc == 0 && t->n > 1) {
		struct finding f = at(x, t, "warning", "heroku-yml-command");
		report_at(x->report, &f,
			"a list of several is taken for %s: %s",
			is_list ? "commands, each to run if the one before "
				  "did well"
				: "the words of one command",
			buf_str(b));
	}
	return rc;
}

/* One process type with what runs it, under run or release. */
static int
take_type(struct reader *x, const struct tree *t, const char *name)
{
	static const char *const keys[] = {"command", "image", NULL};
	const char *image = treeget_str(t, "image");
	const struct tree *command =
		t->kind == TREE_TABLE ? tree_get(t, "command") : t;
	struct finding f = at(x, t, "warning", "heroku-yml-image");
	struct buf text = BUF_INIT;
	size_t index;
	int rc = 0;

	for (const struct tree *k = t->kind == TREE_TABLE ? t->first : NULL;
		k != NULL; k = k->next)
		if (!is_str_one_of(k->key, keys))
			say_unknown(x, name, k);
	index = image_of_type(x->h, image != NULL ? image : name);
	if (index == x->h->n) {
		index = herokuyml_main(x->h);
		/* a release without an image runs the one of web */
		if (image != NULL || strcmp(name, "release") != 0)
			report_at(x->report, &f,
				"no image is built for \"%s\"%s%s; that of "
				"\"%s\" is taken",
				name, image != NULL ? ", nor for " : "",
				image != NULL ? image : "",
				x->h->image[index].type);
	}
	if (command != NULL)
		rc = put_command(x, &text, command);
	if (rc == 0 && text.len == 0 && strcmp(name, "release") == 0) {
		f.rule = "heroku-yml-key";
		report_at(x->report, &f, "release has no command");
	} else if (rc == 0)
		rc = add_entry(x, t, name, buf_str(&text), index);
	buf_fini(&text);
	return rc;
}

/* An image without a run entry runs its own command. */
static int
take_own_commands(struct reader *x)
{
	const struct tree *run = tree_get(x->h->root, "run");
	const struct tree *t = treeget_first(
		tree_get(tree_get(x->h->root, "build"), "docker"));
	struct finding f;
	size_t index;

	for (; t != NULL; t = t->next) {
		if (is_shadowed(t) || tree_get(run, t->key) != NULL ||
			strcmp(t->key, "release") == 0)
			continue;
		if ((index = image_of_type(x->h, t->key)) == x->h->n)
			continue;
		f = at(x, t, "note", "image-command");
		report_at(x->report, &f,
			"\"%s\" has no command here: the image's own one runs",
			t->key);
		if (add_entry(x, t, t->key, "", index) == -1)
			return -1;
	}
	return 0;
}

static int
take_run(struct reader *x)
{
	const struct tree *release = tree_get(x->h->root, "release");
	const struct tree *run = tree_get(x->h->root, "run"), *t;

	if (release != NULL && take_type(x, release, "release") == -1)
		return -1;
	if (run != NULL && run->kind != TREE_TABLE)
		say_unknown(x, "", run);
	else
		for (t = treeget_first(run); t != NULL; t = t->next)
			if (!is_shadowed(t) && take_type(x, t, t->key) == -1)
				return -1;
	return take_own_commands(x);
}

/* Keys of the root, build and setup that nothing reads. */
static void
say_unknown_keys(const struct reader *x)
{
	static const struct {
		const char *section;
		const char *keys[5];
	} known[] = {
		{"", {"setup", "build", "release", "run", NULL}},
		{"build", {"docker", "config", NULL}},
		{"setup", {"addons", "config", NULL}},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		const char *section = known[i].section;
		const struct tree *t = *section != '\0'
					       ? tree_get(x->h->root, section)
					       : x->h->root;
		if (t != NULL && t->kind != TREE_TABLE && t->kind != TREE_NULL)
			say_unknown(x, "", t);
		for (t = treeget_first(t); t != NULL; t = t->next)
			if (t->key == NULL ||
				!is_str_one_of(t->key, known[i].keys))
				say_unknown(x, section, t);
	}
}

int
herokuyml_read(const struct tree *root, const char *file, struct report *r,
	struct herokuyml *h)
{
	struct reader x = {h, r};
	const struct tree *docker = tree_get(tree_get(root, "build"), "docker");

	memset(h, 0, sizeof(*h));
	h->root = root;
	h->file = file;
	if ((h->procfile = mem_zalloc(1, sizeof(*h->procfile))) == NULL)
		goto err;
	if (root->kind != TREE_TABLE) {
		msg_at(file, root->at.line, root->at.column,
			"a heroku.yml is a table of setup, build, release and "
			"run");
		herokuyml_fini(h);
		return -1;
	}
	say_unknown_keys(&x);
	say_shadowed(&x, root->first, 4);
	if (docker != NULL && take_docker(&x, docker) == -1)
		goto err;
	if (h->n == 0) {
		const struct tree *t = tree_get(root, "build");
		unsigned line = 1, column = 1;
		if (t != NULL)
			treeget_place(t, &line, &column);
		msg_at(file, line, column,
			"no image is built here: build.docker names no "
			"Dockerfile");
		herokuyml_fini(h);
		return -1;
	}
	if (take_run(&x) == -1)
		goto err;
	return 0;

err:
	msg_error("%s: out of memory", file);
	herokuyml_fini(h);
	return -1;
}

void
herokuyml_fini(struct herokuyml *h)
{
	if (h->procfile != NULL)
		procfile_fini(h->procfile);
	for (size_t i = 0; i < h->n; i++)
		free(h->image[i].dockerfile);
	free(h->image);
	free(h->image_of);
	free(h->procfile);
	memset(h, 0, sizeof(*h));
}

size_t
herokuyml_main(const struct herokuyml *h)
{
	size_t index = image_of_type(h, "web");

	return index < h->n ? index : 0;
}
