/*
 * Signature Version 4: the public vectors of the signing suite, each as far
 * as it goes (canonical request, string to sign, signature; in headers and in
 * the query), and what a suite with one day and one service cannot show.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "buf.h"
#include "clock.h"
#include "fd.h"
#include "json.h"
#include "mem.h"
#include "secret.h"
#include "sigv4.h"
#include "str.h"
#include "t.h"

enum { MAX_LINES = 16, MAX_FILE = 1 << 20 };

struct vector {
	const char *dir, *name;
	struct json *context;
	struct buf text, lines[MAX_LINES];
	const char *headers[MAX_LINES + 1];
	size_t n;
	char *method, *path, *query, *body;
	char hash[SIGV4_HASH_SIZE];
	const char *token;
	bool normal, signs_body, omits_token;
	double now;
	struct sigv4 *signer;
};

static const char *
corpus(void)
{
	const char *dir = getenv("AIRLIFT_CORPUS");

	return dir != NULL ? dir : "../shared/corpus";
}

static int
read_part(const struct vector *v, const char *part, struct buf *b)
{
	struct buf path = BUF_INIT;
	int rc;

	(void)buf_printf(&path, "%s/sigv4/%s/%s", v->dir, v->name, part);
	rc = fd_read_file(path.data, MAX_FILE, b);
	buf_fini(&path);
	return rc;
}

static void
add_header(struct vector *v, const char *line)
{
	(void)buf_puts(&v->lines[v->n], line);
	v->headers[v->n] = v->lines[v->n].data;
	v->headers[++v->n] = NULL;
}

/* Takes the request apart in place. */
static void
parse_request(struct vector *v)
{
	char *p = v->text.data, *end, *line = p + strcspn(p, "\n");

	v->body = strstr(p, "\n\n");
	if (v->body != NULL) {
		v->body[1] = '\0';
		v->body += 2;
	}
	if (*line != '\0')
		*line++ = '\0';
	v->method = p;
	v->path = strchr(p, ' ') + 1;
	v->path[-1] = '\0';
	*strrchr(v->path, ' ') = '\0';
	v->query = strchr(v->path, '?');
	if (v->query != NULL)
		*v->query++ = '\0';
	while (*line != '\0') {
		end = line;
		do
			end += strcspn(end + 1, "\n") + 1;
		while (end[1] == ' ');
		if (*end != '\0')
			*end++ = '\0';
		add_header(v, line);
		line = end;
	}
	(void)sigv4_hash(v->body != NULL ? v->body : "",
		v->body != NULL ? strlen(v->body) : 0, v->hash);
}

static bool
flag(const struct json_val *root, const char *name)
{
	bool on = false;

	(void)json_bool(json_get(root, name), &on);
	return on;
}

static int
open_vector(struct vector *v, const char *dir, const char *name)
{
	struct buf b = BUF_INIT;
	struct json_error e;
	const struct json_val *root, *who;
	struct secret *secret;

	memset(v, 0, sizeof(*v));
	v->dir = dir;
	v->name = name;
	if (read_part(v, "context.json", &b) == -1 ||
		read_part(v, "request.txt", &v->text) == -1 ||
		(v->context = json_parse(b.data, b.len, &e)) == NULL) {
		buf_fini(&b);
		return -1;
	}
	buf_fini(&b);
	root = json_root(v->context);
	who = json_get(root, "credentials");
	v->token = json_get_str(who, "token");
	v->normal = flag(root, "normalize");
	v->signs_body = flag(root, "sign_body");
	v->omits_token = flag(root, "omit_session_token");
	(void)clock_parse_rfc3339(json_get_str(root, "timestamp"), &v->now);
	secret = secret_new(json_get_str(who, "secret_access_key"),
		strlen(json_get_str(who, "secret_access_key")));
	v->signer = sigv4_new(json_get_str(who, "access_key_id"), secret,
		json_get_str(root, "region"), json_get_str(root, "service"),
		v->normal ? SIGV4_GENERAL : SIGV4_AS_IT_IS);
	secret_free(secret);
	parse_request(v);
	return v->signer != NULL ? 0 : -1;
}

