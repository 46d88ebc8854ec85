#ifndef PROJECT_H
#define PROJECT_H

struct job;
struct tree;

/* What a vercel.json says of the project, by its key; a verdict on each entry.
 * 0 or -1 (ENOMEM). */
int project_crons(struct job *job, const struct tree *t);
int project_env(struct job *job, const struct tree *t);
int project_build(struct job *job, const struct tree *t);
int project_functions(struct job *job, const struct tree *t);
int project_regions(struct job *job, const struct tree *t);
int project_alias(struct job *job, const struct tree *t);
int project_builds(struct job *job, const struct tree *t);

#endif
