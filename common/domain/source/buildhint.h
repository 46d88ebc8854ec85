#ifndef BUILDHINT_H
#define BUILDHINT_H

struct json;

/* What an image must have, by the table ${map} (share_open("builds")). */

/*
 * buildhint_command(map, command, language): ${*language} becomes the language
 * whose programs are in ${command}, borrowed from ${map}, or NULL. 0 or -1
 * (ENOMEM).
 */
int buildhint_command(
	const struct json *map, const char *command, const char **language);

/* buildhint_buildpack(map, url): what a Dockerfile must do in place of a
 * buildpack; borrowed from ${map}, or NULL. */
const char *buildhint_buildpack(const struct json *map, const char *url);

#endif
