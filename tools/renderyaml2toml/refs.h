#ifndef REFS_H
#define REFS_H

struct app;
struct job;
struct var;

/* What a variable comes to. */
enum refs_kind {
	REFS_TEXT,   /* a value that may stand in a file */
	REFS_SECRET, /* one that a person has: it was typed in, or is hidden */
	REFS_MADE,   /* one that Render made up */
	REFS_DATABASE, /* a part of a database's address */
	REFS_KEYVALUE, /* or of a key-value store's */
	REFS_NONE      /* nothing is known */
};

struct refs_value {
	enum refs_kind kind;
	char *text;             /* REFS_TEXT; the caller frees it */
	const char *name;       /* of the database or store */
	const char *part;       /* "connectionString", "host" ... */
	const struct app *from; /* the app whose variable it is a copy of */
	const char *from_key;
};

/*
 * refs_resolve(job, a, v, out): follow ${v} of ${a} through references inside
 * the file; what is wrong becomes a finding. 0 or -1 (ENOMEM).
 */
int refs_resolve(
	struct job *job, struct app *a, struct var *v, struct refs_value *out);

#endif
