#include <stddef.h>
#include <string.h>

#include "s3error.h"
#include "s3xml.h"

struct code {
	const char *name;
	enum s3class class;
};

/* docs.aws.amazon.com/AmazonS3, "Error responses": those whose status alone
 * would say something else. */
static const struct code codes[] = {
	{"RequestTimeTooSkewed", S3_SKEW},
	{"RequestExpired", S3_SKEW},
	{"ExpiredToken", S3_EXPIRED},
	{"ExpiredTokenException", S3_EXPIRED},
	{"TokenRefreshRequired", S3_EXPIRED},
	{"SlowDown", S3_THROTTLED},
	{"ServiceUnavailable", S3_THROTTLED},
	{"Throttling", S3_THROTTLED},
	{"ThrottlingException", S3_THROTTLED},
	{"RequestLimitExceeded", S3_THROTTLED},
	{"TooManyRequests", S3_THROTTLED},
	{"Busy", S3_THROTTLED},
	{"BandwidthLimitExceeded", S3_THROTTLED},
	{"InternalError", S3_RETRY},
	{"InternalFailure", S3_RETRY},
	{"RequestTimeout", S3_RETRY},
	{"IncompleteBody", S3_RETRY},
	{"OperationAborted", S3_RETRY},
	{"ReplicationInProgress", S3_RETRY},
	{"BadDigest", S3_RETRY}, /* the body was damaged on its way */
	{"XAmzContentSHA256Mismatch", S3_RETRY},
	{"PreconditionFailed", S3_PRECONDITION},
	{"ConditionalRequestConflict", S3_PRECONDITION},
	{"NotModified", S3_PRECONDITION},
	{"NoSuchKey", S3_MISSING},
	{"NoSuchUpload", S3_MISSING},
	{"NoSuchBucket", S3_MISSING},
	{"NoSuchVersion", S3_MISSING},
	{"NotFound", S3_MISSING},
	{"NotImplemented", S3_UNSUPPORTED},
	{"XNotImplemented", S3_UNSUPPORTED},
	{"MethodNotAllowed", S3_UNSUPPORTED},
	{"AccessControlListNotSupported", S3_UNSUPPORTED},
	{"PermanentRedirect", S3_MOVED},
	{"TemporaryRedirect", S3_MOVED},
	{"AuthorizationHeaderMalformed", S3_MOVED},
	{"AccessDenied", S3_DENIED},
	{"InvalidAccessKeyId", S3_DENIED},
	{"SignatureDoesNotMatch", S3_DENIED},
	{"InvalidToken", S3_DENIED},
	{"AllAccessDisabled", S3_DENIED},
};

static enum s3class
of_status(long status)
{
	switch (status) {
	case 304:
	case 409: /* of conditions that others' writes have overtaken */
	case 412:
		return status == 409 ? S3_RETRY : S3_PRECONDITION;
	case 401:
	case 403:
		return S3_DENIED;
	case 404:
	case 410:
		return S3_MISSING;
	case 405:
	case 501:
		return S3_UNSUPPORTED;
	case 408:
	case 425:
	case 500:
	case 502:
	case 504:
		return S3_RETRY;
	case 429:
	case 503:
	case 509:
		return S3_THROTTLED;
	case 301:
	case 302:
	case 307:
	case 308:
		return S3_MOVED;
	default:
		return status >= 200 && status < 300 ? S3_OK
		       : status >= 520 && status < 530
			       ? S3_RETRY /* a proxy in between */
			       : S3_FATAL;
	}
}

enum s3class
s3error_class(long status, const struct s3xml_doc *doc)
{
	enum s3class c = of_status(status);
	size_t i;

	if (doc == NULL || doc->root != S3XML_ERROR)
		return c;
	for (i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if (doc->code != NULL && strcmp(doc->code, codes[i].name) == 0)
			return codes[i].class;
	/* a good status with an error in it, of a kind that is not known */
	return c == S3_OK ? S3_RETRY : c;
}

const char *
s3error_name(enum s3class c)
{
	static const char *const names[] = {[S3_OK] = "ok",
		[S3_RETRY] = "temporary",
		[S3_THROTTLED] = "throttled",
		[S3_SKEW] = "skewed-clock",
		[S3_EXPIRED] = "expired",
		[S3_PRECONDITION] = "precondition",
		[S3_MISSING] = "missing",
		[S3_DENIED] = "denied",
		[S3_UNSUPPORTED] = "unsupported",
		[S3_MOVED] = "moved",
		[S3_FATAL] = "refused"};

	return names[c];
}

bool
is_s3error_temporary(enum s3class c)
{
	return c == S3_RETRY || c == S3_THROTTLED || c == S3_SKEW ||
	       c == S3_EXPIRED;
}
