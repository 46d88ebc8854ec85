#ifndef CONTROL_H
#define CONTROL_H

#include <stdbool.h>
#include <stddef.h>

#include "pairs.h"

struct buf;

/*
 * What a test tells the double, line by line:
 *   set NAME=VALUE ...   settings, see api.h
 *   fault WORD=VALUE ... a rule; the first that applies to a request is it
 *   clear                no rules any more
 * A rule's words: op=NAME (of the S3 action; * for all) key=PART-OF-IT skip=N
 * (the first N are spared) every=N times=N (at most), and do=WHAT:
 *   status    answer ${status} ${code} instead, with retry-after=N
 *   error200  answer 200 with an <Error> of ${code}, and do nothing
 *   done      do it, then answer ${status} ${code}
 *   lost      do it, then reset the connection without an answer
 *   reset     reset after ${at} bytes of the answer
 *   cut       reset after ${at} bytes of the request's body
 *   stall     say nothing more after ${at} bytes of the answer for ${seconds}
 *   delay     wait ${seconds} before the answer
 *   corrupt   one bit of the body at ${at} is another
 *   short     (lists) not truncated, though there is more
 *   notoken   (lists) truncated, without a token
 *   repeat    (lists) the page's own token comes back
 *   unordered (lists) the first and last entries change places
 *   hide      (lists) the entry with ${key} is not in it
 *   empty     (lists) a page without entries, and a token
 */
struct fault {
	const char *what; /* "" for none */
	struct pairs words;
};

struct control {
	struct pairs settings;
	struct rule *rule;
	size_t n;
	struct pairs counters; /* names; the numbers are beside them */
	unsigned long long *count;
	double allowance; /* of requests, by the rate */
	double filled_at;
	long in_flight;
};

void control_init(struct control *c);

/* control_take(c, text): 0, or -1 when a line is none. */
int control_take(struct control *c, const char *text);

/* control_fault(c, op, key, f): the rule for this request, counted as used;
 * fault_fini when done with it. */
void control_fault(
	struct control *c, const char *op, const char *key, struct fault *f);
void fault_fini(struct fault *f);
bool is_fault(const struct fault *f, const char *what);

/* control_count(c, name, n): add. control_peak: keep the greatest.
 * control_put: all of them as JSON. control_zero: forget them. */
void control_count(struct control *c, const char *name, unsigned long long n);
void control_peak(struct control *c, const char *name, unsigned long long n);
void control_put(const struct control *c, struct buf *out);
void control_zero(struct control *c);

/* control_admit(c, now): false if the settings rate (requests a second) or
 * concurrent (at once) have it that this one is too much. */
bool control_admit(struct control *c, double now);

#endif
