#ifndef SERVER_H
#define SERVER_H

struct job;

/* server_find(job): the framework, and whether it has a server of its own: the
 * option's, the file's, or that of a builder in "builds". */
void server_find(struct job *job);

/* server_begin(job): its process, before those that other keys add. 0 or -1
 * (ENOMEM). */
int server_begin(struct job *job);

/* server_build(job): what the fly.toml says of it. 0 or -1 (ENOMEM). */
int server_build(struct job *job);

#endif
