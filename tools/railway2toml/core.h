#ifndef CORE_H
#define CORE_H

struct job;

/*
 * core_build(job): the conversion itself, all in memory: job->conf and
 * job->report from the file and the variables, and the rules of fly.toml over
 * the result. 0, or -1 after a message (bad input, or no memory).
 */
int core_build(struct job *job);

#endif
