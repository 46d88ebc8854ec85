/* What answers mean. */
#include "s3error.h"
#include "s3xml.h"
#include "t.h"

static enum s3class
coded(long status, const char *code)
{
	struct s3xml_doc d = {.root = S3XML_ERROR, .code = code};

	return s3error_class(status, &d);
}

int
main(void)
{
	struct s3xml_doc list = {.root = S3XML_LIST};

	T_BEGIN();
	T_INT(s3error_class(200, NULL), S3_OK, "200");
	T_INT(s3error_class(204, NULL), S3_OK, "204");
	T_INT(s3error_class(206, &list), S3_OK, "206");
	T_INT(coded(200, "InternalError"), S3_RETRY, "200 with an error in it");
	T_INT(coded(200, "SlowDown"), S3_THROTTLED, "200 that slows us down");
	T_INT(coded(200, "Unheard"), S3_RETRY,
		"200 with an error that is not known");
	T_INT(coded(200, NULL), S3_RETRY, "200 with an error without a code");
	T_INT(coded(503, "SlowDown"), S3_THROTTLED, "503");
	T_INT(s3error_class(429, NULL), S3_THROTTLED, "429");
	T_INT(s3error_class(500, NULL), S3_RETRY, "500");
	T_INT(s3error_class(502, NULL), S3_RETRY, "502");
	T_INT(coded(403, "RequestTimeTooSkewed"), S3_SKEW, "a skewed clock");
	T_INT(coded(403, "AccessDenied"), S3_DENIED, "403");
	T_INT(s3error_class(403, NULL), S3_DENIED, "403 of HEAD");
	T_INT(coded(400, "ExpiredToken"), S3_EXPIRED, "expired");
	T_INT(coded(400, "RequestTimeout"), S3_RETRY,
		"400 because the body did not come");
	T_INT(coded(400, "InvalidArgument"), S3_FATAL, "400");
	T_INT(coded(404, "NoSuchKey"), S3_MISSING, "404");
	T_INT(coded(404, "NoSuchUpload"), S3_MISSING, "no upload");
	T_INT(s3error_class(412, NULL), S3_PRECONDITION, "412");
	T_INT(s3error_class(304, NULL), S3_PRECONDITION, "304");
	T_INT(coded(409, "ConditionalRequestConflict"), S3_PRECONDITION,
		"overtaken");
	T_INT(coded(409, "OperationAborted"), S3_RETRY, "409");
	T_INT(coded(501, "NotImplemented"), S3_UNSUPPORTED, "501");
	T_INT(coded(301, "PermanentRedirect"), S3_MOVED, "301");
	T_INT(s3error_class(416, NULL), S3_FATAL, "416");
	T_OK(is_s3error_temporary(S3_THROTTLED) &&
			is_s3error_temporary(S3_EXPIRED) &&
			!is_s3error_temporary(S3_DENIED) &&
			!is_s3error_temporary(S3_MISSING),
		"what is temporary");
	T_STR(s3error_name(S3_MOVED), "moved", "names");
	return T_END();
}
