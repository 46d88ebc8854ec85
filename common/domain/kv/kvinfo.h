#ifndef KVINFO_H
#define KVINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The text that INFO returns: lines of name:value. kvinfo_text(info, name, out,
 * size): the value of a name into ${out}, cut off at ${size}. Whether there is
 * one.
 */
bool kvinfo_text(const char *info, const char *name, char *out, size_t size);

/* kvinfo_number(info, name): a decimal one, up to a comma; 0: there is none. */
uint64_t kvinfo_number(const char *info, const char *name);

/* kvinfo_calls(stats, command): how often, from INFO commandstats. */
uint64_t kvinfo_calls(const char *stats, const char *command);

/* kvinfo_keys(info): the sum of all databases' keys, -1: it is not told. */
int64_t kvinfo_keys(const char *info);

#endif
