#ifndef YAMLSCALAR_H
#define YAMLSCALAR_H

struct tree;

/*
 * yamlscalar_guess(t): the kind and value of the plain scalar whose text is
 * ${t->text}, by the rules in yaml.h.
 */
void yamlscalar_guess(struct tree *t);

/*
 * yamlscalar_tag(t, tag): the same by its tag ("tag:yaml.org,2002:int", "!").
 * 0; -1 if the tag is not known or the text is no such value.
 */
int yamlscalar_tag(struct tree *t, const char *tag);

#endif
