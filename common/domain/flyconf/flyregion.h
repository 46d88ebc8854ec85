#ifndef FLYREGION_H
#define FLYREGION_H

#include <stdbool.h>

struct json;

/* Regions, from share/map/regions.json. */
enum flyregion_state {
	FLYREGION_OFFERED,
	FLYREGION_REMOVED, /* once offered, no longer */
	FLYREGION_UNKNOWN
};

/* flyregion_state(map, code): what ${map} (share_open("regions")) says. */
enum flyregion_state flyregion_state(const struct json *map, const char *code);

/*
 * flyregion_near(map, platform, name): the code nearest to the region ${name}
 * of another platform ("heroku", "eu"), in any case; NULL if unknown.
 * Borrowed from ${map}.
 */
const char *flyregion_near(
	const struct json *map, const char *platform, const char *name);

/* flyregion_instead(map, code): an offered region near a removed one. */
const char *flyregion_instead(const struct json *map, const char *code);

/*
 * flyregion_option(map, platform, want, code): ${*code} becomes the region that
 * --region ${want} (NULL: none, and so is the code) means: an offered one, or
 * the one near to that of the other platform. Borrowed from ${want} or ${map}.
 * 0; 1 if it is one that is near; -1 after a message.
 */
int flyregion_option(const struct json *map, const char *platform,
	const char *want, const char **code);

#endif
