#include "facts.h"

#include <ctype.h>
#include <stdlib.h>
#include <unistd.h>

#include "buf.h"
#include "fd.h"
#include "mem.h"
#include "num.h"
#include "str.h"

#define LARGEST_FILE (1u << 20)

/* In the order in which they are looked for; ${beside} must be there too. */
static const struct facts_framework frameworks[] = {
	{"Django", "manage.py", NULL, "python manage.py migrate"},
	{"Rails", "Gemfile", "db/migrate", "bin/rails db:prepare"},
	{"Ecto", "mix.exs", "priv/repo/migrations", "/app/bin/migrate"},
	{"Laravel", "artisan", "database/migrations",
		"php artisan migrate --force"},
	{"Prisma", "prisma/schema.prisma", NULL, "npx prisma migrate deploy"},
	{"Alembic", "alembic.ini", NULL, "alembic upgrade head"},
	{"Knex", "knexfile.js", NULL, "npx knex migrate:latest"},
	{"Knex", "knexfile.ts", NULL, "npx knex migrate:latest"},
	{"Knex", "knexfile.cjs", NULL, "npx knex migrate:latest"},
	{"Knex", "knexfile.mjs", NULL, "npx knex migrate:latest"},
	{"Drizzle", "drizzle.config.ts", NULL, "npx drizzle-kit migrate"},
	{"Sequelize", ".sequelizerc", NULL, "npx sequelize-cli db:migrate"},
	{NULL, NULL, NULL, NULL},
};

/* The path of ${name} beside ${file}, in ${b}. */
static int
beside(struct buf *b, const char *file, const char *name)
{
	const char *slash = strrchr(file, '/');

	buf_clear(b);
	if (*name != '/' && slash != NULL &&
		buf_append(b, file, (size_t)(slash - file) + 1) == -1)
		return -1;
	return buf_puts(b, name);
}

static bool
is_there(struct buf *b, const char *file, const char *name)
{
	return beside(b, file, name) == 0 && access(buf_str(b), F_OK) == 0;
}

static void
find_framework(struct facts *f, const char *file)
{
	const struct facts_framework *w;
	struct buf b = BUF_INIT;

	for (w = frameworks; w->name != NULL && f->framework == NULL; w++)
		if (is_there(&b, file, w->file) &&
			(w->beside == NULL || is_there(&b, file, w->beside)))
			f->framework = w;
	buf_fini(&b);
}

static void
find_release(struct facts *f, const char *file)
{
	struct buf path = BUF_INIT, text = BUF_INIT;
	const char *s;

	if (beside(&path, file, "Procfile") == 0 &&
		fd_read_file(buf_str(&path), LARGEST_FILE, &text) == 0) {
		s = buf_str(&text);
		f->has_procfile_release = str_starts(s, "release:") ||
					  strstr(s, "\nrelease:") != NULL;
	}
	buf_fini(&path);
	buf_fini(&text);
}

static int
add_port(struct facts_image *image, int port)
{
	int *list =
		mem_resize(image->expose, image->n_expose + 1, sizeof(*list));

	if (list == NULL)
		return -1;
	image->expose = list;
	list[image->n_expose++] = port;
	return 0;
}

/* The number at ${s}, if it stands alone there or before a "/tcp". */
static int
number_at(const char *s)
{
	char digits[8];
	size_t n = strspn(s, "0123456789");
	int64_t v;

	if (n == 0 || n >= sizeof(digits) ||
		(s[n] != '\0' && s[n] != '/' && s[n] != '"' &&
			!isspace((unsigned char)s[n])))
		return 0;
	memcpy(digits, s, n);
	digits[n] = '\0';
	return num_int(digits, 1, 65535, &v) == 0 ? (int)v : 0;
}

/* A word of the line, in any case, and a blank; what follows, or NULL. */
static const char *
after_word(const char *line, const char *word)
{
	size_t n = strlen(word);

	line += strspn(line, " \t");
	for (size_t i = 0; i < n; i++)
		if (toupper((unsigned char)line[i]) != word[i])
			return NULL;
	line += n;
	if (*line != ' ' && *line != '\t')
		return NULL;
	return line + strspn(line, " \t");
}

