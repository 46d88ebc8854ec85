#ifndef SAY_H
#define SAY_H

struct job;
struct tree;

/*
 * say(job, at, level, rule, fix, fmt, ...): a finding about the key or value
 * ${at} (NULL: about the file), with the name of the current service in front.
 */
void say(struct job *job, const struct tree *at, const char *level,
	const char *rule, const char *fix, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));

/* say_value(job, t, level, rule, what): "KEY: its value as text: WHAT". */
void say_value(struct job *job, const struct tree *t, const char *level,
	const char *rule, const char *what);

#endif