static void
close_vector(struct vector *v)
{
	size_t i;

	json_free(v->context);
	buf_fini(&v->text);
	for (i = 0; i < MAX_LINES; i++)
		buf_fini(&v->lines[i]);
	sigv4_free(v->signer);
}

static int
is_part(const struct vector *v, const char *part, const struct buf *got)
{
	struct buf want = BUF_INIT;
	int same = read_part(v, part, &want) == 0 &&
		   strcmp(buf_str(&want), buf_str(got)) == 0;

	if (!same)
		printf("# %s %s\n# want: %s\n# got:  %s\n", v->name, part,
			buf_str(&want), buf_str(got));
	buf_fini(&want);
	return same;
}

/* The signature in headers: all three files must come out. */
static int
check_headers(struct vector *v, struct sigv4_request *r)
{
	struct buf a = BUF_INIT, b = BUF_INIT, c = BUF_INIT, d = BUF_INIT;
	char date[SIGV4_DATE_SIZE];
	size_t at;
	int ok;

	sigv4_date(v->now, date);
	(void)buf_printf(&d, "X-Amz-Date:%s", date);
	add_header(v, d.data);
	buf_clear(&d);
	if (v->token != NULL && !v->omits_token) {
		(void)buf_printf(&d, "X-Amz-Security-Token:%s", v->token);
		add_header(v, d.data);
	}
	if (v->signs_body) {
		buf_clear(&d);
		(void)buf_printf(&d, "x-amz-content-sha256: %s", v->hash);
		add_header(v, d.data);
	}
	(void)sigv4_canonical(v->signer, r, &a);
	(void)sigv4_string(v->signer, r, &b);
	(void)sigv4_sign(v->signer, r, &c);
	at = c.len > 64 ? c.len - 64 : 0;
	buf_drop(&c, at);
	ok = is_part(v, "header-canonical-request.txt", &a) &
	     is_part(v, "header-string-to-sign.txt", &b) &
	     is_part(v, "header-signature.txt", &c);
	buf_fini(&a);
	buf_fini(&b);
	buf_fini(&c);
	buf_fini(&d);
	return ok;
}

static int
check_query(struct vector *v, struct sigv4_request *r)
{
	struct secret *token = v->token != NULL && !v->omits_token
				       ? secret_new(v->token, strlen(v->token))
				       : NULL;
	struct buf b = BUF_INIT;
	int ok = 0;

	if (sigv4_presign(v->signer, r, token, 3600, &b) == 0 && b.len > 64) {
		buf_drop(&b, b.len - 64);
		ok = is_part(v, "query-signature.txt", &b);
	}
	secret_free(token);
	buf_fini(&b);
	return ok;
}

/* As S3 would have it: the path is encoded once before, and signed so. */
static int
check_as_s3(struct vector *v, struct sigv4_request r)
{
	struct buf path = BUF_INIT, got = BUF_INIT;
	struct secret *s = secret_new("x", 1);
	struct sigv4 *signer = sigv4_new("x", s, "x", "s3", SIGV4_S3);
	int ok;

	(void)sigv4_encode(&path, r.path, strlen(r.path), true);
	r.path = path.data;
	(void)sigv4_canonical(signer, &r, &got);
	ok = is_part(v, "header-canonical-request.txt", &got);
	sigv4_free(signer);
	secret_free(s);
	buf_fini(&path);
	buf_fini(&got);
	return ok;
}

static void
check_vector(const char *dir, const char *name, unsigned *good, unsigned *all)
{
	struct vector v;
	struct sigv4_request r;
	int ok;

	++*all;
	if (open_vector(&v, dir, name) == -1) {
		T_OK(0, "%s can be read", name);
		close_vector(&v);
		return;
	}
	r = (struct sigv4_request){.method = v.method,
		.path = v.path,
		.query = v.query,
		.headers = v.headers,
		.payload = v.hash,
		.now = v.now};
	/* the query's signature is made without the date among the headers */
	ok = v.signs_body || check_query(&v, &r);
	ok &= check_headers(&v, &r);
	if (!v.normal)
		ok &= check_as_s3(&v, r);
	T_OK(ok, "vector %s", name);
	*good += ok != 0;
	close_vector(&v);
}

