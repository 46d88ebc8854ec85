#ifndef WALK_H
#define WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dnsmsg;
struct rrsets;
struct walk;
struct walkcut;

/*
 * Finding things as a resolver does, from the servers of the root down, so that
 * no cache stands between: where a zone is delegated to, and what its servers
 * say.
 */

/*
 * walk_open(hints, port, seconds, out): ${hints} is the text of a file of the
 * root's servers (NS, A, AAAA), or NULL for those of the Internet; all servers
 * are asked on ${port}, each question for at most ${seconds}. 0, or -1 after a
 * message.
 */
int walk_open(
	const char *hints, uint16_t port, double seconds, struct walk **out);
void walk_close(struct walk *w);

enum walk_result {
	WALK_OK,
	WALK_NOTHING, /* certain: no such name, or no such records */
	WALK_FAILED   /* no server could tell */
};

/*
 * walk_resolve(w, name, type, out): the records of that type, following CNAME
 * (which stand in ${out} too). Says nothing. The caller's to free in any case.
 */
enum walk_result walk_resolve(
	struct walk *w, const char *name, uint16_t type, struct rrsets *out);

/* walk_begin(w): what follows may ask as much as one search may. */
void walk_begin(struct walk *w);

/* walk_descend(w, name, type): the answer of a server that holds the zone of
 * ${name}, the caller's to dnsmsg_free(), or NULL. */
struct dnsmsg *walk_descend(struct walk *w, const char *name, uint16_t type);

/* walk_deepest(w, name, above): the lowest zone known that ${name} is in;
 * strictly above it if ${above}. Borrowed. */
struct walkcut *walk_deepest(
	const struct walk *w, const char *name, bool above);

/* walk_ask(w, c, name, type): the first answer of the zone's servers that is
 * one or points down, likewise, or NULL. */
struct dnsmsg *walk_ask(
	struct walk *w, struct walkcut *c, const char *name, uint16_t type);

/* walk_why(w): why the last walk_ask(), and so walk_descend(), gave NULL: whose
 * servers were asked, and what each said. Borrowed until the next. */
const char *walk_why(const struct walk *w);

/* walk_know(w, c): ${c} is known from now on, and owned. 0 or -1. */
int walk_know(struct walk *w, struct walkcut *c);

/* walk_find_addresses(w, c, all): look up those of its servers, of all or until
 * there is one. */
void walk_find_addresses(struct walk *w, struct walkcut *c, bool all);

/* walk_seconds(w), walk_port(w): as given to walk_open(). */
double walk_seconds(const struct walk *w);
uint16_t walk_port(const struct walk *w);

#endif