static int
read_expose(struct facts_image *image, const char *s)
{
	while (*s != '\0' && *s != '\n' && *s != '#') {
		int port = number_at(s);
		if (port != 0 && add_port(image, port) == -1)
			return -1;
		s += strcspn(s, " \t\n");
		s += strspn(s, " \t");
	}
	return 0;
}

/* ENV PORT=8080, ENV A=1 PORT=8080, ENV PORT 8080 */
static void
read_env(struct facts_image *image, const char *s)
{
	int port;

	for (; *s != '\0' && *s != '\n'; s += strcspn(s, " \t\n")) {
		s += strspn(s, " \t");
		if (!str_starts(s, "PORT=") && !str_starts(s, "PORT "))
			continue;
		s += strlen("PORT=");
		port = number_at(s + (*s == '"'));
		if (port != 0)
			image->port = port;
	}
}

int
facts_dockerfile(struct facts_image *image, const char *text)
{
	const char *s, *next;

	for (s = text; *s != '\0'; s = next) {
		const char *rest;
		next = s + strcspn(s, "\n");
		next += *next == '\n';
		if (after_word(s, "FROM") != NULL) {
			image->n_expose = 0; /* another image begins */
			image->port = 0;
		} else if ((rest = after_word(s, "EXPOSE")) != NULL) {
			if (read_expose(image, rest) == -1)
				return -1;
		} else if ((rest = after_word(s, "ENV")) != NULL)
			read_env(image, rest);
	}
	return 0;
}

static int
read_image(struct facts *f, const char *file, const char *name, size_t len)
{
	struct buf path = BUF_INIT, text = BUF_INIT;
	struct facts_image *list;
	int rc = -1;

	list = mem_resize(f->image, f->n_images + 1, sizeof(*list));
	if (list == NULL)
		return -1;
	f->image = list;
	list += f->n_images;
	memset(list, 0, sizeof(*list));
	if ((list->path = mem_dup(name, len)) == NULL)
		return -1;
	f->n_images++;
	if (beside(&path, file, list->path) == -1)
		goto out;
	rc = 0;
	if (fd_read_file(buf_str(&path), LARGEST_FILE, &text) == 0)
		rc = facts_dockerfile(list, buf_str(&text));

out:
	buf_fini(&path);
	buf_fini(&text);
	return rc;
}

/*
 * The text is not parsed before the program is locked in; so every quoted
 * word after "dockerfile" in it is a candidate.
 */
static int
read_images(struct facts *f, const char *file, const char *text)
{
	const char *s = text;

	if (read_image(f, file, "Dockerfile", strlen("Dockerfile")) == -1)
		return -1;
	while ((s = strstr(s, "dockerfile")) != NULL && f->n_images < 8) {
		s += strlen("dockerfile");
		s += strspn(s, " \t\"'=:");
		if (strchr(" \t\"'=:", s[-1]) == NULL)
			continue;
		size_t n = strcspn(s, "\"'\n");
		if (n > 0 && s[n] != '\n' && s[n] != '\0' &&
			!str_starts(s, "http") &&
			read_image(f, file, s, n) == -1)
			return -1;
	}
	return 0;
}

int
facts_read(struct facts *f, const char *file, const char *text, size_t len)
{
	if (file == NULL || memchr(text, '\0', len) != NULL)
		return 0;
	find_framework(f, file);
	find_release(f, file);
	return read_images(f, file, text);
}

void
facts_fini(struct facts *f)
{
	for (size_t i = 0; i < f->n_images; i++) {
		free(f->image[i].path);
		free(f->image[i].expose);
	}
	free(f->image);
	memset(f, 0, sizeof(*f));
}

const struct facts_image *
facts_image(const struct facts *f, const char *path)
{
	for (size_t i = 0; i < f->n_images; i++)
		if (strcmp(f->image[i].path, path) == 0)
			return &f->image[i];
	return NULL;
}
