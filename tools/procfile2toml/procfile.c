#include "procfile.h"

#include <ctype.h>
#include <stdbool.h>

#include "mem.h"
#include "msg.h"
#include "record.h"
#include "report.h"
#include "str.h"

#define LONGEST_NAME 63 /* of Heroku's Cloud Native Buildpack */

struct parser {
	struct procfile *pf;
	struct report *report;
	const char *file;
	unsigned line;
	bool said_cr;
};

static struct finding
here(const struct parser *p, const char *level, const char *rule)
{
	return (struct finding){
		.level = level, .rule = rule, .file = p->file, .line = p->line};
}

static bool
is_name_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-';
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

void
procfile_fini(struct procfile *pf)
{
	for (size_t i = 0; i < pf->n; i++) {
		free(pf->entry[i].name);
		free(pf->entry[i].command);
	}
	free(pf->entry);
	memset(pf, 0, sizeof(*pf));
}

const struct procfile_entry *
procfile_find(const struct procfile *pf, const char *name)
{
	for (size_t i = 0; i < pf->n; i++)
		if (strcmp(pf->entry[i].name, name) == 0)
			return &pf->entry[i];
	return NULL;
}

/* Whether two names are one once '_' is '-' and capitals are small. */
static bool
is_same_label(const char *a, const char *b)
{
	for (; *a != '\0' && *b != '\0'; a++, b++) {
		char x = *a == '_' ? '-' : (char)tolower((unsigned char)*a);
		char y = *b == '_' ? '-' : (char)tolower((unsigned char)*b);
		if (x != y)
			return false;
	}
	return *a == *b;
}

static void
check_name(struct parser *p, const char *name)
{
	struct finding f = here(p, "note", "procfile-name");
	size_t n = strlen(name);
	bool is_odd = name[0] == '-' || name[n - 1] == '-';

	for (size_t i = 0; i < n; i++)
		is_odd |= name[i] == '_' || isupper((unsigned char)name[i]);
	if (is_odd)
		report_at(p->report, &f,
			"the process type \"%s\" is kept as it is; newer "
			"Heroku builders make it small letters and dashes, "
			"and %s.process.APP.internal is no plain host name",
			name, name);
	if (n > LONGEST_NAME)
		report_at(p->report, &f,
			"the process type \"%.20s...\" is longer than %d "
			"characters, which newer Heroku builders refuse",
			name, LONGEST_NAME);
	f.level = "warning";
	for (size_t i = 0; i < p->pf->n; i++)
		if (strcmp(p->pf->entry[i].name, name) != 0 &&
			is_same_label(p->pf->entry[i].name, name))
			report_at(p->report, &f,
				"the process types \"%s\" and \"%s\" are one "
				"to newer Heroku builders",
				name, p->pf->entry[i].name);
}

/* An entry of that name again: the last one counts, as on Heroku. */
static int
replace_entry(struct parser *p, struct procfile_entry *e, char *command,
	unsigned column)
{
	struct finding f = here(p, "warning", "procfile-duplicate");

	report_at(p->report, &f,
		"\"%s\" stands here again and this one counts, as on Heroku; "
		"foreman takes line %u: %s",
		e->name, e->line, e->command);
	free(e->command);
	e->command = command;
	e->line = p->line;
	e->column = column;
	return 0;
}

static int
add_entry(struct parser *p, const char *name, size_t n_name,
	const char *command, size_t n, unsigned column)
{
	struct procfile *pf = p->pf;
	struct procfile_entry *e;
	char *name_copy = mem_dup(name, n_name), *copy = mem_dup(command, n);

	if (name_copy == NULL || copy == NULL)
		goto err;
	for (size_t i = 0; i < pf->n; i++)
		if (strcmp(pf->entry[i].name, name_copy) == 0) {
			free(name_copy);
			return replace_entry(p, &pf->entry[i], copy, column);
		}
	check_name(p, name_copy);
	e = mem_resize(pf->entry, pf->n + 1, sizeof(*e));
	if (e == NULL)
		goto err;
	pf->entry = e;
	pf->entry[pf->n++] =
		(struct procfile_entry){name_copy, copy, p->line, column};
	return 0;

err:
	free(name_copy);
	free(copy);
	return -1;
}

/* Words that begin a command, so that they are no process type. */
static bool
is_program(const char *s, size_t n)
{
	static const char *const programs[] = {"node", "npm", "npx", "yarn",
		"pnpm", "bun", "deno", "python", "python2", "python3", "pip",
		"pipenv", "poetry", "uv", "gunicorn", "uvicorn", "celery",
		"flask", "django-admin", "ruby", "bundle", "rake", "rails",
		"puma", "java", "mvn", "gradle", "sbt", "php", "composer", "go",
		"cargo", "mix", "elixir", "iex", "dotnet", "perl", "sh", "bash",
		"exec", "env", "cd", "echo", "export", "sudo", "docker", "make",
		"streamlit", "hypercorn", "daphne", "uwsgi", "waitress-serve",
		"honcho", "foreman", "lein", "sidekiq"};

	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		if (strlen(programs[i]) == n && memcmp(programs[i], s, n) == 0)
			return true;
	return false;
}

/*
 * "web node x.js": the colon was optional once. The first word must be no
 * program, and the second one, or the first by custom, must look the part.
 */
