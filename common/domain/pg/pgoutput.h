#ifndef PGOUTPUT_H
#define PGOUTPUT_H

#include <stddef.h>
#include <stdint.h>

/*
 * Messages of the logical decoding plugin pgoutput, protocol version 1
 * (PostgreSQL manual, "Logical Replication Message Formats"). Pure: nothing is
 * copied, the strings point into the message.
 */

/* One column of a tuple. */
struct pgoutput_value {
	char kind; /* 't' text, 'n' NULL, 'u' unchanged TOAST value, 'b' binary
		    */
	const char *data;
	uint32_t len;
};

struct pgoutput_tuple {
	struct pgoutput_value *value;
	size_t n, cap;
};

/* One column of a relation. */
struct pgoutput_column {
	int is_key; /* of the replica identity */
	const char *name;
	uint32_t type;
	int32_t modifier; /* of the type: length, precision; -1: none */
};

struct pgoutput {
	char kind; /* B C O R Y I U D T M, as in the protocol */
	/* B: the commit's position; C: the commit's and the end of it */
	uint64_t lsn, end_lsn;
	int64_t time; /* B, C: microseconds since 2000-01-01 UTC */
	/* R, I, U, D */
	uint32_t relation;
	/* R */
	const char *schema, *name;
	char identity; /* d default, n nothing, f full, i index */
	struct pgoutput_column *column;
	size_t n_columns, cap_columns;
	/* U, D: what identifies the old row: 'K' its key, 'O' all of it, or 0:
	 * the new row's key */
	char old_kind;
	struct pgoutput_tuple old, new;
	/* T */
	int cascade, restart_identity;
	uint32_t *truncated;
	size_t n_truncated, cap_truncated;
};

/* pgoutput_parse(m, p, n): 0; -1 when it is not such a message, or ENOMEM. The
 * arrays of ${m} are reused; zero it before its first use. */
int pgoutput_parse(struct pgoutput *m, const char *p, size_t n);
void pgoutput_fini(struct pgoutput *m);

#endif
