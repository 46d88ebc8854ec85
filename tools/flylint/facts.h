#ifndef FACTS_H
#define FACTS_H

#include <stdbool.h>
#include <stddef.h>

struct facts_image;

/*
 * What stands beside a fly.toml and bears on it: read before the program
 * gives up the file system.
 */
struct facts {
	/* what migrates the database here, or NULL; static */
	const struct facts_framework *framework;
	bool has_procfile_release;
	/* the Dockerfiles that the text may mean, and what they say */
	struct facts_image *image;
	size_t n_images;
};

struct facts_framework {
	const char *name, *file, *beside, *command;
};

struct facts_image {
	char *path; /* as the text has it; "Dockerfile" is the default */
	int *expose;
	size_t n_expose;
	int port; /* ENV PORT, or 0 */
};

/*
 * facts_read(f, file, text, len): look beside ${file} (NULL: know nothing)
 * whose text is given. 0 or -1 (ENOMEM). What is not there is no error.
 */
int facts_read(struct facts *f, const char *file, const char *text, size_t len);
void facts_fini(struct facts *f);

/* facts_image(f, path): what is known of that Dockerfile, or NULL. */
const struct facts_image *facts_image(const struct facts *f, const char *path);

/* facts_dockerfile(image, text): what the text of a Dockerfile says of ports.
 * 0 or -1 (ENOMEM). */
int facts_dockerfile(struct facts_image *image, const char *text);

#endif
