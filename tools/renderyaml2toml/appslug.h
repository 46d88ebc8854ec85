#ifndef APPSLUG_H
#define APPSLUG_H

struct buf;

/*
 * appslug_put(b, name, n): append the app name for a service of that name:
 * small letters, digits and single dashes, at most 63, as Fly.io wants them;
 * "app" if nothing of it can be kept. ${n} not 0: with "-n" at its end. 0 or -1
 * (ENOMEM).
 */
int appslug_put(struct buf *b, const char *name, unsigned n);

#endif
