#ifndef HEROKUBUILD_H
#define HEROKUBUILD_H

struct job;

/*
 * herokubuild_convert(job): what heroku.yml says besides its processes:
 * [build] of job->image, build arguments, the variables of setup.config, and,
 * for the first of several apps, setup.addons. 0 or -1 (ENOMEM).
 */
int herokubuild_convert(struct job *job);

#endif
