#ifndef HEROKUYML_H
#define HEROKUYML_H

#include <stddef.h>

struct procfile;
struct report;
struct tree;

/* An image that heroku.yml builds; process types with the same Dockerfile and
 * stage share one. */
struct herokuyml_image {
	const char *type; /* the first process type it is for; borrowed */
	char *dockerfile;
	const char *target; /* a stage of it, or NULL; borrowed */
	unsigned line, column;
};

/* A heroku.yml: process types as of a Procfile, and the images they run. */
struct herokuyml {
	struct procfile *procfile; /* owned; a command may be "": the image's */
	size_t *image_of;          /* per entry of it */
	struct herokuyml_image *image;
	size_t n;
	const struct tree *root; /* borrowed */
	const char *file;        /* borrowed */
};

/*
 * herokuyml_read(root, file, r, h): take the document apart; whatever has no
 * meaning is a finding. The tree outlives ${h}. 0, or -1 after a message (no
 * image in it, or no memory).
 */
int herokuyml_read(const struct tree *root, const char *file, struct report *r,
	struct herokuyml *h);
void herokuyml_fini(struct herokuyml *h);

/* herokuyml_main(h): the image of web, or the first. */
size_t herokuyml_main(const struct herokuyml *h);

#endif
