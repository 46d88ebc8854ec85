#ifndef TOMLTIME_H
#define TOMLTIME_H

#include <stdbool.h>
#include <stddef.h>

/* is_tomltime_like(s, n): whether it begins as a date or a time does. */
bool is_tomltime_like(const char *s, size_t n);

/*
 * tomltime_read(s, mark): check a date or time (RFC 3339 with TOML's local
 * forms); ${*mark} says which of the four it is (enum toml_mark). NULL, or
 * what is wrong with it.
 */
const char *tomltime_read(const char *s, unsigned *mark);

#endif
