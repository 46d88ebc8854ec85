#ifndef SHELLCMD_H
#define SHELLCMD_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/*
 * What a shell command line means, as far as a converter must know it: a
 * platform that ran it with `bash -c` gives it to one that splits it into
 * words without a shell (shlex.h).
 */

enum shellcmd_flag {
	SHELLCMD_VARIABLE = 1 << 0,     /* $NAME, ${...} */
	SHELLCMD_SUBSTITUTION = 1 << 1, /* $(...), `...`, $((...)) */
	SHELLCMD_LIST = 1 << 2,         /* && || ; & or a line break */
	SHELLCMD_PIPE = 1 << 3,
	SHELLCMD_REDIRECT = 1 << 4,
	SHELLCMD_GLOB = 1 << 5, /* * ? [ or {a,b}, unquoted */
	SHELLCMD_TILDE = 1 << 6,
	SHELLCMD_ENV_PREFIX = 1 << 7, /* NAME=value command */
	SHELLCMD_BUILTIN = 1 << 8,    /* cd, export, exec ... */
	SHELLCMD_COMPOUND = 1 << 9,   /* if, { }, ( ), functions ... */
	SHELLCMD_QUOTING = 1 << 10, /* quoted text that shlex reads otherwise */
	/* the ones above need a shell */
	SHELLCMD_BASH = 1 << 11,           /* something only bash understands */
	SHELLCMD_COMMENT = 1 << 12,        /* it ends in a comment */
	SHELLCMD_BROKEN = 1 << 13,         /* an open quote or substitution */
	SHELLCMD_ESCAPED_DOLLAR = 1 << 14, /* \$, which is no variable */
	SHELLCMD_BACKGROUND = 1 << 15
};

#define SHELLCMD_NEEDS_SHELL 0x7ff

struct shellcmd_word {
	char *text; /* without its quotes; expansions stay as written */
	size_t at;  /* where it begins in the command */
	bool is_expanded;
};

/* One simple command: assignments, then words; redirections left out. */
struct shellcmd_simple {
	struct shellcmd_word *word;
	size_t n;
	size_t n_assigned; /* the first words that are NAME=value */
	char before;       /* 0, '&' (&&), '|' (pipe), 'o' (||), ';', '(' ... */
	bool is_redirected_first;
};

struct shellcmd_var {
	char *name;
	char *fallback; /* of ${NAME:-fallback}, or NULL */
	size_t at;      /* where the name begins in the command */
};

struct shellcmd {
	char *text;
	unsigned flags;
	struct shellcmd_simple *simple;
	size_t n;
	struct shellcmd_var *var;
	size_t n_vars;
	size_t end; /* where the command ends: before a comment or blanks */
	char *exec_path; /* not NULL: it is `exec` and this plain command */
	bool has_exec_at;
	size_t exec_at; /* where "exec " may be put in front of a word so that
			 * the last program gets the signals */
};

/* shellcmd_parse(text, c): analyse. 0, or -1 (ENOMEM) with ${c} empty. */
int shellcmd_parse(const char *text, struct shellcmd *c);
void shellcmd_fini(struct shellcmd *c);

/* is_shellcmd_plain(c): whether it means the same without a shell. */
bool is_shellcmd_plain(const struct shellcmd *c);

/* is_shellcmd_empty(c): whether there is nothing to run. */
bool is_shellcmd_empty(const struct shellcmd *c);

/*
 * shellcmd_put(c, b): append the command as a line that is split without a
 * shell: as it is where that means the same, else "/bin/sh -c '...'" (or bash
 * where it must be), with "exec" where it is safe. 0 or -1 (ENOMEM).
 */
int shellcmd_put(const struct shellcmd *c, struct buf *b);

/* shellcmd_why(c): what needs a shell, in a few words; "" if nothing. */
const char *shellcmd_why(const struct shellcmd *c);

/*
 * shellcmd_inner(s): the script of a simple command `sh -c SCRIPT`, borrowed;
 * NULL if it is no such command.
 */
const char *shellcmd_inner(const struct shellcmd_simple *s);

/*
 * shellcmd_program(s): the word that names the program, without its folder;
 * NULL if there is none.
 */
const char *shellcmd_program(const struct shellcmd_simple *s);

#endif
