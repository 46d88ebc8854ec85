#ifndef JOB_H
#define JOB_H

#include <stdbool.h>

/*
 * One conversion: what was read, what is built from it, and what there is to
 * say. The members are filled by convert.c; the core works on them in memory.
 */
struct options;
struct json;

struct job {
	const struct options *options;
	const char *procfile_name, *app_json_name, *addons_name;
	const char *formation_name;
	const struct json *sizes, *regions, *addon_map; /* share/map */
	/* each may be NULL */
	const struct json *app_json, *addons, *formation_doc;
	struct procfile *procfile;
	struct formation *formation; /* live, else app.json's */
	struct fly_config *conf;
	struct report *report;

	const char *app;    /* borrowed: --app, or app_buf */
	char *app_buf;      /* from app.json's name */
	const char *region; /* a code, borrowed, or NULL */
	int app_json_port;  /* PORT in app.json, or 0 */
};

#endif
