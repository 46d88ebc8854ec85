#ifndef ASK_H
#define ASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dnsaddr.h"

struct dnsmsg;

/*
 * Questions to servers, many at a time: UDP from a connected socket of its own
 * for each, asked again when no answer comes, by TCP when the answer was cut
 * off, without EDNS where the server does not know it. An answer counts only
 * if it comes from the server asked and has the id and the question.
 */
enum ask_result {
	ASK_OK,          /* there is an answer, be it an error */
	ASK_TIMEOUT,     /* none came in time */
	ASK_UNREACHABLE, /* the system cannot reach the server */
	ASK_MALFORMED,   /* what came cannot be read */
	ASK_SKIPPED      /* another's answer was enough */
};

struct ask {
	struct dnsaddr to;
	const char *name; /* canonical, borrowed */
	uint16_t type;
	bool recurse, dnssec, no_checking, by_tcp;
	/* the outcome */
	enum ask_result result;
	struct dnsmsg *msg; /* of ASK_OK; freed by ask_fini() */
	double seconds;     /* that it took */
};

/*
 * ask_run(list, n, seconds, enough): ask all and wait, at most ${seconds}; it
 * ends early once ${enough} (may be NULL) says so of an answered one. 0, or -1
 * with errno if nothing could be asked.
 */
int ask_run(struct ask *list, size_t n, double seconds,
	bool (*enough)(const struct ask *answered));

/* ask_fini(list, n): free the answers. */
void ask_fini(struct ask *list, size_t n);

/* ask_result_name(r): "a time-out" and so on, for people. */
const char *ask_result_name(enum ask_result r);

#endif
