#ifndef SANDBOX_H
#define SANDBOX_H

#include <stddef.h>

/*
 * sandbox_parse_only(write_dir): give up, where the kernel lets us, opening
 * any file (but below ${write_dir}, if not NULL: the folder of -o FILE),
 * starting programs, and the network (Landlock, seccomp). Open descriptors
 * stay usable. Silent when the kernel has neither. Called after the input was
 * opened, before it is parsed.
 */
void sandbox_parse_only(const char *write_dir);

/* sandbox_parse_only_in(dirs, n): the same with ${n} such folders. */
void sandbox_parse_only_in(const char *const *dirs, size_t n);

#endif
