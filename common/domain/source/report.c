#include "report.h"

#include <stdarg.h>

#include "buf.h"
#include "fd.h"
#include "jsonw.h"
#include "mem.h"
#include "msg.h"
#include "record.h"
#include "shlex.h"
#include "status.h"

void
report_init(struct report *r)
{
	memset(r, 0, sizeof(*r));
}

static void
free_all(char **list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(list[i]);
	free(list);
}

static void
free_need(struct report_need *need)
{
	free(need->id);
	free(need->kind);
	free(need->summary);
	free(need->replaces);
	free(need->input);
	free(need->crontab);
	free_all(need->variable, need->n_variables);
	free_all(need->group, need->n_groups);
	free(need->count);
	for (size_t i = 0; i < need->n_commands; i++)
		free_all(need->command[i].word, need->command[i].n);
	free(need->command);
	free(need);
}

static void
free_finding(struct report_finding *f)
{
	free(f->level);
	free(f->rule);
	free(f->message);
	free(f->file);
	free(f->fix);
}

void
report_fini(struct report *r)
{
	for (size_t i = 0; i < r->n_findings; i++)
		free_finding(&r->finding[i]);
	for (size_t i = 0; i < r->n_needs; i++)
		free_need(r->need[i]);
	free(r->finding);
	free(r->need);
	report_init(r);
}

void
report_set(struct report *r, char **slot, const char *s)
{
	char *copy = NULL;

	if (s != NULL && (copy = mem_strdup(s)) == NULL) {
		r->failed = 1;
		return;
	}
	free(*slot);
	*slot = copy;
}

void
report_add(struct report *r, const struct finding *f)
{
	struct report_finding *item;

	item = mem_resize(r->finding, r->n_findings + 1, sizeof(*item));
	if (item == NULL) {
		r->failed = 1;
		return;
	}
	r->finding = item;
	item += r->n_findings++;
	memset(item, 0, sizeof(*item));
	report_set(r, &item->level, f->level);
	report_set(r, &item->rule, f->rule);
	report_set(r, &item->message, f->message);
	report_set(r, &item->file, f->file);
	report_set(r, &item->fix, f->fix);
	item->line = f->line;
	item->column = f->column;
}

/* One line, whatever was formatted into it. */
static void
flatten(struct buf *b)
{
	for (size_t i = 0; i < b->len; i++)
		if ((unsigned char)b->data[i] < 0x20 || b->data[i] == 0x7f)
			b->data[i] = ' ';
}

void
report_at(struct report *r, const struct finding *f, const char *fmt, ...)
{
	struct buf text = BUF_INIT;
	struct finding copy = *f;
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = buf_vprintf(&text, fmt, ap);
	va_end(ap);
	if (rc == -1)
		r->failed = 1;
	else {
		flatten(&text);
		copy.message = buf_str(&text);
		report_add(r, &copy);
	}
	buf_fini(&text);
}

static struct report_need *add_need(struct report *r, const char *kind,
	const char *id, const char *fmt, va_list ap)
	__attribute__((format(printf, 4, 0)));

static struct report_need *
add_need(struct report *r, const char *kind, const char *id, const char *fmt,
	va_list ap)
{
	struct buf text = BUF_INIT;
	struct report_need *need = mem_zalloc(1, sizeof(*need)), **list;

	list = mem_resize(r->need, r->n_needs + 1, sizeof(*list));
	if (list != NULL)
		r->need = list;
	if (need == NULL || list == NULL) {
		free(need);
		r->failed = 1;
		return NULL;
	}
	list[r->n_needs++] = need;
	report_set(r, &need->kind, kind);
	report_set(r, &need->id, id);
	if (buf_vprintf(&text, fmt, ap) == -1)
		r->failed = 1;
	else {
		flatten(&text);
		report_set(r, &need->summary, buf_str(&text));
	}
	buf_fini(&text);
	return need;
}

