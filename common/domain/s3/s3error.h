#ifndef S3ERROR_H
#define S3ERROR_H

#include <stdbool.h>

struct s3xml_doc;

/* What an answer means for what is to be done next. */
enum s3class {
	S3_OK,
	S3_RETRY,        /* may pass: 500, 502, 504, reset, time-out */
	S3_THROTTLED,    /* 503, 429, SlowDown: less at once */
	S3_SKEW,         /* RequestTimeTooSkewed: our clock is off */
	S3_EXPIRED,      /* ExpiredToken: other credentials are needed */
	S3_PRECONDITION, /* 412, 304, ConditionalRequestConflict */
	S3_MISSING,      /* 404: object, upload or bucket */
	S3_DENIED,       /* 401, 403 */
	S3_UNSUPPORTED,  /* 501, NotImplemented: this server cannot */
	S3_MOVED,        /* 301, 307: another endpoint or region */
	S3_FATAL         /* anything else */
};

/*
 * s3error_class(status, doc): of an answer that came whole. ${doc} is its body
 * if that was XML, or NULL: a 200 with an <Error> in it is an error.
 */
enum s3class s3error_class(long status, const struct s3xml_doc *doc);

/* s3error_name(c): "throttled", as records say it. */
const char *s3error_name(enum s3class c);

/* is_s3error_temporary(c): trying again later makes sense: exit 111. */
bool is_s3error_temporary(enum s3class c);

#endif
