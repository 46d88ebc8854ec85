#include <expat.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "clock.h"
#include "mem.h"
#include "num.h"
#include "s3xml.h"
#include "str.h"

enum {
	MAX_DEPTH = 24,
	SLICE = 8 << 10,     /* at once: expat keeps a copy */
	MAX_TEXT = 64 << 10, /* of one element */
	MAX_TOTAL = 64 << 20 /* of a document */
};

/* Text that is kept, of an entry and of the document. */
enum field {
	KEY,
	ETAG,
	STORAGE_CLASS,
	UPLOAD_ID,
	VALUE,
	CODE,
	MESSAGE,
	TOKEN,
	NEXT,
	NEXT_ID,
	BUCKET,
	SERVER_TIME,
	REGION,
	ENDPOINT,
	N_FIELDS
};

struct s3xml {
	XML_Parser parser;
	int (*entry)(void *ctx, const struct s3xml_entry *e);
	void *ctx;
	struct s3xml_doc doc;
	struct s3xml_entry e;
	struct buf of_doc[N_FIELDS], of_entry[N_FIELDS], text;
	unsigned depth, entry_depth; /* 0: outside of entries */
	size_t total;
	bool begun, failed;
	const char *what;
};

struct name {
	const char *name;
	int is;
};

static const struct name roots[] = {{"Error", S3XML_ERROR},
	{"ListBucketResult", S3XML_LIST}, {"ListPartsResult", S3XML_PARTS},
	{"ListMultipartUploadsResult", S3XML_UPLOADS},
	{"InitiateMultipartUploadResult", S3XML_INITIATED},
	{"CompleteMultipartUploadResult", S3XML_COMPLETED},
	{"CopyObjectResult", S3XML_COPIED}, {"CopyPartResult", S3XML_COPIED},
	{"DeleteResult", S3XML_DELETED}, {"Tagging", S3XML_TAGS},
	{"AccessControlPolicy", S3XML_ACL}, {NULL, S3XML_NONE}};

/* Elements that are entries, each in one kind of document. */
static const struct {
	enum s3xml_root root;
	const char *name;
	enum s3xml_kind kind;
} entries[] = {{S3XML_LIST, "Contents", S3XML_OBJECT},
	{S3XML_LIST, "CommonPrefixes", S3XML_PREFIX},
	{S3XML_PARTS, "Part", S3XML_PART},
	{S3XML_UPLOADS, "Upload", S3XML_UPLOAD},
	{S3XML_UPLOADS, "CommonPrefixes", S3XML_PREFIX},
	{S3XML_DELETED, "Error", S3XML_FAILURE}, {S3XML_TAGS, "Tag", S3XML_TAG},
	{S3XML_ACL, "Grant", S3XML_GRANT}};

static const struct name entry_fields[] = {{"Key", KEY}, {"ETag", ETAG},
	{"StorageClass", STORAGE_CLASS}, {"UploadId", UPLOAD_ID},
	{"Value", VALUE}, {"Code", CODE}, {"Message", MESSAGE}, {NULL, -1}};

static const struct name doc_fields[] = {{"Key", KEY}, {"ETag", ETAG},
	{"UploadId", UPLOAD_ID}, {"Code", CODE}, {"Message", MESSAGE},
	{"NextContinuationToken", TOKEN}, {"NextMarker", NEXT},
	{"NextKeyMarker", NEXT}, {"NextPartNumberMarker", NEXT},
	{"NextUploadIdMarker", NEXT_ID}, {"Bucket", BUCKET},
	{"BucketName", BUCKET}, {"ServerTime", SERVER_TIME}, {"Region", REGION},
	{"Endpoint", ENDPOINT}, {NULL, -1}};

static int
look_up(const struct name *list, const char *name)
{
	for (; list->name != NULL; list++)
		if (strcmp(list->name, name) == 0)
			break;
	return list->is;
}

