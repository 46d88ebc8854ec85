#ifndef JOB_H
#define JOB_H

struct json;
struct json_val;
struct options;
struct tree;
struct verdict_list;

/* One vercel.json: what it says, and what is made and said of it. */
struct job {
	const struct options *options;
	const char *file; /* its name in messages */
	const struct tree *root;
	const struct json *regions, *frameworks; /* share/map */
	struct fly_config *conf;
	struct report *report;
	struct verdict_list *verdicts;

	const char *app;              /* borrowed: --app, or app_buf */
	char *app_buf;                /* from the file's name */
	const char *region;           /* a code, borrowed, or NULL */
	const char *framework;        /* its name at Vercel, or NULL */
	const struct json_val *entry; /* what is known of it, or NULL */
	const char *command;          /* of its own server; NULL: it has none */
};

#endif
