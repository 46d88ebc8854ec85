/* Answers in XML: what is read, whatever the pieces, and what is refused. */
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "mem.h"
#include "s3body.h"
#include "s3xml.h"
#include "t.h"

static int
note(void *ctx, const struct s3xml_entry *e)
{
	return buf_printf(ctx, "%d %s %lld %s %.3f %s %s %u %s %s|",
		(int)e->kind, e->key ? e->key : "-", (long long)e->size,
		e->etag ? e->etag : "-", e->modified,
		e->storage_class ? e->storage_class : "-",
		e->upload_id ? e->upload_id : "-", e->part,
		e->value ? e->value : "-", e->code ? e->code : "-");
}

static struct s3xml *x;
static struct buf seen;

/* Reads ${text} in pieces of ${n} bytes. */
static int
feed(const char *text, size_t len, size_t n)
{
	size_t at;

	buf_clear(&seen);
	if (s3xml_reset(x) == -1)
		return -1;
	for (at = 0; at < len; at += n)
		if (s3xml_feed(x, text + at, len - at < n ? len - at : n) == -1)
			return -1;
	return s3xml_feed(x, NULL, 0);
}

static int
reads(const char *text)
{
	struct buf first = BUF_INIT;
	size_t n, len = strlen(text);
	int rc = feed(text, len, len), same = 1;

	(void)buf_append(&first, buf_str(&seen), seen.len);
	for (n = 1; n < 7; n++)
		same &= feed(text, len, n) == rc &&
			strcmp(buf_str(&first), buf_str(&seen)) == 0;
	if (!same)
		printf("# not the same in pieces: %s\n", text);
	buf_fini(&first);
	return same ? rc : -2;
}

static void
lists(void)
{
	const struct s3xml_doc *d = s3xml_doc(x);
	char text[] = "a%2Fb+c%2b%zz%";

	T_INT(reads("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		    "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/"
		    "2006-03-01/\"><Name>b</Name><Prefix>p%2F</Prefix>"
		    "<KeyCount>2</KeyCount><MaxKeys>1000</MaxKeys>"
		    "<IsTruncated>true</IsTruncated>"
		    "<NextContinuationToken>t&amp;1</NextContinuationToken>"
		    "<Contents><Key>a%2Fb</Key><LastModified>2026-01-02T03:04:"
		    "05.678Z</LastModified><ETag>&quot;abc&quot;</ETag><Size>"
		    "12</Size><Owner><ID>me</ID><DisplayName>Key</DisplayName>"
		    "</Owner><StorageClass>STANDARD</StorageClass></Contents>"
		    "<CommonPrefixes><Prefix>x/</Prefix></CommonPrefixes>"
		    "<EncodingType>url</EncodingType>"
		    "</ListBucketResult>"),
		0, "a listing");
	T_STR(buf_str(&seen),
		"0 a%2Fb 12 abc 1767323045.678 STANDARD - 0 - -|"
		"1 x/ -1 - -1.000 - - 0 - -|",
		"its entries");
	T_OK(d->root == S3XML_LIST && d->truncated && d->has_truncated &&
			d->encoded && d->key_count == 2 && d->max == 1000 &&
			d->entries == 2 && d->next == NULL,
		"the rest");
	T_STR(d->token, "t&1", "the token");
	s3xml_decode(text);
	T_STR(text, "a/b c+%zz%", "keys are decoded");
	T_INT(reads("<ListBucketResult><IsTruncated>false</IsTruncated>"
		    "<NextMarker>m%20</NextMarker><EncodingType>url"
		    "</EncodingType></ListBucketResult>"),
		0, "version 1");
	T_STR(d->next, "m ", "where it goes on");
	T_OK(d->key_count == -1 && !d->truncated, "and nothing of the last");
}

