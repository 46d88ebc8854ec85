#ifndef FLYUNIT_H
#define FLYUNIT_H

#include <stdint.h>

/* Durations and sizes as flyctl reads them from strings. */

/*
 * flyunit_duration(s, seconds): Go's time.ParseDuration: a sign, then one or
 * more of a decimal number and a unit (ns us ms s m h), or "0". 0, or -1.
 */
int flyunit_duration(const char *s, double *seconds);

/*
 * flyunit_memory(s, mb): a plain integer of MB, or a number with a unit of
 * powers of 1024 ("512mb", "1.5 GB", "2gib"); cut down to whole MiB. 0 or -1.
 */
int flyunit_memory(const char *s, int64_t *mb);

/*
 * flyunit_volume(s, gb): a plain integer of GB, or a number with a unit of
 * powers of 1000 ("10gb"); cut down to whole GB. 0 or -1.
 */
int flyunit_volume(const char *s, int64_t *gb);

#endif
