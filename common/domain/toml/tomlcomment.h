#ifndef TOMLCOMMENT_H
#define TOMLCOMMENT_H

struct tomlplan;
struct tree;

/* tomlcomment_plan(p, t, text): comment lines above the line of ${t}. */
int tomlcomment_plan(
	struct tomlplan *p, const struct tree *t, const char *text);

#endif
