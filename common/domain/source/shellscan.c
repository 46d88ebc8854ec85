#include "shellscan.h"

#include "buf.h"
#include "mem.h"
#include "shellcmd.h"
#include "shellexpand.h"
#include "shellword.h"

static int
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The innermost simple command, begun if there is none. */
static struct shellcmd_simple *
current(struct shellscan *z)
{
	struct shellcmd *c = z->c;
	struct shellcmd_simple *s;

	if (!z->is_start && c->n > 0)
		return &c->simple[c->n - 1];
	s = mem_resize(c->simple, c->n + 1, sizeof(*s));
	if (s == NULL)
		return NULL;
	c->simple = s;
	s += c->n++;
	memset(s, 0, sizeof(*s));
	s->before = z->before;
	z->is_start = false;
	return s;
}

static int
end_word(struct shellscan *z)
{
	struct shellcmd_simple *s;
	struct shellcmd_word *w;

	if (!z->is_word)
		return 0;
	z->is_word = false;
	z->c->end = z->i;
	if (z->is_target) {
		z->is_target = false;
		buf_clear(z->word);
		return 0;
	}
	if ((s = current(z)) == NULL)
		return -1;
	w = mem_resize(s->word, s->n + 1, sizeof(*w));
	if (w == NULL)
		return -1;
	s->word = w;
	w += s->n;
	if ((w->text = mem_dup(buf_str(z->word), z->word->len)) == NULL)
		return -1;
	w->at = z->word_at;
	w->is_expanded = z->is_expanded;
	if (s->n == s->n_assigned && is_shellword_assignment(w->text) &&
		!z->is_quoted)
		s->n_assigned++;
	s->n++;
	buf_clear(z->word);
	return 0;
}

static void
end_command(struct shellscan *z, char operator_)
{
	z->before = operator_;
	z->is_start = true;
	z->is_target = false;
}

static int
take_single_quoted(struct shellscan *z)
{
	const char *end = strchr(z->s + z->i + 1, '\'');

	if (end == NULL)
		return shellexpand_broken(z);
	size_t at = z->i + 1;
	z->i = (size_t)(end - z->s) + 1;
	return buf_append(z->word, z->s + at, (size_t)(end - z->s) - at);
}

static int
take_double_quoted(struct shellscan *z)
{
	const char *s = z->s;

	for (z->i++; s[z->i] != '"';) {
		char c = s[z->i];
		if (c == '\0') {
			z->c->flags |= SHELLCMD_BROKEN;
			return 0;
		}
		if (c == '$' || c == '`') {
			if (shellexpand_take(z, true) == -1)
				return -1;
			continue;
		}
		if (c == '\\' && s[z->i + 1] != '\0') {
			char next = s[z->i + 1];
			if (strchr("$`\"\\", next) == NULL) {
				/* POSIX keeps this backslash, shlex not */
				z->c->flags |= SHELLCMD_QUOTING;
				if (buf_putc(z->word, '\\') == -1)
					return -1;
			}
			if (next == '$')
				z->c->flags |= SHELLCMD_ESCAPED_DOLLAR;
			z->i++;
			c = next;
		}
		z->i++;
		if (buf_putc(z->word, c) == -1)
			return -1;
	}
	z->i++;
	return 0;
}

/* {a,b} or {1..3} at s[i]: bash makes several words of it. */
static bool
is_brace_expansion(const char *s, size_t i)
{
	for (i++; s[i] != '\0' && s[i] != '}' && !is_blank(s[i]); i++)
		if (s[i] == ',' || (s[i] == '.' && s[i + 1] == '.'))
			return strchr(s + i, '}') != NULL;
	return false;
}

/* One character of a word, outside quotes. */
static int
take_char(struct shellscan *z)
{
	char c = z->s[z->i];

	if (c == '*' || c == '?' || c == '[')
		z->c->flags |= SHELLCMD_GLOB;
	if (c == '{' && is_brace_expansion(z->s, z->i))
		z->c->flags |= SHELLCMD_GLOB | SHELLCMD_BASH;
	if (c == '~' && (z->word->len == 0 ||
				(z->word->len > 0 &&
					strchr(":=", z->s[z->i - 1]) != NULL)))
		z->c->flags |= SHELLCMD_TILDE;
	if (c == '\\') {
		if (z->s[z->i + 1] == '\0') {
			z->c->flags |= SHELLCMD_BROKEN;
			z->i++;
			return 0;
		}
		c = z->s[++z->i];
		if (c == '$')
			z->c->flags |= SHELLCMD_ESCAPED_DOLLAR;
		z->is_quoted |= z->word->len == 0;
	}
	z->i++;
	return buf_putc(z->word, c);
}

static int
take_word_part(struct shellscan *z)
{
	char c = z->s[z->i];

	if (!z->is_word) {
		z->is_word = true;
		z->is_expanded = z->is_quoted = false;
		z->word_at = z->i;
	}
	if (c == '\'' || c == '"') {
		z->is_quoted |= z->word->len == 0;
		return c == '"' ? take_double_quoted(z) : take_single_quoted(z);
	}
	if (c == '$' || c == '`')
		return shellexpand_take(z, false);
	return take_char(z);
}

