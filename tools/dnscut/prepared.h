#ifndef PREPARED_H
#define PREPARED_H

/*
 * prepared_read(path, zone, safe_after): when the changes of TTLs that the
 * records in the file ${path} (output or journal of apply) tell of are known
 * everywhere; the latest, of ${zone}. 0, or -1 after a message, also if there
 * is none.
 */
int prepared_read(const char *path, const char *zone, double *safe_after);

#endif