static void
fail(struct s3xml *x, const char *what)
{
	if (!x->failed)
		x->what = what;
	x->failed = true;
	(void)XML_StopParser(x->parser, XML_FALSE);
}

static void
clear_entry(struct s3xml *x)
{
	size_t i;

	memset(&x->e, 0, sizeof(x->e));
	x->e.size = -1;
	x->e.modified = -1;
	for (i = 0; i < N_FIELDS; i++)
		buf_clear(&x->of_entry[i]);
}

static void
on_start(void *ctx, const char *name, const char **attributes)
{
	struct s3xml *x = ctx;
	size_t i;

	(void)attributes;
	buf_clear(&x->text);
	if (++x->depth > MAX_DEPTH) {
		fail(x, "elements within elements without end");
		return;
	}
	if (x->depth == 1) {
		x->doc.root = (enum s3xml_root)look_up(roots, name);
		return;
	}
	if (x->entry_depth != 0 || x->depth > 3)
		return;
	for (i = 0; i < sizeof(entries) / sizeof(*entries); i++)
		if (entries[i].root == x->doc.root &&
			strcmp(entries[i].name, name) == 0) {
			clear_entry(x);
			x->e.kind = entries[i].kind;
			x->entry_depth = x->depth;
		}
}

static void
on_text(void *ctx, const char *p, int n)
{
	struct s3xml *x = ctx;

	if (x->text.len + (size_t)n > MAX_TEXT)
		fail(x, "an element that is too long");
	else if (buf_append(&x->text, p, (size_t)n) == -1)
		fail(x, "out of memory");
}

/* Keeps the text. Of an ETag without its quotes. */
static void
keep(struct s3xml *x, struct buf *b, int field)
{
	const char *p = buf_str(&x->text);
	size_t n = x->text.len;

	if (field == ETAG && n > 1 && *p == '"' && p[n - 1] == '"') {
		p++;
		n -= 2;
	}
	buf_clear(b);
	if (buf_append(b, p, n) == -1 || buf_reserve(b, 1) == -1)
		fail(x, "out of memory");
}

static int64_t
number(struct s3xml *x, int64_t max)
{
	int64_t n = -1;

	if (num_int(buf_str(&x->text), 0, max, &n) == -1)
		fail(x, "a number that is none");
	return n;
}

static double
when(struct s3xml *x)
{
	double t = -1;

	(void)clock_parse_rfc3339(buf_str(&x->text), &t);
	return t;
}

/* An element within an entry has ended. */
static void
end_of_entry_field(struct s3xml *x, const char *name)
{
	int field = look_up(entry_fields, name);

	if (field >= 0)
		keep(x, &x->of_entry[field], field);
	else if (strcmp(name, "Size") == 0)
		x->e.size = number(x, INT64_MAX);
	else if (strcmp(name, "PartNumber") == 0)
		x->e.part = (unsigned)number(x, INT_MAX);
	else if (strcmp(name, "LastModified") == 0 ||
		 strcmp(name, "Initiated") == 0)
		x->e.modified = when(x);
	else if (x->e.kind == S3XML_PREFIX && strcmp(name, "Prefix") == 0)
		keep(x, &x->of_entry[KEY], KEY);
	else if (x->e.kind == S3XML_GRANT &&
		 (strcmp(name, "URI") == 0 || strcmp(name, "ID") == 0))
		keep(x, &x->of_entry[KEY], KEY);
	else if (x->e.kind == S3XML_GRANT && strcmp(name, "Permission") == 0)
		keep(x, &x->of_entry[VALUE], VALUE);
}

