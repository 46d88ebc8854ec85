#ifndef S3LIST_H
#define S3LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct s3client;
struct s3list;
struct s3xml_entry;

/*
 * A listing, page after page, the next one being fetched while this one is
 * read: memory for two pages. Keys are decoded; their order is checked.
 */

enum s3list_of { S3LIST_OBJECTS, S3LIST_UPLOADS, S3LIST_PARTS };

/* Borrowed during s3list_open. */
struct s3list_spec {
	enum s3list_of of;
	const char *prefix;          /* or NULL */
	const char *delimiter;       /* or NULL */
	const char *after;           /* entries after this key, or NULL */
	const char *key, *upload_id; /* of S3LIST_PARTS */
	unsigned page;               /* entries of one; 0: 1000 */
	bool v1;                     /* ListObjects, of old servers */
};

/* Why a listing cannot be relied on. */
enum s3list_problem {
	S3LIST_OK,
	S3LIST_FAILED,   /* the server could not be asked: s3list_class */
	S3LIST_REPEAT,   /* a page's token came twice */
	S3LIST_NO_TOKEN, /* there is more, and no way to ask for it */
	S3LIST_SHORT,    /* a page has fewer entries than it says, or an empty
			    one says that there is more, again and again */
	S3LIST_FORMAT    /* no listing */
};

/* s3list_open(c, spec): begins to ask. NULL after a message. */
struct s3list *s3list_open(struct s3client *c, const struct s3list_spec *spec);

/* s3list_close(l): NULL is fine. It may poll: not from a callback. */
void s3list_close(struct s3list *l);

/*
 * s3list_next(l, e): the next entry, borrowed until the next call. 1; 0 at the
 * end of a complete listing; -1 after a message, s3list_problem says why. It
 * polls while it waits: not to be called from a callback.
 */
int s3list_next(struct s3list *l, const struct s3xml_entry **e);

/* is_s3list_ready(l): s3list_next would not wait. */
bool is_s3list_ready(const struct s3list *l);

/*
 * is_s3list_ordered(l): keys have grown so far, byte by byte. A listing that is
 * out of order goes on (some servers' are): whoever merges looks at this after
 * each entry.
 */
bool is_s3list_ordered(const struct s3list *l);

/* s3list_problem(l), s3list_class(l): after -1; an enum s3class. */
enum s3list_problem s3list_problem(const struct s3list *l);
int s3list_class(const struct s3list *l);

/* s3list_pages(l): requests made. */
unsigned s3list_pages(const struct s3list *l);

#endif
