#ifndef TOC_H
#define TOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/*
 * The table of contents of a pg_dump archive as pg_restore --list prints it:
 * "215; 1259 16390 TABLE public users owner". Pure.
 */

enum toc_stage {
	TOC_SCHEMA,       /* CREATE SCHEMA: extensions may live in them */
	TOC_EXTENSION,    /* extensions and what hangs on them: made by us */
	TOC_BEFORE,       /* pre-data */
	TOC_DATA,         /* data entries: never restored from here */
	TOC_INDEX,        /* indexes and their constraints: made by us */
	TOC_ATTACH,       /* INDEX ATTACH */
	TOC_FKEY,         /* foreign keys: made by us */
	TOC_EARLY,        /* post-data that views and data depend on */
	TOC_LATE,         /* the rest: triggers, policies, comments, ... */
	TOC_SUBSCRIPTION, /* left out, with a finding */
	TOC_EVENT         /* event triggers, last of all */
};

struct toc_entry {
	enum toc_stage stage;
	uint32_t oid;     /* of the catalogue row, 0 for none */
	const char *line; /* without LF, borrowed from the toc */
	size_t len;
	const char *desc; /* "FK CONSTRAINT"; a static string or "" */
};

struct toc {
	struct toc_entry *entry;
	size_t n;
	char *text;
};

/*
 * toc_parse(text, t): ${text} is copied. Entries keep their order. 0, or -1
 * (a line that cannot be understood: ${*bad} is its number; or ENOMEM, 0).
 */
int toc_parse(const char *text, struct toc *t, unsigned *bad);
void toc_fini(struct toc *t);

/* toc_put(t, stage, out): append the lines of a stage, each with LF. Their
 * number, or -1. */
int toc_put(const struct toc *t, enum toc_stage stage, struct buf *out);

#endif
