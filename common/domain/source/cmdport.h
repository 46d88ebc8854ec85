#ifndef CMDPORT_H
#define CMDPORT_H

#include <stdbool.h>

/* Which port a web process listens on, as far as its command tells. */
enum cmdport_kind {
	CMDPORT_NONE,     /* the command does not say */
	CMDPORT_LITERAL,  /* a number in an option or PORT=n */
	CMDPORT_FALLBACK, /* ${PORT:-n}: n when nothing sets PORT */
	CMDPORT_VARIABLE, /* $PORT */
	CMDPORT_READS,    /* a server known to read PORT by itself */
	CMDPORT_DEFAULT   /* a server known not to, with its own default */
};

struct cmdport {
	enum cmdport_kind kind;
	int port;           /* with LITERAL, FALLBACK, DEFAULT; else 0 */
	const char *server; /* the known server's name, or NULL; static */
	bool is_loopback;   /* it listens on 127.0.0.1 only */
};

/*
 * cmdport_find(command, p): look through ${command} and the scripts of
 * `sh -c` in it; the last server in it counts. 0 or -1 (ENOMEM).
 */
int cmdport_find(const char *command, struct cmdport *p);

#endif
