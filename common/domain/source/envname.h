#ifndef ENVNAME_H
#define ENVNAME_H

#include <stdbool.h>

/* is_envname_valid(s): a name a shell could use: [A-Za-z_][A-Za-z0-9_]*. */
bool is_envname_valid(const char *s);

/*
 * is_envname_secret(name, value): whether a variable must be taken for a
 * secret, by its name (..._KEY, ..._TOKEN) or because its value is a URL with
 * a password in it or has the form of a known kind of key or token (sk_live_,
 * ghp_, a JWT, a private key). ${value} may be NULL.
 */
bool is_envname_secret(const char *name, const char *value);

#endif
