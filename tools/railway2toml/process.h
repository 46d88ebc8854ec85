#ifndef PROCESS_H
#define PROCESS_H

struct job;

/*
 * process_build(job): what is run and how it is built and reached: [build],
 * the release command, the process with its [http_service], or a job by the
 * clock. 0 or -1 (ENOMEM).
 */
int process_build(struct job *job);

#endif
