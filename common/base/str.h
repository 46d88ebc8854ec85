#ifndef STR_H
#define STR_H

#include <stdbool.h>
#include <stddef.h>

/* str_starts(s, prefix), str_ends(s, suffix): byte comparison. */
bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);

/* is_str_equal_nocase(a, b): equality with ASCII letters folded. */
bool is_str_equal_nocase(const char *a, const char *b);

/* is_str_one_of(s, list): ${list} ends with NULL. */
bool is_str_one_of(const char *s, const char *const *list);

/*
 * is_str_glob(pattern, s): shell-like match of the whole of ${s}; only '*'
 * (any run of bytes) and '?' (one byte) are special.
 */
bool is_str_glob(const char *pattern, const char *s);

/*
 * str_distance(a, b): optimal string alignment distance (insert, delete,
 * replace, swap of neighbours), counted in bytes; strings over 64 bytes
 * count as far apart (the length of the longer one).
 */
size_t str_distance(const char *a, const char *b);

/*
 * str_nearest(word, list, n): the entry of ${list} (n strings, NULL entries
 * skipped) that a typo of ${word} most likely meant, or NULL if none is near.
 */
const char *str_nearest(const char *word, const char *const *list, size_t n);

/*
 * utf8_check(p, n, bad): 0 if the n bytes are well-formed UTF-8 (RFC 3629:
 * no surrogates, no overlong forms), else -1 and the offset in ${*bad}.
 */
int utf8_check(const char *p, size_t n, size_t *bad);

#endif