/* A redirection operator; ${before} it may stand a descriptor number. */
static int
take_redirect(struct shellscan *z)
{
	const char *s = z->s + z->i;
	struct shellcmd_simple *simple;
	size_t n = 1;
	char target;

	if (z->is_word &&
		buf_str(z->word)[strspn(buf_str(z->word), "0123456789")] ==
			'\0') {
		z->is_word = false;
		buf_clear(z->word);
	} else if (end_word(z) == -1)
		return -1;
	z->c->flags |= SHELLCMD_REDIRECT;
	if (s[1] == '(' || strncmp(s, "<<<", 3) == 0)
		z->c->flags |= SHELLCMD_BASH;
	if (s[1] == '(') { /* <(command): a word that is expanded */
		size_t end = shellexpand_close(z->s, z->i + 1, '(', ')');
		z->is_word = true;
		z->word_at = z->i;
		return end == 0 ? shellexpand_broken(z)
				: shellexpand_raw(z, end);
	}
	if ((simple = current(z)) == NULL)
		return -1;
	simple->is_redirected_first |= simple->n == simple->n_assigned;
	if (strncmp(s, "<<", 2) == 0 && s[2] != '<')
		z->c->flags |= SHELLCMD_COMPOUND; /* a here-document */
	while (s[n] == '<' || s[n] == '>' || s[n] == '&' || s[n] == '|')
		n++;
	if (s[n] == '-')
		n++; /* >&- and <<- */
	target = s[n + strspn(s + n, " \t")];
	if (s[n - 1] == '&' && target != '\0' &&
		strchr("0123456789$", target) == NULL)
		z->c->flags |= SHELLCMD_BASH; /* >&file */
	z->i += n;
	z->c->end = z->i;
	z->is_target = s[n - 1] != '-';
	return 0;
}

static int
take_operator(struct shellscan *z)
{
	const char *s = z->s + z->i;
	size_t n = 1;

	if (end_word(z) == -1)
		return -1;
	switch (*s) {
	case '&':
		if (s[1] == '>') { /* &>file */
			z->c->flags |= SHELLCMD_BASH;
			z->i++;
			return take_redirect(z);
		}
		n = s[1] == '&' ? 2 : 1;
		z->c->flags |= n == 2 ? SHELLCMD_LIST
				      : SHELLCMD_LIST | SHELLCMD_BACKGROUND;
		end_command(z, n == 2 ? '&' : 'b');
		break;
	case '|':
		n = s[1] == '|' || s[1] == '&' ? 2 : 1;
		if (s[1] == '&')
			z->c->flags |= SHELLCMD_BASH;
		z->c->flags |= s[1] == '|' ? SHELLCMD_LIST : SHELLCMD_PIPE;
		end_command(z, s[1] == '|' ? 'o' : '|');
		break;
	case ';':
		n = s[1] == ';' ? 2 : 1;
		if (n == 2)
			z->c->flags |= SHELLCMD_COMPOUND;
		z->c->flags |= SHELLCMD_LIST;
		end_command(z, ';');
		break;
	case '\n':
		z->c->flags |= SHELLCMD_LIST;
		end_command(z, ';');
		break;
	default: /* ( ) */
		if (*s == '(' && s[1] == '(')
			z->c->flags |= SHELLCMD_BASH;
		z->c->flags |= SHELLCMD_COMPOUND;
		end_command(z, *s);
		break;
	}
	z->i += n;
	z->c->end = z->i;
	return 0;
}

/* NAME=(...): an array of bash. */
static bool
is_array(const struct shellscan *z)
{
	return z->is_word && z->i > 0 && z->s[z->i] == '(' &&
	       z->s[z->i - 1] == '=' &&
	       is_shellword_assignment(buf_str(z->word));
}

static int
step(struct shellscan *z)
{
	char c = z->s[z->i];

	if (is_blank(c)) {
		if (end_word(z) == -1)
			return -1;
		z->i++;
		return 0;
	}
	if (c == '#' && !z->is_word) {
		z->c->flags |= SHELLCMD_COMMENT;
		z->i += strcspn(z->s + z->i, "\n");
		return 0;
	}
	if (is_array(z))
		z->c->flags |= SHELLCMD_BASH;
	if (c == '<' || c == '>')
		return take_redirect(z);
	if (strchr("&|;()\n", c) != NULL)
		return take_operator(z);
	return take_word_part(z);
}

int
shellscan_run(struct shellcmd *c)
{
	struct buf word = BUF_INIT;
	struct shellscan z = {
		.c = c, .s = c->text, .word = &word, .is_start = true};
	int rc = 0;

	while (rc == 0 && z.s[z.i] != '\0')
		rc = step(&z);
	if (rc == 0)
		rc = end_word(&z);
	buf_fini(&word);
	return rc;
}
