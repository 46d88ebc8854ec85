/* What a shell expands: variables and substitutions, kept as written. */
#include "shellexpand.h"

#include <ctype.h>

#include "buf.h"
#include "mem.h"
#include "shellcmd.h"
#include "shellscan.h"

static int
is_name_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static int
add_var(struct shellscan *z, size_t at, size_t n, const char *fallback,
	size_t n_fallback)
{
	struct shellcmd *c = z->c;
	struct shellcmd_var *v = mem_resize(c->var, c->n_vars + 1, sizeof(*v));

	if (v == NULL)
		return -1;
	c->var = v;
	v += c->n_vars;
	v->at = at;
	v->fallback = NULL;
	if ((v->name = mem_dup(z->s + at, n)) == NULL)
		return -1;
	c->n_vars++;
	if (fallback != NULL &&
		(v->fallback = mem_dup(fallback, n_fallback)) == NULL)
		return -1;
	return 0;
}

/* The offset after what closes ${open} at s[i]; 0 if nothing does. */
size_t
shellexpand_close(const char *s, size_t i, char open, char close)
{
	size_t depth = 0;
	char quote = 0;

	for (; s[i] != '\0'; i++) {
		if (s[i] == '\\' && quote != '\'') {
			if (s[++i] == '\0')
				return 0;
		} else if (quote != 0) {
			if (s[i] == quote)
				quote = 0;
		} else if (s[i] == '\'' || s[i] == '"')
			quote = s[i];
		else if (s[i] == open)
			depth++;
		else if (s[i] == close && --depth == 0)
			return i + 1;
	}
	return 0;
}

/* Variables inside a command substitution, found without its grammar. */
static int
take_inner_vars(struct shellscan *z, size_t i, size_t end)
{
	const char *s = z->s;
	char quote = 0;

	for (; i < end; i++) {
		if (s[i] == '\'' && quote != '"')
			quote = quote == '\'' ? 0 : '\'';
		else if (s[i] == '"' && quote != '\'')
			quote = quote == '"' ? 0 : '"';
		if (quote == '\'')
			continue;
		if (s[i] == '\\') {
			i++;
			continue;
		}
		if (s[i] != '$')
			continue;
		size_t at = i + 1 + (s[i + 1] == '{'), n = 0;
		while (at + n < end && is_name_char(s[at + n]))
			n++;
		if (n > 0 && !isdigit((unsigned char)s[at]) &&
			add_var(z, at, n, NULL, 0) == -1)
			return -1;
	}
	return 0;
}

/* ${...}: its name, its default, and what only bash has. s[i] is '{'. */
static int
take_brace_var(struct shellscan *z, size_t i, size_t end)
{
	const char *s = z->s;
	size_t at = i + 1, n = 0;

	if (s[at] == '#' && is_name_char(s[at + 1]))
		at++;
	if (s[at] == '!') {
		z->c->flags |= SHELLCMD_BASH;
		at++;
	}
	while (is_name_char(s[at + n]))
		n++;
	const char *op = s + at + n;
	if (strchr("/^,@[", *op) != NULL ||
		(*op == ':' && strchr("-=?+", op[1]) == NULL))
		z->c->flags |= SHELLCMD_BASH;
	if (n == 0)
		return 0;
	if (*op == ':')
		op++;
	if (*op != '-' && *op != '=')
		return add_var(z, at, n, NULL, 0);
	op++;
	if (add_var(z, at, n, op, (size_t)(s + end - 1 - op)) == -1)
		return -1;
	return take_inner_vars(z, (size_t)(op - s), end - 1);
}

int
shellexpand_raw(struct shellscan *z, size_t end)
{
	int rc = buf_append(z->word, z->s + z->i, end - z->i);

	z->i = end;
	z->is_expanded = true;
	return rc;
}

int
shellexpand_broken(struct shellscan *z)
{
	z->c->flags |= SHELLCMD_BROKEN;
	return shellexpand_raw(z, z->i + strlen(z->s + z->i));
}

/* An expansion at s[i] == '$' or '`', kept as it is written. */
int
shellexpand_take(struct shellscan *z, bool in_quotes)
{
	const char *s = z->s;
	size_t i = z->i, end;

	if (s[i] == '`') {
		const char *close = strchr(s + i + 1, '`');
		z->c->flags |= SHELLCMD_SUBSTITUTION;
		if (close == NULL)
			return shellexpand_broken(z);
		end = (size_t)(close - s) + 1;
		if (take_inner_vars(z, i + 1, end) == -1)
			return -1;
		return shellexpand_raw(z, end);
	}
	if (s[i + 1] == '(') {
		z->c->flags |= SHELLCMD_SUBSTITUTION;
		if ((end = shellexpand_close(s, i + 1, '(', ')')) == 0)
			return shellexpand_broken(z);
		if (take_inner_vars(z, i + 2, end) == -1)
			return -1;
		return shellexpand_raw(z, end);
	}
	if (s[i + 1] == '{') {
		z->c->flags |= SHELLCMD_VARIABLE;
		if ((end = shellexpand_close(s, i + 1, '{', '}')) == 0)
			return shellexpand_broken(z);
		if (take_brace_var(z, i + 1, end) == -1)
			return -1;
		return shellexpand_raw(z, end);
	}
	if (is_name_char(s[i + 1])) {
		size_t n = 1;
		z->c->flags |= SHELLCMD_VARIABLE;
		if (!isdigit((unsigned char)s[i + 1])) {
			while (is_name_char(s[i + 1 + n]))
				n++;
			if (add_var(z, i + 1, n, NULL, 0) == -1)
				return -1;
		}
		return shellexpand_raw(z, i + 1 + n);
	}
	if (s[i + 1] != '\0' && strchr("@*#?$!-", s[i + 1]) != NULL) {
		z->c->flags |= SHELLCMD_VARIABLE;
		return shellexpand_raw(z, i + 2);
	}
	if (!in_quotes && (s[i + 1] == '\'' || s[i + 1] == '"'))
		z->c->flags |= SHELLCMD_BASH | SHELLCMD_QUOTING;
	z->i++;
	return buf_putc(z->word, '$');
}