struct report_need *
report_need(struct report *r, const char *kind, const char *id, const char *fmt,
	...)
{
	struct report_need *need;
	va_list ap;

	va_start(ap, fmt);
	need = add_need(r, kind, id, fmt, ap);
	va_end(ap);
	return need;
}

struct report_need *
report_secret(struct report *r, const char *name, const char *app,
	const char *fmt, ...)
{
	static const char *const argv[] = {
		"fly", "secrets", "import", "--stage", NULL};
	struct buf id = BUF_INIT;
	struct report_need *need;
	va_list ap;

	if (buf_printf(&id, "secret:%s", name) == -1)
		r->failed = 1;
	va_start(ap, fmt);
	need = add_need(r, "secret", buf_str(&id), fmt, ap);
	va_end(ap);
	buf_fini(&id);
	if (need == NULL)
		return NULL;
	report_variable(r, need, name);
	report_words(r, need, argv);
	report_option(r, need, "--app", app);
	report_set(r, &need->input,
		"a line NAME=VALUE, as herokucfg2secrets writes it");
	return need;
}

struct report_need *
report_find(const struct report *r, const char *id)
{
	for (size_t i = 0; i < r->n_needs; i++)
		if (r->need[i]->id != NULL && strcmp(r->need[i]->id, id) == 0)
			return r->need[i];
	return NULL;
}

static void
append(struct report *r, char ***list, size_t *n, const char *s)
{
	char **grown = mem_resize(*list, *n + 1, sizeof(*grown));

	if (grown == NULL) {
		r->failed = 1;
		return;
	}
	*list = grown;
	if ((grown[*n] = mem_strdup(s)) == NULL)
		r->failed = 1;
	else
		(*n)++;
}

void
report_variable(struct report *r, struct report_need *need, const char *name)
{
	if (need != NULL)
		append(r, &need->variable, &need->n_variables, name);
}

void
report_count(struct report *r, struct report_need *need, const char *group,
	int64_t n)
{
	int64_t *count;

	if (need == NULL)
		return;
	count = mem_resize(need->count, need->n_groups + 1, sizeof(*count));
	if (count == NULL) {
		r->failed = 1;
		return;
	}
	need->count = count;
	count[need->n_groups] = n;
	append(r, &need->group, &need->n_groups, group);
}

void
report_command(struct report *r, struct report_need *need)
{
	struct report_argv *list;

	if (need == NULL)
		return;
	list = mem_resize(need->command, need->n_commands + 1, sizeof(*list));
	if (list == NULL) {
		r->failed = 1;
		return;
	}
	need->command = list;
	memset(&list[need->n_commands++], 0, sizeof(*list));
}

void
report_word(struct report *r, struct report_need *need, const char *s)
{
	struct report_argv *last;

	if (need == NULL || need->n_commands == 0)
		return;
	last = &need->command[need->n_commands - 1];
	append(r, &last->word, &last->n, s);
}

void
report_words(
	struct report *r, struct report_need *need, const char *const *words)
{
	report_command(r, need);
	for (; *words != NULL; words++)
		report_word(r, need, *words);
}

void
report_option(struct report *r, struct report_need *need, const char *option,
	const char *value)
{
	if (value == NULL)
		return;
	report_word(r, need, option);
	report_word(r, need, value);
}

int
report_found(void *r, const struct finding *f, const char *path)
{
	struct report *to = r;

	(void)path;
	report_add(to, f);
	return to->failed ? -1 : 0;
}

size_t
report_errors(const struct report *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_findings; i++)
		n += r->finding[i].level != NULL &&
		     strcmp(r->finding[i].level, "error") == 0;
	return n;
}

static void
put_list(struct jsonw *w, const char *key, char *const *list, size_t n)
{
	jsonw_array(w, key);
	for (size_t i = 0; i < n; i++)
		jsonw_str(w, NULL, list[i]);
	jsonw_close(w);
}

