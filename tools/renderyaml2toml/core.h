#ifndef CORE_H
#define CORE_H

struct job;

/*
 * core_build(job): the conversion itself, all in memory: the configurations of
 * job->app and job->report from the tree that was read, and the rules of
 * fly.toml over the results. 0, or -1 after a message (bad input, or no
 * memory).
 */
int core_build(struct job *job);

#endif
