#ifndef WALLS_H
#define WALLS_H

struct copying;

/*
 * walls_probe(c): where the source's payloads are of a later format than the
 * target's, finds for each kind of value among the first keys of the selected
 * database whether the target takes it as it comes, or under its own version:
 * one key of the kind is restored under a temporary name, compared by value
 * and deleted. c->stamp has the answers; kinds not seen are tried as they
 * come. An exit status.
 */
int walls_probe(struct copying *c);

#endif
