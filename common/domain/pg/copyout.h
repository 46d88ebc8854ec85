#ifndef COPYOUT_H
#define COPYOUT_H

#include <stdbool.h>
#include <stddef.h>

struct copyout;
struct session;

/*
 * COPY ... TO STDOUT as a stream in bounded memory, whatever the row width:
 * libpq sends the command, and the CopyData messages are then read from its
 * socket (or TLS object) by their own length, a window at a time, so that a
 * 1 GB row needs no more than the window. PostgreSQL protocol 3.0, "COPY
 * Operations" and "Message Formats".
 */

enum { COPYOUT_WINDOW = 256 * 1024 };

/* A piece of the stream, borrowed until the next call. */
struct copyout_piece {
	const char *data;
	size_t len;
	bool row_begins; /* this piece is the first of its CopyData message */
	bool row_ends;   /* ... the last (one message = one row, but for the
			    binary header, which is glued to the first row, and
			    the 2-byte trailer, a message of its own) */
	bool is_read;    /* bytes were read from the server for this piece: the
			    time for what is not worth doing at each row */
};

/* copyout_start(s, sql, out): 0, or -1 after a message. */
int copyout_start(struct session *s, const char *sql, struct copyout **out);

/*
 * copyout_next(c, piece): 1 and a piece; 0 at the end (the command succeeded
 * and the session is ready for the next one); -1 after a message (use
 * session_error; the session may be dead).
 */
int copyout_next(struct copyout *c, struct copyout_piece *piece);

/* copyout_close(c): free; if the stream has not ended, the session is
 * closed for use (is_session_alive turns false). */
void copyout_close(struct copyout *c);

#endif
