#ifndef KEYARCHIVE_H
#define KEYARCHIVE_H

#include <stddef.h>
#include <stdint.h>

struct buf;
struct json;
struct kvreply;

/*
 * The archive of a server's keys: a bundle, whose members are, in order,
 *
 *   archive.json       its version and id, the server, the databases
 *   keys/00000001 ...  values (keyframe.h), whole ones, about a megabyte; the
 *                      first is b, the member's number, the digest of the rest
 *   end.json           how many keys there are
 *
 * so that nothing of a member is used before all of it has proven right.
 */
enum { KEYARCHIVE_VERSION = 1 };

struct keyarchive_out;
struct keyarchive_in;

/* keyarchive_create(fd, name, level, head, out): ${head} is the record of
 * archive.json. 0, or -1 after a message. keyarchive_add(a, b): the whole
 * values in ${b}, which is emptied. keyarchive_finish(a, keys): frees ${a}, as
 * keyarchive_abandon does; NULL is fine for the latter. */
int keyarchive_create(int fd, const char *name, int level,
	const struct buf *head, struct keyarchive_out **out);
int keyarchive_add(struct keyarchive_out *a, struct buf *b);
int keyarchive_finish(struct keyarchive_out *a, uint64_t keys);
void keyarchive_abandon(struct keyarchive_out *a);

/* keyarchive_open(fd, name, in): with its head read, keyarchive_head(a). 0, or
 * -1 after a message. keyarchive_close(a): NULL is fine. */
int keyarchive_open(int fd, const char *name, struct keyarchive_in **in);
void keyarchive_close(struct keyarchive_in *a);
const struct json *keyarchive_head(const struct keyarchive_in *a);

/* keyarchive_next(a, r): 1 and a value, alive until the next call; 0 at an end
 * that is right; -1 after a message: torn, altered, or none of ours.
 * keyarchive_keys(a): how many keys it has, known at the end. */
int keyarchive_next(struct keyarchive_in *a, const struct kvreply **r);
uint64_t keyarchive_keys(const struct keyarchive_in *a);

/* keyarchive_refuse(a, why): says where it is wrong. -1. */
int keyarchive_refuse(const struct keyarchive_in *a, const char *why);

#endif
