#ifndef FLYFILE_H
#define FLYFILE_H

struct buf;
struct fly_config;

/* Where what a converter makes is written. */
struct flyfile {
	const char *output; /* of -o FILE, or NULL */
	const char
		*folder; /* of -d FOLDER: a file in it for each app; or NULL */
	int out; /* else this descriptor; -1: nowhere, it is for records */
};

/*
 * flyfile_write(to, stem, c): write ${c} as TOML; ${stem} is its name in the
 * folder, without ".toml". 0, or -1 after a message.
 */
int flyfile_write(
	const struct flyfile *to, const char *stem, const struct fly_config *c);

/* flyfile_put_record(c, out): append the record fly.config. 0 or -1. */
int flyfile_put_record(const struct fly_config *c, struct buf *out);

#endif
