#ifndef ADDON_H
#define ADDON_H

struct json;
struct report;
struct report_need;

/* A service that the source platform provided beside the app. */
struct addon {
	const char *service; /* "heroku-postgresql" */
	const char *plan;    /* "essential-0", or NULL */
	const char *as;      /* what it is attached as, or NULL */
	const char *app;     /* the Fly app's name, or NULL */
	const char *region;  /* its region, or NULL */
	/* where the app looks for the address of a database or store, if not
	 * where its service always has it; or NULL */
	const char *variable;
};

/*
 * addon_need(r, map, platform, id, a): a need of that id for ${a} by the table
 * ${map} (share_open("addons")): its replacement and the commands. An unknown
 * service is a need of kind "addon" without commands.
 */
struct report_need *addon_need(struct report *r, const struct json *map,
	const char *platform, const char *id, const struct addon *a);

#endif
