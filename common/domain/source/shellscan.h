#ifndef SHELLSCAN_H
#define SHELLSCAN_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct shellcmd;

/* The state of a scan, shared with shellexpand. */
struct shellscan {
	struct shellcmd *c;
	const char *s;
	size_t i;
	struct buf *word;
	bool is_word, is_expanded, is_quoted;
	size_t word_at;
	char before;    /* the operator in front of the next command */
	bool is_target; /* the next word belongs to a redirection */
	bool is_start;  /* no word of this simple command yet */
};

/*
 * shellscan_run(c): split c->text by the shell's grammar (POSIX XCU 2.2, 2.3
 * and what bash adds) into simple commands and words, and note what it uses.
 * 0, or -1 (ENOMEM).
 */
int shellscan_run(struct shellcmd *c);

#endif
