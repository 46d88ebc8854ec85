#include "shellcmd.h"

#include "buf.h"
#include "mem.h"
#include "shellscan.h"
#include "shellword.h"
#include "shlex.h"

static void
fini_simple(struct shellcmd_simple *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->word[i].text);
	free(s->word);
}

void
shellcmd_fini(struct shellcmd *c)
{
	for (size_t i = 0; i < c->n; i++)
		fini_simple(&c->simple[i]);
	for (size_t i = 0; i < c->n_vars; i++) {
		free(c->var[i].name);
		free(c->var[i].fallback);
	}
	free(c->simple);
	free(c->var);
	free(c->text);
	free(c->exec_path);
	memset(c, 0, sizeof(*c));
}

/* The word that names the program of a simple command, or NULL. */
static const struct shellcmd_word *
command_word(const struct shellcmd_simple *s)
{
	return s->n > s->n_assigned ? &s->word[s->n_assigned] : NULL;
}

static void
look_at_command(struct shellcmd *c, const struct shellcmd_simple *s)
{
	const struct shellcmd_word *w = command_word(s);

	if (s->n_assigned > 0)
		c->flags |= SHELLCMD_ENV_PREFIX;
	if (w == NULL)
		return;
	switch (shellword_kind(w->text)) {
	case SHELLWORD_BASH_RESERVED:
		c->flags |= SHELLCMD_BASH | SHELLCMD_COMPOUND;
		break;
	case SHELLWORD_RESERVED:
		c->flags |= SHELLCMD_COMPOUND;
		break;
	case SHELLWORD_BASH_BUILTIN:
		c->flags |= SHELLCMD_BASH | SHELLCMD_BUILTIN;
		break;
	case SHELLWORD_BUILTIN:
		c->flags |= SHELLCMD_BUILTIN;
		break;
	case SHELLWORD_PROGRAM:
		break;
	}
	if (is_shellword_bash_use(s))
		c->flags |= SHELLCMD_BASH;
}

/*
 * Where "exec" may stand: in front of the program of the last simple command,
 * if that is the shell's last act and no pipeline, trap or background job
 * makes the shell's own life matter.
 */
static void
find_exec(struct shellcmd *c)
{
	const struct shellcmd_simple *last = NULL;
	const struct shellcmd_word *w;

	if (c->flags &
		(SHELLCMD_COMPOUND | SHELLCMD_BROKEN | SHELLCMD_BACKGROUND))
		return;
	for (size_t i = 0; i < c->n; i++) {
		w = command_word(&c->simple[i]);
		if (w != NULL && strcmp(w->text, "trap") == 0)
			return;
		if (c->simple[i].n > 0)
			last = &c->simple[i];
	}
	if (last == NULL || last->before == '|' || last->is_redirected_first)
		return;
	w = command_word(last);
	if (w == NULL || w->is_expanded ||
		shellword_kind(w->text) != SHELLWORD_PROGRAM)
		return;
	c->exec_at = w->at;
	c->has_exec_at = true;
}

/* `exec program ...` alone is the program without a shell. */
static int
find_exec_path(struct shellcmd *c)
{
	static const unsigned but_builtin =
		SHELLCMD_NEEDS_SHELL & ~(unsigned)SHELLCMD_BUILTIN;
	const struct shellcmd_simple *s = c->simple;

	if (c->n != 1 || (c->flags & (but_builtin | SHELLCMD_BROKEN)) ||
		s->n < 2 || strcmp(s->word[0].text, "exec") != 0 ||
		s->word[1].text[0] == '-')
		return 0;
	c->exec_path = mem_dup(c->text + s->word[1].at, c->end - s->word[1].at);
	return c->exec_path == NULL ? -1 : 0;
}

