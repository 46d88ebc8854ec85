#ifndef LOCATOR_H
#define LOCATOR_H

#include <stddef.h>

struct secret;

/*
 * Where a secret comes from: "env:NAME", "file:PATH" (one trailing LF or
 * CRLF is dropped), "fd:N" (read to its end). airlift(7).
 */

enum locator_kind { LOCATOR_ENV, LOCATOR_FILE, LOCATOR_FD, LOCATOR_OTHER };

/* locator_kind(spec): which form it has; LOCATOR_OTHER is the tool's own. */
enum locator_kind locator_kind(const char *spec);

/*
 * locator_read(spec, max, out): the secret named by an env:, file: or fd:
 * locator, at most ${max} bytes, the caller's to free. 0, or -1 after a
 * message (which never shows the value). A file readable by others is read,
 * with a warning. An unset variable is an error, an empty one too.
 */
int locator_read(const char *spec, size_t max, struct secret **out);

#endif
