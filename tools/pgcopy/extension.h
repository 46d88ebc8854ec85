#ifndef EXTENSION_H
#define EXTENSION_H

struct catalog_extension;
struct engine;

/* The source's extensions on the target. */

/*
 * extension_check(e): one finding an extension that the target will not have
 * as the source has it: level error if tables, functions or types of the
 * database need it, else a warning or, for what providers install for
 * themselves, a note. Each is tried in a transaction that is rolled back:
 * what a role may create is only known by trying. 0 or -1.
 */
int extension_check(struct engine *e);

/*
 * extension_create(e, x): inside the target's transaction, create it in the
 * schema it has on the source, or move it there. One that cannot be had is
 * passed over: extension_check has told. 0 or -1.
 */
int extension_create(struct engine *e, const struct catalog_extension *x);

#endif
