#ifndef CORE_H
#define CORE_H

struct job;

/*
 * core_build(job): a verdict on each thing in job->root; job->conf where there
 * is a server to run (job->server), and needs. All in memory. 0, or -1 after a
 * message (bad input, or no memory).
 */
int core_build(struct job *job);

#endif
