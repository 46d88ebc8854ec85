#ifndef COMPARE_H
#define COMPARE_H

#include <stdbool.h>

struct ends;

/*
 * compare_all(e, level, strict): compare both ends and tell of each difference;
 * then objects.verified. "list": what the listings say; "etag": and of files
 * the digests; "read": the bytes of both sides. Unless
 * ${strict}, what the target alone has, and what of it was kept because it is
 * newer, is no difference. An exit status: STATUS_NO where
 * something differs.
 */
int compare_all(struct ends *e, const char *level, bool strict);

#endif
