/* Ends of a transfer, from options, the environment and files. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "fd.h"
#include "mem.h"
#include "msg.h"
#include "s3addr.h"
#include "secret.h"
#include "t.h"

static const char *const names[] = {"ACCESS_KEY_ID", "SECRET_ACCESS_KEY",
	"ENDPOINT", "REGION", "BUCKET", "BUCKET_NAME", "AWS_ACCESS_KEY_ID",
	"AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3",
	"AWS_ENDPOINT_URL", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_BUCKET",
	"AWS_ENDPOINT", NULL};

static void
quiet(void *ctx, const char *line)
{
	(void)ctx;
	printf("# %s\n", line);
}

static void
forget(void)
{
	size_t i;

	for (i = 0; names[i] != NULL; i++)
		(void)unsetenv(names[i]);
}

static struct s3addr *
resolve(const char *env, const char *place)
{
	struct s3addr_spec s = {.what = "source", .env = env, .place = place};
	struct s3addr *a = NULL;

	return s3addr_resolve(&s, &a) == 0 ? a : NULL;
}

static int
refused(const char *env, const char *place, const char *why)
{
	struct s3addr *a = resolve(env, place);
	int good = a == NULL && strstr(msg_last(), why) != NULL;

	s3addr_free(a);
	return good;
}

static void
fly(void)
{
	struct s3addr *a;

	setenv("AWS_ACCESS_KEY_ID", "tid_1", 1);
	T_OK(refused(NULL, "b", "AWS_ENDPOINT_URL_S3"), "no endpoint");
	setenv("AWS_ENDPOINT_URL_S3", "https://fly.storage.tigris.dev/", 1);
	T_OK(refused(NULL, "b", "AWS_SECRET_ACCESS_KEY"), "no secret");
	setenv("AWS_SECRET_ACCESS_KEY", "tsec_1", 1);
	T_OK(refused(NULL, NULL, "AWS_BUCKET"), "no bucket");
	setenv("BUCKET_NAME", "shop", 1);
	setenv("AWS_REGION", "auto", 1);
	a = resolve(NULL, NULL);
	T_OK(a != NULL, "fly storage create");
	T_STR(s3addr_host(a), "fly.storage.tigris.dev", "its host");
	T_STR(s3addr_bucket(a), "shop", "its bucket");
	T_STR(s3addr_prefix(a), "", "no prefix");
	T_STR(s3addr_region(a), "auto", "its region");
	T_STR(secret_data(s3addr_secret(a)), "tsec_1", "its secret");
	T_OK(s3addr_token(a) == NULL, "no token");
	T_OK(is_s3addr_tls(a) && !is_s3addr_loopback(a), "TLS");
	T_INT(s3addr_style(a), S3ADDR_AUTO, "a style that is not settled");
	T_STR(s3addr_identity(a), "s3://fly.storage.tigris.dev/shop/",
		"its identity");
	s3addr_free(a);
	a = resolve("AWS", "other.dots/a//b/");
	T_STR(s3addr_bucket(a), "other.dots", "a bucket that is said");
	T_STR(s3addr_prefix(a), "a//b/", "a prefix, as it is");
	T_INT(s3addr_style(a), S3ADDR_PATH, "a dot in its name");
	s3addr_free(a);
	T_OK(refused(NULL, "/x", "bucket"), "no name");
	T_OK(refused(NULL, "user@host", "bucket"), "no name either");
	setenv("AWS_ENDPOINT_URL_S3", "https://host/path", 1);
	T_OK(refused(NULL, NULL, "endpoint"), "an endpoint with a path");
	setenv("AWS_ENDPOINT_URL_S3", "https://u:p@host", 1);
	T_OK(refused(NULL, NULL, "endpoint"), "one with a password");
	setenv("AWS_ENDPOINT_URL_S3", "host", 1);
	T_OK(refused(NULL, NULL, "endpoint"), "one without a scheme");
	setenv("AWS_ENDPOINT_URL_S3", "http://[::1]:9000", 1);
	a = resolve(NULL, NULL);
	T_OK(a != NULL && is_s3addr_loopback(a) && !is_s3addr_tls(a) &&
			s3addr_style(a) == S3ADDR_PATH,
		"this machine");
	s3addr_free(a);
	setenv("AWS_ENDPOINT_URL_S3", "http://s3.localhost:9000", 1);
	a = resolve(NULL, NULL);
	T_OK(a != NULL && is_s3addr_loopback(a) &&
			s3addr_style(a) == S3ADDR_AUTO,
		"this machine, by a name that may have others beneath it");
	s3addr_free(a);
	setenv("AWS_ENDPOINT_URL_S3", "https://127.example.com", 1);
	a = resolve(NULL, NULL);
	T_OK(a != NULL && !is_s3addr_loopback(a), "a name is no address");
	s3addr_free(a);
	forget();
}

static void
others(void)
{
	struct s3addr *a;

	setenv("BUCKETEER_AWS_ACCESS_KEY_ID", "AK", 1);
	setenv("BUCKETEER_AWS_SECRET_ACCESS_KEY", "SK", 1);
	setenv("BUCKETEER_AWS_REGION", "eu-west-1", 1);
	setenv("BUCKETEER_BUCKET_NAME", "bucketeer-1", 1);
	a = resolve("BUCKETEER", NULL);
	T_OK(a != NULL, "Bucketeer");
	T_STR(s3addr_host(a), "s3.eu-west-1.amazonaws.com", "by its region");
	T_STR(s3addr_bucket(a), "bucketeer-1", "its bucket");
	s3addr_free(a);

	setenv("CLOUDCUBE_ACCESS_KEY_ID", "AK", 1);
	setenv("CLOUDCUBE_SECRET_ACCESS_KEY", "SK", 1);
	setenv("CLOUDCUBE_URL", "https://cloud-cube.s3.amazonaws.com/abc", 1);
	a = resolve("CLOUDCUBE", NULL);
	T_OK(a != NULL, "Cloudcube");
	T_STR(s3addr_bucket(a), "cloud-cube", "the bucket is in its URL");
	T_STR(s3addr_prefix(a), "abc/", "and the cube");
	T_STR(s3addr_host(a), "s3.us-east-1.amazonaws.com",
		"in the first region");
	s3addr_free(a);
	setenv("CLOUDCUBE_URL",
		"https://cloud-cube-eu.s3.eu-west-1.amazonaws.com/x", 1);
	a = resolve("CLOUDCUBE", NULL);
	T_STR(s3addr_region(a), "eu-west-1", "or another");
	s3addr_free(a);
	setenv("CLOUDCUBE_URL", "nonsense", 1);
	T_OK(refused("CLOUDCUBE", NULL, "CLOUDCUBE_URL"), "a URL that is none");

	setenv("ACCESS_KEY_ID", "tid", 1);
	setenv("SECRET_ACCESS_KEY", "tsec", 1);
	setenv("ENDPOINT", "https://storage.railway.app", 1);
	setenv("BUCKET", "my-bucket-x1", 1);
	setenv("REGION", "auto", 1);
	a = resolve("RAILWAY", NULL);
	T_OK(a != NULL && strcmp(s3addr_id(a), "tid") == 0, "Railway");
	T_STR(s3addr_identity(a), "s3://storage.railway.app/my-bucket-x1/",
		"its identity");
	s3addr_free(a);

	setenv("TIGRIS_STORAGE_ACCESS_KEY_ID", "tid2", 1);
	setenv("TIGRIS_STORAGE_SECRET_ACCESS_KEY", "tsec2", 1);
	a = resolve("TIGRIS", "b");
	T_OK(a != NULL, "Tigris");
	T_STR(s3addr_host(a), "t3.storage.dev", "its own endpoint");
	s3addr_free(a);
	T_OK(refused("NONE", "b", "NONE_REGION"), "nothing at all");
	forget();
}

static void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	if (f != NULL) {
		(void)fputs(text, f);
		(void)fclose(f);
	}
}

static void
files(void)
{
	char path[] = "/tmp/s3_addr.XXXXXX";
	int fd = mkstemp(path);
	struct s3addr_spec s = {.what = "target", .place = "b", .file = path};
	struct s3addr *a = NULL;
	const struct s3addr *b;

	close(fd);
	write_file(path, "AWS_ENDPOINT_URL_S3=https://h\n# a note\n"
			 "export AWS_ACCESS_KEY_ID=\"one\"\r\n"
			 "AWS_SECRET_ACCESS_KEY='s=1'\n"
			 "AWS_SESSION_TOKEN=t1\n");
	T_INT(s3addr_resolve(&s, &a), 0, "from a file");
	T_STR(s3addr_id(a), "one", "its id");
	T_STR(secret_data(s3addr_secret(a)), "s=1", "its secret");
	T_STR(secret_data(s3addr_token(a)), "t1", "its token");
	T_INT(s3addr_reload(a), 0, "the same when read again");
	write_file(path, "AWS_ACCESS_KEY_ID=one\nAWS_SECRET_ACCESS_KEY=s=1\n"
			 "AWS_SESSION_TOKEN=t2");
	T_INT(s3addr_reload(a), 1, "another token");
	T_STR(secret_data(s3addr_token(a)), "t2", "is there");
	write_file(path, "");
	T_INT(s3addr_reload(a), -1, "nothing in it");
	T_STR(s3addr_id(a), "one", "leaves the old ones");
	b = a;
	T_OK(is_s3addr_same_server(a, b), "the same server");
	s3addr_free(a);
	(void)unlink(path);
	T_INT(s3addr_resolve(&s, &a), -1, "no file");
}

static void
once(void)
{
	s3addr_free(resolve("X", NULL));
}

int
main(void)
{
	T_BEGIN();
	msg_set_sink(quiet, NULL);
	forget();
	fly();
	others();
	files();
	setenv("X_ACCESS_KEY_ID", "a", 1);
	setenv("X_SECRET_ACCESS_KEY", "b", 1);
	setenv("X_REGION", "r", 1);
	setenv("X_BUCKET", "b/c", 1);
	T_ALLOC_LOOP(200, once());
	return T_END();
}
