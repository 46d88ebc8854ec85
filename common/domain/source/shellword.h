#ifndef SHELLWORD_H
#define SHELLWORD_H

#include <stdbool.h>

struct shellcmd;
struct shellcmd_simple;

/* What the words of the shell language are; the parts of shellcmd. */

enum shellword_kind {
	SHELLWORD_PROGRAM,
	SHELLWORD_BUILTIN,  /* has no program of its own */
	SHELLWORD_RESERVED, /* if, {, ! ... */
	SHELLWORD_BASH_BUILTIN,
	SHELLWORD_BASH_RESERVED
};

/* shellword_kind(s): what ${s} is where a command is expected. */
enum shellword_kind shellword_kind(const char *s);

/* is_shellword_assignment(s, is_array): NAME=... or NAME+=... */
bool is_shellword_assignment(const char *s);

/* is_shellword_bash_var(name): a variable that only bash sets. */
bool is_shellword_bash_var(const char *name);

/* is_shellword_bash_use(s): whether this simple command of known utilities
 * uses an option or operator that a POSIX shell lacks. */
bool is_shellword_bash_use(const struct shellcmd_simple *s);

#endif
