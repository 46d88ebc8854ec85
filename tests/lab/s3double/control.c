#include "control.h"
#include "buf.h"
#include "must.h"
#include "str.h"

struct rule {
	struct pairs words;
	long long seen, used;
};

static const char *const actions[] = {"status", "error200", "done", "lost",
	"reset", "cut", "stall", "delay", "corrupt", "short", "notoken",
	"repeat", "unordered", "hide", "empty", NULL};

static void
set(struct pairs *p, const struct pair *new)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (strcmp(p->item[i].name, new->name) == 0) {
			free(p->item[i].value);
			p->item[i].value = must_strdup(new->value);
			p->item[i].value_len = new->value_len;
			return;
		}
	pairs_add(p, new->name, new->value);
}

void
control_init(struct control *c)
{
	memset(c, 0, sizeof(*c));
	must(control_take(c, "set region=auto page=1000 min-part=5242880 "
			     "equal-parts=1 clock=0 tags=1 acl=1 checksums=1 "
			     "conditions=1 copy=1 space=plus encoding=1"));
}

static void
clear(struct control *c)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		pairs_fini(&c->rule[i].words);
	c->n = 0;
}

/* "a=b c=d"; values as in a query, so that they may hold blanks. */
static int
parse_words(struct pairs *p, const char *s, size_t n)
{
	char *line = must_dup(s, n), *at;
	int rc;

	for (at = line; (at = strchr(at, ' ')) != NULL;)
		*at = '&';
	rc = pairs_parse_query(p, line, 0);
	free(line);
	return rc;
}

static int
take_line(struct control *c, const char *s, size_t n)
{
	struct pairs words = {NULL, 0};
	const char *what;
	size_t i;

	if (parse_words(&words, s, n))
		goto bad;
	if (words.n == 0)
		return 0;
	if (strcmp(words.item[0].name, "clear") == 0) {
		clear(c);
	} else if (strcmp(words.item[0].name, "set") == 0) {
		for (i = 1; i < words.n; i++)
			set(&c->settings, &words.item[i]);
	} else if (strcmp(words.item[0].name, "fault") == 0) {
		what = pairs_get(&words, "do");
		if (what == NULL || !is_str_one_of(what, actions) ||
			pairs_get(&words, "op") == NULL)
			goto bad;
		c->rule = must_resize(c->rule, c->n + 1, sizeof(*c->rule));
		c->rule[c->n++] = (struct rule){.words = words};
		return 0;
	} else {
		goto bad;
	}
	pairs_fini(&words);
	return 0;

bad:
	pairs_fini(&words);
	return -1;
}

int
control_take(struct control *c, const char *text)
{
	while (*text != '\0') {
		size_t n = strcspn(text, "\n");

		if (take_line(c, text, n))
			return -1;
		text += n + (text[n] == '\n');
	}
	return 0;
}

static bool
is_for(struct rule *r, const char *op, const char *key)
{
	const char *want_op = pairs_get(&r->words, "op");
	const char *want_key = pairs_get(&r->words, "key");
	const char *what = pairs_get(&r->words, "do");
	long long every = pairs_number(&r->words, "every", 1);
	long long times = pairs_number(&r->words, "times", -1);

	if (!is_str_glob(want_op, op))
		return false;
	if (want_key != NULL && strcmp(what, "hide") != 0 &&
		(key == NULL || strstr(key, want_key) == NULL))
		return false;
	r->seen++;
	if (r->seen <= pairs_number(&r->words, "skip", 0) ||
		r->seen % (every > 0 ? every : 1) != 0 ||
		(times >= 0 && r->used >= times))
		return false;
	r->used++;
	return true;
}

void
control_fault(
	struct control *c, const char *op, const char *key, struct fault *f)
{
	size_t i;

	f->what = "";
	f->words = (struct pairs){NULL, 0};
	for (i = 0; i < c->n; i++)
		if (is_for(&c->rule[i], op, key)) {
			struct buf name = BUF_INIT;

			pairs_copy(&f->words, &c->rule[i].words);
			f->what = pairs_get(&f->words, "do");
			must(buf_printf(&name, "fault.%s", f->what));
			control_count(c, name.data, 1);
			buf_fini(&name);
			return;
		}
}

void
fault_fini(struct fault *f)
{
	pairs_fini(&f->words);
	f->what = "";
}

bool
is_fault(const struct fault *f, const char *what)
{
	return strcmp(f->what, what) == 0;
}

static unsigned long long *
counter(struct control *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->counters.n; i++)
		if (strcmp(c->counters.item[i].name, name) == 0)
			return &c->count[i];
	pairs_add(&c->counters, name, "");
	c->count = must_resize(c->count, c->counters.n, sizeof(*c->count));
	c->count[i] = 0;
	return &c->count[i];
}

void
control_count(struct control *c, const char *name, unsigned long long n)
{
	*counter(c, name) += n;
}

void
control_peak(struct control *c, const char *name, unsigned long long n)
{
	unsigned long long *at = counter(c, name);

	if (*at < n)
		*at = n;
}

void
control_put(const struct control *c, struct buf *out)
{
	size_t i;

	must(buf_putc(out, '{'));
	for (i = 0; i < c->counters.n; i++)
		must(buf_printf(out, "%s\"%s\":%llu", i > 0 ? "," : "",
			c->counters.item[i].name, c->count[i]));
	must(buf_puts(out, "}\n"));
}

void
control_zero(struct control *c)
{
	pairs_fini(&c->counters);
}

bool
control_admit(struct control *c, double now)
{
	double rate = (double)pairs_number(&c->settings, "rate", 0);
	long long at_once = pairs_number(&c->settings, "concurrent", 0);

	if (at_once > 0 && c->in_flight > at_once)
		return false;
	if (rate <= 0)
		return true;
	/* a fifth of a second's worth may come at once */
	c->allowance += (now - c->filled_at) * rate;
	if (c->allowance > rate / 5)
		c->allowance = rate / 5 > 1 ? rate / 5 : 1;
	c->filled_at = now;
	if (c->allowance < 1)
		return false;
	c->allowance--;
	return true;
}