static void
suite(void)
{
	struct buf path = BUF_INIT;
	unsigned good = 0, all = 0;
	struct dirent **list;
	int n, i;

	(void)buf_printf(&path, "%s/sigv4", corpus());
	n = scandir(path.data, &list, NULL, alphasort);
	if (n == -1) {
		printf("ok %d - the vectors # SKIP no folder %s\n", ++t_count,
			path.data);
		buf_fini(&path);
		return;
	}
	for (i = 0; i < n; i++) {
		if (list[i]->d_name[0] != '.' &&
			strchr(list[i]->d_name, '.') == NULL)
			check_vector(corpus(), list[i]->d_name, &good, &all);
		free(list[i]);
	}
	free(list);
	T_OK(good >= 38 && good == all, "%u of %u vectors", good, all);
	buf_fini(&path);
}

static char *
signature(struct sigv4 *s, struct sigv4_request r, double now)
{
	struct buf b = BUF_INIT;

	r.now = now;
	if (sigv4_sign(s, &r, &b) == -1) {
		buf_fini(&b);
		return NULL;
	}
	return buf_steal(&b);
}

/* The examples of "Signature Calculations for the Authorization Header" in the
 * API reference of S3. */
static void
s3_examples(void)
{
	static const char *const headers[] = {
		"Host: examplebucket.s3.amazonaws.com", "Range: bytes=0-9",
		"x-amz-content-sha256: "
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8"
		"55",
		"x-amz-date: 20130524T000000Z", NULL};
	static const char *const list_headers[] = {
		"Host: examplebucket.s3.amazonaws.com", NULL};
	struct secret *secret =
		secret_new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", 40);
	struct sigv4 *s = sigv4_new(
		"AKIAIOSFODNN7EXAMPLE", secret, "us-east-1", "s3", SIGV4_S3);
	struct sigv4_request r = {.method = "GET",
		.path = "/test.txt",
		.headers = headers,
		.payload = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca49"
			   "5991b7852b855",
		.now = 1369353600};
	char *a, *b, *c;
	struct buf q = BUF_INIT;

	a = signature(s, r, r.now);
	T_OK(a != NULL && str_ends(a, "f0e8bdb87c964420e857bd35b5d6ed310bd44f01"
				      "70aba48dd91039c6036bdb41"),
		"the GET of the reference");
	b = signature(s, r, r.now + 86400);
	c = signature(s, r, r.now);
	T_OK(a && b && c && strcmp(a, b) != 0 && strcmp(a, c) == 0,
		"the key is the day's");
	r.headers = list_headers;
	r.payload = SIGV4_UNSIGNED;
	(void)sigv4_presign(s, &r, NULL, 86400, &q);
	T_STR(buf_str(&q),
		"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential="
		"AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_"
		"request"
		"&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400"
		"&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0"
		"109b86d86835f995330da4c265957d157751f604d404",
		"the presigned URL of the reference");
	r.headers = (const char *const[]){"no header", NULL};
	T_OK(signature(s, r, r.now) == NULL, "a line that is no header");
	free(a);
	free(b);
	free(c);
	buf_fini(&q);
	sigv4_free(s);
	secret_free(secret);
}

static void
sign_once(void)
{
	struct secret *secret = secret_new("x", 1);
	struct sigv4 *s =
		secret != NULL ? sigv4_new("id", secret, "auto", "s3", SIGV4_S3)
			       : NULL;
	struct sigv4_request r = {.method = "GET",
		.path = "/",
		.query = "b=1&a&a=0",
		.headers = (const char *const[]){"b: 2", "a: 1", NULL},
		.payload = SIGV4_UNSIGNED,
		.now = 1e9};
	char *got;

	if (s != NULL) {
		got = signature(s, r, r.now);
		free(got);
	}
	sigv4_free(s);
	secret_free(secret);
}

int
main(void)
{
	T_BEGIN();
	suite();
	s3_examples();
	T_ALLOC_LOOP(100, sign_once());
	return T_END();
}