static bool
is_colonless(const char *name, size_t n_name, const char *rest, size_t n)
{
	static const char *const usual[] = {"web", "worker", "release", "clock",
		"scheduler", "console", "beat", "api"};
	size_t word = 0;

	while (word < n && !is_blank(rest[word]))
		word++;
	if (word == 0 || is_program(name, n_name))
		return false;
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		if (strlen(usual[i]) == n_name &&
			memcmp(usual[i], name, n_name) == 0)
			return true;
	return is_program(rest, word) || memchr(rest, '/', word) != NULL;
}

static void
report_bad_line(struct parser *p, const char *s, size_t n)
{
	struct finding f = here(p, "warning", "procfile-line");

	f.fix = "write NAME: COMMAND, or put a # in front";
	report_at(p->report, &f,
		"this line names no process type and is ignored, as by "
		"Heroku; its newer builders refuse it: %.*s",
		(int)n, s);
	if (p->pf->bad_line == 0)
		p->pf->bad_line = p->line;
}

static int
take_entry(struct parser *p, const char *line, const char *name, size_t n_name,
	const char *rest, const char *end)
{
	struct finding f = here(p, "error", "procfile-empty-command");

	while (rest < end && is_blank(*rest))
		rest++;
	if (rest == end) {
		report_at(p->report, &f,
			"the process type \"%.*s\" has no command", (int)n_name,
			name);
		if (p->pf->bad_line == 0)
			p->pf->bad_line = p->line;
		return 0;
	}
	return add_entry(p, name, n_name, rest, (size_t)(end - rest),
		(unsigned)(rest - line) + 1);
}

/* What stands between the name and the command is not one everybody takes. */
static void
check_form(struct parser *p, const char *line, const char *name,
	const char *colon, const char *rest, const char *end)
{
	struct finding f = here(p, "note", "procfile-form");

	if (name > line)
		report_at(p->report, &f,
			"blanks in front of a process type: foreman ignores "
			"such a line");
	if (colon != NULL && rest < end && !is_blank(*rest))
		report_at(p->report, &f,
			"no blank after the colon: older Heroku builders "
			"ignore such a line");
	f.level = "warning";
	if (colon != NULL && is_blank(colon[-1]))
		report_at(p->report, &f,
			"a blank in front of the colon: foreman ignores such "
			"a line and newer Heroku builders refuse it");
	if (colon == NULL)
		report_at(p->report, &f,
			"no colon after the process type: foreman ignores "
			"such a line and newer Heroku builders refuse it");
}

static int
take_line(struct parser *p, const char *line, size_t n)
{
	const char *end = line + n, *name = line, *s, *colon = NULL;
	size_t n_name;

	while (end > line && is_blank(end[-1]))
		end--;
	while (name < end && is_blank(*name))
		name++;
	if (name == end || *name == '#')
		return 0;
	for (s = name; s < end && is_name_char(*s);)
		s++;
	n_name = (size_t)(s - name);
	while (s < end && is_blank(*s))
		s++;
	if (n_name > 0 && s < end && *s == ':')
		colon = s++;
	else if (n_name == 0 || s == name + n_name ||
		 !is_colonless(name, n_name, s, (size_t)(end - s))) {
		report_bad_line(p, name, (size_t)(end - name));
		return 0;
	}
	check_form(p, line, name, colon, s, end);
	return take_entry(p, line, name, n_name, s, end);
}

/* Where text is no text: its position, for people. */
static void
say_position(const char *file, const char *text, size_t at, const char *what)
{
	unsigned line = 1, column = 1;

	for (size_t i = 0; i < at; i++, column++)
		if (text[i] == '\n') {
			line++;
			column = 0;
		}
	msg_at(file, line, column, "%s", what);
}

static int
check_text(const char *text, size_t len, const char *file)
{
	const char *nul = len > 0 ? memchr(text, '\0', len) : NULL;
	size_t bad;

	if (nul != NULL) {
		say_position(file, text, (size_t)(nul - text),
			"a NUL byte: this is no text");
		return -1;
	}
	if (utf8_check(text, len, &bad) == -1) {
		say_position(file, text, bad, "a byte that is no UTF-8");
		return -1;
	}
	return 0;
}

static void
say_cr(struct parser *p)
{
	struct finding f = here(p, "warning", "procfile-line-end");

	if (p->said_cr)
		return;
	p->said_cr = true;
	report_at(p->report, &f,
		"a carriage return alone ends this line, as on Heroku; "
		"foreman reads on");
}

int
procfile_parse(const char *text, size_t len, const char *file, struct report *r,
	struct procfile *pf)
{
	struct parser p = {pf, r, file, 1, false};
	size_t i = 0;

	memset(pf, 0, sizeof(*pf));
	if (check_text(text, len, file) == -1)
		return -1;
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		struct finding f = here(&p, "note", "procfile-bom");
		report_at(r, &f,
			"a byte order mark is left out; foreman "
			"would ignore the first line for it");
		i = 3;
	}
	while (i < len) {
		size_t end = i;
		while (end < len && text[end] != '\n' && text[end] != '\r')
			end++;
		if (take_line(&p, text + i, end - i) == -1)
			goto err;
		if (end + 1 < len && text[end] == '\r' && text[end + 1] == '\n')
			end++;
		else if (end + 1 < len && text[end] == '\r')
			say_cr(&p);
		p.line++;
		i = end + 1;
	}
	return 0;

err:
	msg_error("%s: out of memory", file);
	procfile_fini(pf);
	return -1;
}