static void
others(void)
{
	const struct s3xml_doc *d = s3xml_doc(x);

	T_INT(reads("<ListPartsResult><UploadId>u</UploadId><IsTruncated>false"
		    "</IsTruncated><Part><PartNumber>3</PartNumber><ETag>e"
		    "</ETag><Size>5</Size></Part></ListPartsResult>"),
		0, "parts");
	T_STR(buf_str(&seen), "2 - 5 e -1.000 - - 3 - -|", "one");
	T_INT(reads("<ListMultipartUploadsResult><NextKeyMarker>k"
		    "</NextKeyMarker><NextUploadIdMarker>i</NextUploadIdMarker>"
		    "<Upload><Key>k</Key><UploadId>u</UploadId><Initiated>"
		    "2026-01-01T00:00:00Z</Initiated></Upload>"
		    "</ListMultipartUploadsResult>"),
		0, "uploads");
	T_STR(buf_str(&seen), "3 k -1 - 1767225600.000 - u 0 - -|", "one");
	T_STR(d->next_id, "i", "where it goes on");
	T_INT(reads("\n \n<?xml "
		    "version=\"1.0\"?><InitiateMultipartUploadResult>"
		    "<Bucket>b</Bucket><Key>k</Key><UploadId>id</UploadId>"
		    "</InitiateMultipartUploadResult>"),
		0, "an upload that begins, after blank lines");
	T_STR(d->upload_id, "id", "its id");
	T_INT(reads("<Error><Code>RequestTimeTooSkewed</Code><Message>m"
		    "</Message><ServerTime>2026-01-01T00:00:00Z</ServerTime>"
		    "<Unknown><Code>no</Code></Unknown></Error>"),
		0, "an error");
	T_STR(d->code, "RequestTimeTooSkewed", "its code");
	T_STR(d->server_time, "2026-01-01T00:00:00Z", "its time");
	T_INT(reads("<CopyObjectResult><ETag>\"e-2\"</ETag><LastModified>"
		    "2026-01-01T00:00:00Z</LastModified></CopyObjectResult>"),
		0, "a copy");
	T_STR(d->etag, "e-2", "its ETag");
	T_INT(reads("<DeleteResult><Deleted><Key>a</Key></Deleted><Error><Key>b"
		    "</Key><Code>AccessDenied</Code></Error></DeleteResult>"),
		0, "deletions");
	T_STR(buf_str(&seen), "4 b -1 - -1.000 - - 0 - AccessDenied|",
		"those that failed");
	T_INT(reads("<Tagging><TagSet><Tag><Key>a</Key><Value></Value></Tag>"
		    "</TagSet></Tagging>"),
		0, "tags");
	T_STR(buf_str(&seen), "5 a -1 - -1.000 - - 0  -|", "an empty one");
	T_INT(reads("<AccessControlPolicy><Owner><ID>me</ID></Owner>"
		    "<AccessControlList><Grant><Grantee xmlns:xsi=\"x\" "
		    "xsi:type=\"Group\"><URI>all</URI></Grantee><Permission>"
		    "READ</Permission></Grant></AccessControlList>"
		    "</AccessControlPolicy>"),
		0, "grants");
	T_STR(buf_str(&seen), "6 all -1 - -1.000 - - 0 READ -|", "one");
	T_INT(reads("<html><Contents><Key>a</Key></Contents></html>"), 0,
		"another document");
	T_OK(d->root == S3XML_NONE && d->entries == 0, "says nothing");
}

static void
refusals(void)
{
	struct buf b = BUF_INIT;
	unsigned i;

	T_INT(reads("<!DOCTYPE x [<!ENTITY a \"b\">]><Error/>"), -1,
		"a document type");
	T_OK(strstr(s3xml_what(x), "document type") != NULL, "is named: %s",
		s3xml_what(x));
	T_INT(reads(""), -1, "nothing");
	T_INT(reads("<Error>"), -1, "half");
	T_INT(reads("<Error></Errer>"), -1, "not well-formed");
	T_INT(reads("{\"a\":1}"), -1, "JSON");
	T_INT(reads("<Error>&x;</Error>"), -1, "an entity");
	T_INT(reads("<ListBucketResult><Contents><Key>a</Key><Size>-1</Size>"
		    "</Contents></ListBucketResult>"),
		-1, "a size that is none");
	T_INT(reads("<ListBucketResult><Contents><Size>1</Size>"
		    "</Contents></ListBucketResult>"),
		-1, "an entry without a key");
	T_INT(reads("<ListBucketResult><IsTruncated>maybe</IsTruncated>"
		    "</ListBucketResult>"),
		-1, "truncated, maybe");
	for (i = 0; i < 30; i++)
		(void)buf_puts(&b, "<a>");
	T_INT(feed(b.data, b.len, b.len), -1, "depth without end");
	buf_clear(&b);
	(void)buf_puts(&b, "<Error><Code>");
	for (i = 0; i < 70000; i++)
		(void)buf_putc(&b, 'x');
	T_INT(feed(b.data, b.len, 4096), -1, "length without end");
	buf_fini(&b);
}

static void
bodies(void)
{
	struct buf b = BUF_INIT;
	const char *const keys[] = {"a&b<c>\"d", "\n\r\t"};
	const char *const values[] = {"1", ""};

	(void)s3body_complete(&b, keys, 1);
	T_STR(buf_str(&b),
		"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber>"
		"<ETag>\"a&amp;b&lt;c&gt;&quot;d\"</ETag></Part>"
		"</CompleteMultipartUpload>",
		"the end of an upload");
	buf_clear(&b);
	(void)s3body_delete(&b, keys, 2);
	T_OK(strstr(b.data, "<Key>&#10;&#13;&#9;</Key>") != NULL,
		"line breaks in keys stay: %s", b.data);
	buf_clear(&b);
	(void)s3body_tags(&b, keys, values, 2);
	T_INT(reads(b.data), 0, "tags that we write");
	T_STR(buf_str(&seen),
		"5 a&b<c>\"d -1 - -1.000 - - 0 1 -|"
		"5 \n\r\t -1 - -1.000 - - 0  -|",
		"are read back");
	T_OK(is_s3body_key("\xf0\x9f\x98\x80\n") && !is_s3body_key("a\x01") &&
			!is_s3body_key("\xff") &&
			!is_s3body_key("\xef\xbf\xbf"),
		"keys that XML can say");
	buf_fini(&b);
}

static void
once(void)
{
	static const char text[] = "<ListBucketResult><Contents><Key>a</Key>"
				   "</Contents></ListBucketResult>";
	struct s3xml *y = s3xml_new(NULL, NULL);

	if (y != NULL)
		(void)(s3xml_feed(y, text, strlen(text)) == 0 &&
			s3xml_feed(y, NULL, 0));
	s3xml_free(y);
}

int
main(void)
{
	T_BEGIN();
	x = s3xml_new(note, &seen);
	lists();
	others();
	refusals();
	bodies();
	T_ALLOC_LOOP(200, once());
	s3xml_free(x);
	buf_fini(&seen);
	return T_END();
}
