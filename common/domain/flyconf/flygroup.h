#ifndef FLYGROUP_H
#define FLYGROUP_H

#include <stdbool.h>
#include <stddef.h>

struct fly_config;
struct fly_strs;

/* Process groups: those of [processes], else the one that is called app. */

/* flygroup_count(c), flygroup_name(c, i): how many, and their names. */
size_t flygroup_count(const struct fly_config *c);
const char *flygroup_name(const struct fly_config *c, size_t i);

/* flygroup_command(c, i): its command; "" where the image has its own. */
const char *flygroup_command(const struct fly_config *c, size_t i);

/* flygroup_default(c): the group of a section that names none: app, else the
 * first one in the order of bytes. */
const char *flygroup_default(const struct fly_config *c);

/* is_flygroup_in(c, list, name): whether a section with that list of
 * processes (not a [[vm]], where none means all) applies to the group. */
bool is_flygroup_in(const struct fly_config *c, const struct fly_strs *list,
	const char *name);

/* is_flygroup_vm(list, name): the same for a [[vm]]. */
bool is_flygroup_vm(const struct fly_strs *list, const char *name);

#endif