static void
end_of_doc_field(struct s3xml *x, const char *name)
{
	const char *text = buf_str(&x->text);
	int field = look_up(doc_fields, name);

	if (field >= 0)
		keep(x, &x->of_doc[field], field);
	else if (strcmp(name, "IsTruncated") == 0) {
		x->doc.has_truncated = true;
		x->doc.truncated = strcmp(text, "true") == 0;
		if (!x->doc.truncated && strcmp(text, "false") != 0)
			fail(x, "IsTruncated is neither true nor false");
	} else if (strcmp(name, "EncodingType") == 0)
		x->doc.encoded = is_str_equal_nocase(text, "url");
	else if (strcmp(name, "KeyCount") == 0)
		x->doc.key_count = number(x, INT64_MAX);
	else if (strcmp(name, "MaxKeys") == 0 ||
		 strcmp(name, "MaxParts") == 0 ||
		 strcmp(name, "MaxUploads") == 0)
		x->doc.max = number(x, INT64_MAX);
	else if (strcmp(name, "LastModified") == 0)
		x->doc.modified = when(x);
}

static const char *
or_null(const struct buf *b)
{
	return b->len > 0 ? b->data : NULL;
}

static void
hand_over(struct s3xml *x)
{
	struct s3xml_entry *e = &x->e;
	const struct buf *f = x->of_entry;

	x->entry_depth = 0;
	e->key = or_null(&f[KEY]);
	e->etag = or_null(&f[ETAG]);
	e->storage_class = or_null(&f[STORAGE_CLASS]);
	e->upload_id = or_null(&f[UPLOAD_ID]);
	e->code = or_null(&f[CODE]);
	e->message = or_null(&f[MESSAGE]);
	e->value =
		e->kind == S3XML_TAG ? buf_str(&f[VALUE]) : or_null(&f[VALUE]);
	if (e->key == NULL &&
		(e->kind == S3XML_OBJECT || e->kind == S3XML_PREFIX ||
			e->kind == S3XML_UPLOAD)) {
		fail(x, "an entry without a key");
		return;
	}
	x->doc.entries++;
	if (x->entry != NULL && x->entry(x->ctx, e) == -1)
		fail(x, "given up");
}

static void
on_end(void *ctx, const char *name)
{
	struct s3xml *x = ctx;

	if (x->failed)
		return;
	if (x->entry_depth != 0 && x->depth > x->entry_depth)
		end_of_entry_field(x, name);
	else if (x->entry_depth != 0 && x->depth == x->entry_depth)
		hand_over(x);
	else if (x->depth == 2)
		end_of_doc_field(x, name);
	x->depth--;
	buf_clear(&x->text);
}

static void
on_doctype(void *ctx, const char *name, const char *system, const char *public,
	int has_subset)
{
	(void)name, (void)system, (void)public, (void)has_subset;
	fail(ctx, "a document type, which no answer of S3 has");
}

/* --- the reader ---------------------------------------------------------- */

static void *
resize(void *p, size_t n)
{
	return mem_resize(p, n != 0 ? n : 1, 1);
}

static void
set_handlers(struct s3xml *x)
{
	XML_SetUserData(x->parser, x);
	XML_SetElementHandler(x->parser, on_start, on_end);
	XML_SetCharacterDataHandler(x->parser, on_text);
	XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
}

static void
clear(struct s3xml *x)
{
	size_t i;

	memset(&x->doc, 0, sizeof(x->doc));
	x->doc.key_count = x->doc.max = -1;
	x->doc.modified = -1;
	for (i = 0; i < N_FIELDS; i++)
		buf_clear(&x->of_doc[i]);
	clear_entry(x);
	buf_clear(&x->text);
	x->depth = x->entry_depth = 0;
	x->total = 0;
	x->begun = x->failed = false;
	x->what = "";
}

struct s3xml *
s3xml_new(int (*entry)(void *ctx, const struct s3xml_entry *e), void *ctx)
{
	static const XML_Memory_Handling_Suite memory = {
		mem_alloc, resize, free};
	struct s3xml *x = mem_zalloc(1, sizeof(*x));

	if (x == NULL)
		return NULL;
	x->entry = entry;
	x->ctx = ctx;
	x->parser = XML_ParserCreate_MM(NULL, &memory, NULL);
	if (x->parser == NULL) {
		free(x);
		return NULL;
	}
	clear(x);
	set_handlers(x);
	return x;
}

