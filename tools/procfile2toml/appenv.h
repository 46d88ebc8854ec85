#ifndef APPENV_H
#define APPENV_H

struct job;
struct tree;

/*
 * appenv_convert(job, env, file, prefix): variables with their defaults, as
 * app.json's "env" or heroku.yml's "setup.config" (${prefix}) has them, into
 * [env] and needs for secrets. 0 or -1 (ENOMEM).
 */
int appenv_convert(struct job *job, const struct tree *env, const char *file,
	const char *prefix);

#endif
