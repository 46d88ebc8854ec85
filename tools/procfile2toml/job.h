#ifndef JOB_H
#define JOB_H

#include <stdbool.h>

/*
 * One conversion to one app: what was read, what is built from it, and what
 * there is to say. The members are filled by convert.c; the core works on them
 * in memory.
 */
struct options;
struct json;
struct tree;

struct job {
	const struct options *options;
	/* names of the files in messages; procfile_name is heroku.yml's where
	 * the processes come from there */
	const char *procfile_name, *app_json_name, *addons_name;
	const char *formation_name, *heroku_yml_name;
	const struct json *sizes, *regions, *addon_map, *builds; /* share/map */
	/* each may be NULL */
	const struct tree *app_json, *addons, *formation_doc, *heroku_yml;
	const struct procfile *procfile;     /* the process types of this app */
	const struct procfile *whole;        /* those of all apps together */
	const struct herokuyml_image *image; /* of heroku.yml, or NULL */
	const struct herokuyml *heroku;      /* or NULL */
	bool is_extra; /* not the first of several apps: what belongs to all
			* of them was said there */
	struct formation *formation; /* live, else app.json's */
	struct fly_config *conf;
	struct report *report;

	const char *app;    /* borrowed: --app, or app_buf */
	char *stem;         /* of its file's name, with several apps */
	char *app_buf;      /* from app.json's name, or of an extra app */
	const char *region; /* a code, borrowed, or NULL */
	int app_json_port;  /* PORT in app.json, or 0 */
};

#endif