void
s3xml_free(struct s3xml *x)
{
	size_t i;

	if (x == NULL)
		return;
	XML_ParserFree(x->parser);
	for (i = 0; i < N_FIELDS; i++) {
		buf_fini(&x->of_doc[i]);
		buf_fini(&x->of_entry[i]);
	}
	buf_fini(&x->text);
	free(x);
}

int
s3xml_reset(struct s3xml *x)
{
	clear(x);
	if (XML_ParserReset(x->parser, NULL) != XML_TRUE)
		return -1;
	set_handlers(x);
	return 0;
}

void
s3xml_decode(char *s)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	char *to = s;

	for (; *s != '\0'; s++) {
		const char *a =
			*s == '%' && s[1] != '\0' ? strchr(digits, s[1]) : NULL;
		const char *b =
			a != NULL && s[2] != '\0' ? strchr(digits, s[2]) : NULL;

		if (b != NULL) {
			int c = (int)((a - digits) % 16 * 16 +
				      (b - digits) % 16);

			if (c != 0) { /* no key has a NUL */
				*to++ = (char)c;
				s += 2;
				continue;
			}
		}
		*to++ = *s == '+' ? ' ' : *s;
	}
	*to = '\0';
}

/* The document is whole: its strings. */
static int
finish(struct s3xml *x)
{
	struct s3xml_doc *d = &x->doc;
	struct buf *f = x->of_doc;

	if (d->encoded && f[NEXT].len > 0)
		s3xml_decode(f[NEXT].data);
	d->token = or_null(&f[TOKEN]);
	d->next = or_null(&f[NEXT]);
	d->next_id = or_null(&f[NEXT_ID]);
	d->upload_id = or_null(&f[UPLOAD_ID]);
	d->etag = or_null(&f[ETAG]);
	d->key = or_null(&f[KEY]);
	d->bucket = or_null(&f[BUCKET]);
	d->code = or_null(&f[CODE]);
	d->message = or_null(&f[MESSAGE]);
	d->server_time = or_null(&f[SERVER_TIME]);
	d->region = or_null(&f[REGION]);
	d->endpoint = or_null(&f[ENDPOINT]);
	return 0;
}

/* Bytes of the document, in slices; none: its end. */
static int
parse(struct s3xml *x, const char *p, size_t n)
{
	if (n == 0)
		return XML_Parse(x->parser, NULL, 0, 1) == XML_STATUS_OK ? 0
									 : -1;
	while (n > 0) {
		size_t part = n < SLICE ? n : SLICE;

		if (XML_Parse(x->parser, p, (int)part, 0) != XML_STATUS_OK)
			return -1;
		p += part;
		n -= part;
	}
	return 0;
}

int
s3xml_feed(struct s3xml *x, const void *p, size_t n)
{
	const char *s = p;
	bool last = n == 0;

	if (x->failed)
		return -1;
	x->total += n;
	if (x->total > MAX_TOTAL)
		fail(x, "a document that is too long");
	/* blank bytes that keep a connection alive come before the document */
	while (!x->begun && n > 0 && strchr(" \t\r\n", *s) != NULL && *s) {
		s++;
		n--;
	}
	x->begun |= n > 0;
	if (!x->failed && (n > 0 || last) && parse(x, s, n) == -1)
		fail(x, XML_ErrorString(XML_GetErrorCode(x->parser)));
	if (x->failed)
		return -1;
	return last ? finish(x) : 0;
}

const struct s3xml_doc *
s3xml_doc(const struct s3xml *x)
{
	return &x->doc;
}

const char *
s3xml_what(const struct s3xml *x)
{
	return x->what != NULL ? x->what : "no XML";
}
