#ifndef FILE_H
#define FILE_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct env;
struct facts;

/* One operand: its bytes and what stands beside it. */
struct file {
	const char *path; /* the operand; NULL: standard input */
	char *name;       /* the same as it can be shown: UTF-8, no controls */
	char *real;       /* where it really is, for --fix; NULL: unknown */
	unsigned mode;    /* its permission bits */
	struct buf *text;
	struct facts *facts;
	bool is_read;
};

/*
 * file_read(f, path, env): read ${path} ("-": standard input) and the facts
 * beside it. 0; -1 after a message, with f->is_read false; the caller ends it
 * with file_fini in both cases.
 */
int file_read(struct file *f, const char *path, struct env *env);
void file_fini(struct file *f);

/* file_folder(f): the folder of f->real; the caller frees it. NULL: ENOMEM. */
char *file_folder(const struct file *f);

/* file_write(f, text): replace the file by ${text}, whole or not at all. 0, or
 * -1 after a message. */
int file_write(const struct file *f, const struct buf *text);

#endif
