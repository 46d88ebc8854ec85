#ifndef FIXRULE_H
#define FIXRULE_H

struct found;
struct lint;
struct tomledit;

/*
 * fixrule_apply(l, f, e): repair the finding ${f} of ${l} in the editor, whose
 * text is that of ${l}. 1: done; 0: this one must be left to a person.
 */
int fixrule_apply(
	const struct lint *l, const struct found *f, struct tomledit *e);

#endif