int
shellcmd_parse(const char *text, struct shellcmd *c)
{
	memset(c, 0, sizeof(*c));
	if ((c->text = mem_strdup(text)) == NULL)
		return -1;
	if (shellscan_run(c) == -1)
		goto err;
	for (size_t i = 0; i < c->n; i++)
		look_at_command(c, &c->simple[i]);
	for (size_t i = 0; i < c->n_vars; i++)
		if (is_shellword_bash_var(c->var[i].name))
			c->flags |= SHELLCMD_BASH;
	find_exec(c);
	if (find_exec_path(c) == -1)
		goto err;
	return 0;

err:
	shellcmd_fini(c);
	return -1;
}

bool
is_shellcmd_plain(const struct shellcmd *c)
{
	return c->exec_path != NULL ||
	       (c->flags & (SHELLCMD_NEEDS_SHELL | SHELLCMD_BASH |
				   SHELLCMD_BROKEN)) == 0;
}

bool
is_shellcmd_empty(const struct shellcmd *c)
{
	return c->end == 0;
}

int
shellcmd_put(const struct shellcmd *c, struct buf *b)
{
	struct buf script = BUF_INIT;
	int rc = -1;

	if (c->exec_path != NULL)
		return buf_puts(b, c->exec_path);
	if (is_shellcmd_plain(c))
		return buf_append(b, c->text, c->end);
	if (c->has_exec_at) {
		if (buf_append(&script, c->text, c->exec_at) == -1 ||
			buf_puts(&script, "exec ") == -1 ||
			buf_append(&script, c->text + c->exec_at,
				c->end - c->exec_at) == -1)
			goto out;
	} else if (buf_append(&script, c->text, c->end) == -1)
		goto out;
	if (buf_puts(b, c->flags & SHELLCMD_BASH ? "bash -c "
						 : "/bin/sh -c ") == -1)
		goto out;
	rc = shlex_quote(b, buf_str(&script));

out:
	buf_fini(&script);
	return rc;
}

const char *
shellcmd_why(const struct shellcmd *c)
{
	static const struct {
		unsigned flag;
		const char *words;
	} why[] = {
		{SHELLCMD_VARIABLE, "it uses a variable"},
		{SHELLCMD_SUBSTITUTION, "it substitutes a command's output"},
		{SHELLCMD_LIST, "it is a list of commands"},
		{SHELLCMD_PIPE, "it is a pipeline"},
		{SHELLCMD_REDIRECT, "it redirects"},
		{SHELLCMD_ENV_PREFIX, "it sets a variable for the command"},
		{SHELLCMD_BUILTIN, "it uses a command of the shell itself"},
		{SHELLCMD_COMPOUND, "it is a compound command"},
		{SHELLCMD_GLOB, "it uses a file name pattern"},
		{SHELLCMD_TILDE, "it uses a home directory"},
		{SHELLCMD_QUOTING, "its quoting is the shell's"},
		{SHELLCMD_BROKEN, "its quotes do not match"},
	};

	for (size_t i = 0; i < sizeof(why) / sizeof(why[0]); i++)
		if (c->flags & why[i].flag)
			return why[i].words;
	return "";
}

const char *
shellcmd_program(const struct shellcmd_simple *s)
{
	const struct shellcmd_word *w = command_word(s);
	const char *slash;

	if (w == NULL)
		return NULL;
	slash = strrchr(w->text, '/');
	return slash != NULL && slash[1] != '\0' ? slash + 1 : w->text;
}

const char *
shellcmd_inner(const struct shellcmd_simple *s)
{
	static const char *const shells[] = {"sh", "bash", "dash", "ash"};
	const char *name = shellcmd_program(s);
	size_t i;

	if (name == NULL)
		return NULL;
	for (i = 0; i < sizeof(shells) / sizeof(shells[0]); i++)
		if (strcmp(name, shells[i]) == 0)
			break;
	if (i == sizeof(shells) / sizeof(shells[0]))
		return NULL;
	for (i = s->n_assigned + 1; i + 1 < s->n; i++) {
		const char *option = s->word[i].text;
		size_t n = strlen(option);
		if (option[0] != '-')
			return NULL;
		if (option[1] != '-' && n > 1 && option[n - 1] == 'c')
			return s->word[i + 1].text;
	}
	return NULL;
}
