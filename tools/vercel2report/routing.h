#ifndef ROUTING_H
#define ROUTING_H

struct job;
struct tree;

/* What a vercel.json says of requests, by its key; a verdict on each entry. 0
 * or -1 (ENOMEM). */
int routing_rewrites(struct job *job, const struct tree *t);
int routing_redirects(struct job *job, const struct tree *t);
int routing_headers(struct job *job, const struct tree *t);
int routing_routes(struct job *job, const struct tree *t);

#endif
