#ifndef VARIABLES_H
#define VARIABLES_H

struct job;

/*
 * variables_convert(job): what `railway variables --json` prints: settings of
 * Railway into ${job}, plain values into [env], secrets and databases into
 * needs, references to other services into what stands for them on Fly.io or
 * into findings. Values of secrets are shown nowhere. 0 or -1 (ENOMEM).
 */
int variables_convert(struct job *job);

#endif
