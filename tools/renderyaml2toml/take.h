#ifndef TAKE_H
#define TAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct job;
struct tree;

/*
 * Taking values out of the tree. What was taken is marked, so that in the end
 * all that nobody asked for can be named: nothing is lost in silence.
 */

/* take(table, key): the member, marked; NULL if there is none (or no table). */
struct tree *take(struct tree *table, const char *key);

/* take_it(t): mark ${t} itself. */
void take_it(struct tree *t);

/* take_text(t): the source text of a scalar, "" of null; NULL for NULL, an
 * array, a table or text with a NUL. */
const char *take_text(const struct tree *t);

/* take_str(table, key): take_text(take(table, key)), but NULL for null. */
const char *take_str(struct tree *table, const char *key);

/*
 * take_table(job, table, key), take_list: a member that must be a table, or a
 * list. NULL if there is none, if it is null, or, after a finding, if it is
 * something else.
 */
struct tree *take_table(struct job *job, struct tree *table, const char *key);
struct tree *take_list(struct job *job, struct tree *table, const char *key);

/* take_int(table, key, v): 1 and the value; 0: none; -1: it is no integer. */
int take_int(struct tree *table, const char *key, int64_t *v);

/* is_take_true(table, key): whether it is there and true (yes, on, "true"). */
bool is_take_true(struct tree *table, const char *key);

/* is_take_taken(t): whether ${t} itself was marked; NULL was. */
bool is_take_taken(const struct tree *t);

/* take_all(t): mark everything at and beneath ${t}. */
void take_all(struct tree *t);

/* take_merge(job): make keys that stand twice one, with a finding each. 0 or
 * -1 (ENOMEM). */
int take_merge(struct job *job);

/* take_show(b, t): append ${t} on one line for people, values of variables and
 * of what looks like a secret as ***. 0 or -1 (ENOMEM). */
int take_show(struct buf *b, const struct tree *t);

/* take_leftovers(job, t): a finding for each thing at or beneath ${t} that was
 * never taken. */
void take_leftovers(struct job *job, struct tree *t);

#endif
