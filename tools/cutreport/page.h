#ifndef PAGE_H
#define PAGE_H

#include <stdbool.h>

struct buf;
struct story;

/*
 * page_put(out, s, title, again): append the report as one HTML page that
 * loads nothing and runs nothing. With ${again} > 0 a browser reads it again
 * after that many seconds. ${title} NULL: what moved. 0 or -1 (ENOMEM).
 */
int page_put(struct buf *out, const struct story *s, const char *title,
	double again);

#endif
