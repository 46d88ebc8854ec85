#ifndef JOB_H
#define JOB_H

#include <stdbool.h>
#include <stddef.h>

#include "flyconf.h"
#include "report.h"

/*
 * One conversion: what was read, the services found in it, and what there is
 * to say. The core works on it in memory.
 */
struct json;
struct options;
struct tree;
struct yaml;

enum app_type {
	APP_WEB,
	APP_PRIVATE,
	APP_WORKER,
	APP_CRON,
	APP_STATIC,
	APP_KEYVALUE /* no app of its own: a need */
};

/* Where a variable's value comes from. */
enum var_source {
	VAR_VALUE,
	VAR_ASKED,     /* sync: false */
	VAR_GENERATED, /* generateValue: true */
	VAR_DATABASE,
	VAR_SERVICE,
	VAR_NONE
};

/* A variable of a service; the trees and strings are borrowed. */
struct var {
	const char *key;
	enum var_source source;
	struct tree *item; /* its element of envVars */
	const char *value; /* of a VAR_VALUE */
	struct tree *ref;  /* what fromDatabase or fromService holds */
	const char *group; /* the group it came from, or NULL */
	bool is_visited;   /* while copies are followed */
};

struct app {
	struct tree *t;
	enum app_type type;
	const char *name;        /* on Render */
	char *app;               /* on Fly.io */
	const char *environment; /* or NULL */
	const char *runtime;     /* "docker", "node"; "" if not known */
	const char *command;     /* what it runs, or NULL: the image's own */
	struct tree *command_at;
	const char *region;
	char *context; /* the build's folder, "" for the repository's root */
	struct var *var;
	size_t n_vars;
	int port;           /* 0: none */
	bool is_port_known; /* and not guessed */
	bool sleeps;
	bool is_selected;
	struct fly_config conf;
};

struct job {
	const struct options *options;
	const char *file;
	const struct json *sizes, *regions, *addon_map; /* share/map */
	struct yaml *yaml;
	struct app *app;
	size_t n_apps;
	struct tree **database, **group; /* tables */
	size_t n_databases, n_groups;
	const struct app *current; /* the one that findings are about */
	bool is_building;          /* the services to convert are chosen */
	const char *region;        /* of --region, or NULL */
	struct report *report;
};

/* job_fini(job): free what the core put into it. */
void job_fini(struct job *job);

/* job_app(job, name): the service of that name; NULL: none. */
struct app *job_app(const struct job *job, const char *name);

/* job_database(job, name): likewise. */
struct tree *job_database(const struct job *job, const char *name);

/* job_failed(job): whether memory ran out somewhere. */
bool job_failed(const struct job *job);

#endif
