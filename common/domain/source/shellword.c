#include "shellword.h"

#include <ctype.h>

#include "shellcmd.h"

static bool
is_in(const char *s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (*s == *list[i] && strcmp(s, list[i]) == 0)
			return true;
	return false;
}

#define IS_IN(s, list) is_in(s, list, sizeof(list) / sizeof((list)[0]))

enum shellword_kind
shellword_kind(const char *s)
{
	static const char *const reserved[] = {"if", "then", "elif", "else",
		"fi", "for", "while", "until", "do", "done", "case", "esac",
		"{", "}", "!"};
	static const char *const bash_reserved[] = {
		"[[", "]]", "function", "select", "coproc", "time"};
	static const char *const builtin[] = {"cd", "export", ".", "exec",
		"eval", "set", "unset", "trap", "ulimit", "umask", "wait",
		"exit", "return", "shift", "alias", "command", ":", "read",
		"readonly", "local", "type", "hash", "jobs", "fg", "bg",
		"times", "getopts", "break", "continue", "unalias"};
	static const char *const bash_builtin[] = {"source", "declare",
		"typeset", "shopt", "pushd", "popd", "dirs", "let", "builtin",
		"enable", "mapfile", "readarray", "disown", "caller", "compgen",
		"complete", "suspend"};

	if (IS_IN(s, reserved))
		return SHELLWORD_RESERVED;
	if (IS_IN(s, bash_reserved))
		return SHELLWORD_BASH_RESERVED;
	if (IS_IN(s, builtin))
		return SHELLWORD_BUILTIN;
	if (IS_IN(s, bash_builtin))
		return SHELLWORD_BASH_BUILTIN;
	return SHELLWORD_PROGRAM;
}

bool
is_shellword_assignment(const char *s)
{
	if (!isalpha((unsigned char)*s) && *s != '_')
		return false;
	while (isalnum((unsigned char)*s) || *s == '_')
		s++;
	return *s == '=' || (s[0] == '+' && s[1] == '=');
}

bool
is_shellword_bash_var(const char *name)
{
	static const char *const vars[] = {"RANDOM", "SRANDOM", "SECONDS",
		"EPOCHSECONDS", "EPOCHREALTIME", "PIPESTATUS", "FUNCNAME",
		"UID", "EUID", "GROUPS", "HOSTNAME", "HOSTTYPE", "MACHTYPE",
		"OSTYPE", "SHLVL", "SHELLOPTS", "DIRSTACK", "REPLY"};

	return strncmp(name, "BASH", 4) == 0 || IS_IN(name, vars);
}

bool
is_shellword_bash_use(const struct shellcmd_simple *s)
{
	const struct shellcmd_word *w = s->word + s->n_assigned;
	size_t n = s->n - s->n_assigned;

	if (n == 0)
		return false;
	const char *name = w[0].text;
	for (size_t i = 1; i < n; i++) {
		const char *a = w[i].text;
		if (strcmp(name, "echo") == 0 &&
			(strchr(a, '\\') != NULL || strcmp(a, "-e") == 0))
			return true;
		if (strcmp(name, "set") == 0 && strcmp(a, "pipefail") == 0)
			return true;
		if ((strcmp(name, "[") == 0 || strcmp(name, "test") == 0) &&
			(strcmp(a, "==") == 0 || strcmp(a, "=~") == 0))
			return true;
		if (strcmp(name, "exec") == 0 && i == 1 && a[0] == '-' &&
			a[1] != '-')
			return true;
		if (strcmp(name, "read") == 0 && a[0] == '-' &&
			strcmp(a, "-r") != 0)
			return true;
		if (strcmp(name, "wait") == 0 && strcmp(a, "-n") == 0)
			return true;
		if (strcmp(name, "export") == 0 && strcmp(a, "-f") == 0)
			return true;
		if (strcmp(name, "printf") == 0 &&
			((i == 1 && strcmp(a, "-v") == 0) ||
				(i == 1 && strstr(a, "%q") != NULL)))
			return true;
		if (strcmp(name, "trap") == 0 &&
			(strcmp(a, "ERR") == 0 || strcmp(a, "DEBUG") == 0 ||
				strcmp(a, "RETURN") == 0 ||
				strncmp(a, "SIG", 3) == 0))
			return true;
	}
	return false;
}
