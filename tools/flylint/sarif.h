#ifndef SARIF_H
#define SARIF_H

#include <stddef.h>

struct buf;
struct lint;

/*
 * sarif_put(b, lint, n): append the findings of ${n} files as one SARIF 2.1.0
 * log (OASIS). 0, or -1 (ENOMEM).
 */
int sarif_put(struct buf *b, struct lint *const *lint, size_t n);

#endif