static int
put_need(const struct report_need *need, struct buf *out)
{
	struct jsonw w;

	jsonw_record(&w, out, "need");
	jsonw_str(&w, "id", need->id);
	jsonw_str(&w, "kind", need->kind);
	jsonw_str(&w, "summary", need->summary);
	if (need->is_optional)
		jsonw_bool(&w, "optional", true);
	if (need->replaces != NULL)
		jsonw_str(&w, "replaces", need->replaces);
	if (need->n_variables > 0)
		put_list(&w, "variables", need->variable, need->n_variables);
	if (need->n_groups > 0) {
		jsonw_object(&w, "counts");
		for (size_t i = 0; i < need->n_groups; i++)
			jsonw_int(&w, need->group[i], need->count[i]);
		jsonw_close(&w);
	}
	jsonw_array(&w, "commands");
	for (size_t i = 0; i < need->n_commands; i++)
		put_list(&w, NULL, need->command[i].word, need->command[i].n);
	jsonw_close(&w);
	if (need->input != NULL)
		jsonw_str(&w, "input", need->input);
	if (need->crontab != NULL)
		jsonw_str(&w, "crontab", need->crontab);
	return jsonw_end_record(&w);
}

static struct finding
view(const struct report_finding *f)
{
	return (struct finding){.level = f->level,
		.rule = f->rule,
		.message = f->message,
		.file = f->file,
		.line = f->line,
		.column = f->column,
		.fix = f->fix};
}

int
report_put(const struct report *r, struct buf *out)
{
	for (size_t i = 0; i < r->n_needs; i++)
		if (put_need(r->need[i], out) == -1)
			return -1;
	for (size_t i = 0; i < r->n_findings; i++) {
		struct finding f = view(&r->finding[i]);
		if (finding_put(out, &f) == -1)
			return -1;
	}
	return 0;
}

int
report_end(
	const struct report *r, struct buf *out, const char *tool, size_t done)
{
	const struct summary s = {.tool = tool,
		.verb = "convert",
		.ok = report_errors(r) == 0,
		.done = (int64_t)done,
		.failed = -1,
		.skipped = -1,
		.findings = (int64_t)r->n_findings,
		.bytes = -1};

	return report_put(r, out) == -1 ? -1 : summary_put(out, &s);
}

/* Whether the next need is met in the same way, so that saying it once, there,
 * is enough. */
static bool
is_said_next(const struct report *r, size_t i)
{
	const struct report_need *a = r->need[i], *b;

	if (i + 1 == r->n_needs || a->input == NULL)
		return false;
	b = r->need[i + 1];
	return b->input != NULL && a->kind != NULL && b->kind != NULL &&
	       strcmp(a->kind, b->kind) == 0 && strcmp(a->input, b->input) == 0;
}

static void
print_command(const struct report_argv *argv)
{
	struct buf line = BUF_INIT;

	for (size_t i = 0; i < argv->n; i++) {
		buf_puts(&line, i > 0 ? " " : "");
		shlex_quote(&line, argv->word[i]);
	}
	msg_note("  run: %s", buf_str(&line));
	buf_fini(&line);
}

void
report_print(const struct report *r)
{
	for (size_t i = 0; i < r->n_findings; i++) {
		struct finding f = view(&r->finding[i]);
		finding_print(&f);
	}
	for (size_t i = 0; i < r->n_needs; i++) {
		const struct report_need *need = r->need[i];
		msg_note("needs %s: %s", need->kind, need->summary);
		if (is_said_next(r, i))
			continue;
		for (size_t k = 0; k < need->n_commands; k++)
			print_command(&need->command[k]);
		if (need->input != NULL)
			msg_note("  its input: %s", need->input);
		if (need->crontab != NULL)
			msg_note("  crontab: %s", need->crontab);
	}
}

int
report_write(const struct report *r, const struct buf *records, int rc, int fd)
{
	if (records == NULL) {
		report_print(r);
	} else if (rc == -1) {
		msg_error("out of memory");
		return STATUS_TEMPORARY;
	} else if (fd_write_all(fd, records->data, records->len) == -1) {
		msg_errno("standard output");
		return STATUS_TEMPORARY;
	}
	return report_errors(r) > 0 ? STATUS_NO : STATUS_OK;
}
