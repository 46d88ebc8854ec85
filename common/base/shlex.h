#ifndef SHLEX_H
#define SHLEX_H

#include <stddef.h>

struct buf;

/*
 * Splitting a command line into words without a shell, exactly as
 * github.com/google/shlex does (flyctl splits the commands in fly.toml with
 * it): blanks are space, tab, CR and LF; '...' is literal; inside "..." a
 * backslash keeps any next character; '#' at the start of a word begins a
 * comment up to the end of the line; nothing is expanded.
 */

enum shlex_error {
	SHLEX_OK,
	SHLEX_OPEN_QUOTE,  /* end of text inside quotes */
	SHLEX_OPEN_ESCAPE, /* end of text after a backslash */
	SHLEX_NO_MEMORY
};

/*
 * shlex_split(s, words, n): the words of ${s}, a NULL-terminated vector of
 * ${*n} strings to be given to shlex_free. On an error ${*words} is NULL.
 */
enum shlex_error shlex_split(const char *s, char ***words, size_t *n);

/* shlex_free(words): free a vector of shlex_split; NULL is fine. */
void shlex_free(char **words);

/*
 * shlex_quote(b, word): append ${word} so that both shlex_split and a POSIX
 * shell read it back as one word, unchanged. 0 or -1 (ENOMEM).
 */
int shlex_quote(struct buf *b, const char *word);

/* shlex_strerror(e): a few words for people. */
const char *shlex_strerror(enum shlex_error e);

#endif
