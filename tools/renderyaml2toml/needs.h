#ifndef NEEDS_H
#define NEEDS_H

struct app;
struct job;
struct report_need;
struct tree;
struct var;

/*
 * The things an app needs that are no part of a fly.toml. Each function adds to
 * a need of the app or database, made when it is first wanted. Out of memory
 * sticks in job->report.
 */

/* Secrets: typed in on Render; nowhere to be found; made up by it; standing in
 * the file itself; the same as another app's. */
void needs_asked(struct job *job, const struct app *a, const struct var *v);
void needs_unknown(struct job *job, const struct app *a, const struct var *v);
void needs_made(struct job *job, const struct app *a, const struct var *v);
void needs_hidden(struct job *job, const struct app *a, const struct var *v);
void needs_copied(struct job *job, const struct app *a, const struct var *v,
	const struct app *from, const char *key);

/* needs_database(job, a, v, name, part), needs_keyvalue: a variable that
 * holds ${part} of the address of ${name}. */
void needs_database(struct job *job, const struct app *a, const struct var *v,
	const char *name, const char *part);
void needs_keyvalue(struct job *job, const struct app *a, const struct var *v,
	const char *name, const char *part);

/* needs_finish(job): at the end, the names of the secrets go into the
 * summaries. */
void needs_finish(struct job *job);

/* needs_id(job, kind, name): the need "KIND:NAME", or NULL. */
struct report_need *needs_id(
	struct job *job, const char *kind, const char *name);

/* needs_new(job, kind, id_kind, name, summary): that need, made if it is not
 * there. NULL without memory. */
struct report_need *needs_new(struct job *job, const char *kind,
	const char *id_kind, const char *name, const char *summary);

/* needs_command(job, need, words, app): a command; "--app APP" is put at its
 * end, if ${app} is not NULL. ${words} ends with NULL. */
void needs_command(struct job *job, struct report_need *need,
	const char *const *words, const char *app);

#endif
