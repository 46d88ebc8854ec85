#ifndef APPNAME_H
#define APPNAME_H

#include <stdbool.h>

struct buf;

/* is_appname_valid(s): small letters, digits and inner dashes, at most 63, as
 * Fly.io takes an app's name. */
bool is_appname_valid(const char *s);

/*
 * appname_put(b, name): append the name that Fly.io takes nearest to ${name}
 * (letters made small, anything else a dash); nothing if no letter or digit is
 * in it. ${b} is kept within 63 bytes. 0 or -1 (ENOMEM).
 */
int appname_put(struct buf *b, const char *name);

#endif
