/* Tar archives as streams: what is written is read; what leads out is not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "msg.h"
#include "t.h"
#include "tarball.h"

static char last[512];

static void
keep(void *ctx, const char *line)
{
	(void)ctx;
	snprintf(last, sizeof(last), "%s", line);
}

static void
rewind_fd(FILE *f)
{
	T_OK(lseek(fileno(f), 0, SEEK_SET) == 0, "rewound");
}

static void
round_trip(FILE *f)
{
	struct tarball_writer *w;
	struct tarball_reader *r;
	struct tarball_entry e = {
		.name = "a/b", .size = 5, .mode = 0640, .mtime = 1700000000};
	const struct tarball_entry dir = {
		.name = "d", .mode = 0755, .type = TARBALL_FOLDER};
	const struct tarball_entry link = {
		.name = "a/l", .link = "../d", .type = TARBALL_SYMLINK};
	char got[16];

	T_INT(tarball_create(fileno(f), "t", 3, &w), 0, "created");
	T_INT(tarball_put(w, &e), 0, "a file begins");
	T_INT(tarball_write(w, "he", 2), 0, "in pieces");
	T_INT(tarball_put(w, &dir), -1, "none begins before it is full");
	T_INT(tarball_write(w, "llo!", 4), -1, "nor takes it too much");
	T_INT(tarball_write(w, "llo", 3), 0, "full");
	T_INT(tarball_put(w, &dir), 0, "a folder");
	T_INT(tarball_put(w, &link), 0, "a link");
	T_INT(tarball_finish(w), 0, "finished");
	rewind_fd(f);
	T_INT(tarball_open(fileno(f), "t", &r), 0, "opened");
	T_INT(tarball_next(r, &e), 1, "the file");
	T_STR(e.name, "a/b", "its name");
	T_INT(e.size, 5, "size");
	T_INT(e.mode, 0640, "mode");
	T_INT(e.mtime, 1700000000, "time");
	T_INT(tarball_read(r, got, 3), 3, "read in pieces");
	T_INT(tarball_read(r, got + 3, 10), 2, "to the end");
	T_INT(tarball_read(r, got + 5, 3), 0, "and no further");
	T_OK(memcmp(got, "hello", 5) == 0, "its bytes");
	T_INT(tarball_next(r, &e), 1, "the folder");
	T_INT(e.type, TARBALL_FOLDER, "is one");
	T_INT(tarball_next(r, &e), 1, "the link");
	T_INT(e.type, TARBALL_SYMLINK, "is one");
	T_STR(e.link, "../d", "and leads there");
	T_INT(tarball_next(r, &e), 0, "the end");
	tarball_close(r);
}

static void
names(void)
{
	T_OK(is_tarball_name("a/b..c/..d"), "dots in a name");
	T_OK(!is_tarball_name(""), "empty");
	T_OK(!is_tarball_name("/a"), "absolute");
	T_OK(!is_tarball_name(".."), "the parent");
	T_OK(!is_tarball_name("a/../../b"), "up in the middle");
	T_OK(is_tarball_link("a/l", "../d"), "a link within");
	T_OK(!is_tarball_link("a/l", "../../d"), "a link out");
	T_OK(!is_tarball_link("l", "../d"), "from the top");
	T_OK(!is_tarball_link("a/l", "b/../../../d"), "out, by a detour");
	T_OK(!is_tarball_link("l", "/etc/passwd"), "absolute");
}

/* A ustar header for an empty file of that name, as an attacker writes it. */
static void
forge(FILE *f, const char *name, char type, const char *link)
{
	unsigned char h[512] = {0};
	unsigned sum = 0, i;
	static const unsigned char zero[1024];

	memcpy(h, name, strlen(name));
	memcpy(h + 100, "0000644", 8);
	memcpy(h + 108, "0000000", 8);
	memcpy(h + 116, "0000000", 8);
	memcpy(h + 124, "00000000000", 12);
	memcpy(h + 136, "00000000000", 12);
	memset(h + 148, ' ', 8);
	h[156] = (unsigned char)type;
	memcpy(h + 157, link, strlen(link));
	memcpy(h + 257, "ustar\00000", 8);
	for (i = 0; i < sizeof(h); i++)
		sum += h[i];
	snprintf((char *)h + 148, 8, "%06o", sum);
	T_OK(fwrite(h, sizeof(h), 1, f) == 1 &&
			fwrite(zero, sizeof(zero), 1, f) == 1 && !fflush(f),
		"forged");
	rewind_fd(f);
}

static void
refuse(const char *name, char type, const char *link)
{
	FILE *f = tmpfile();
	struct tarball_reader *r;
	struct tarball_entry e;

	last[0] = 0;
	forge(f, name, type, link);
	T_INT(tarball_open(fileno(f), "t", &r), 0, "opened");
	T_INT(tarball_next(r, &e), -1, "%s is refused", name);
	T_OK(strstr(last, "refused"), "and said so");
	tarball_close(r);
	fclose(f);
}

/* Cut anywhere inside the member, the reader says so. */
static void
torn(void)
{
	static char data[1 << 20], got[4096];
	struct tarball_entry e = {.name = "x", .size = sizeof(data)};
	struct tarball_writer *w;
	struct tarball_reader *r;
	FILE *f = tmpfile();
	unsigned seed = 1;
	size_t i;
	ssize_t n = 0;
	off_t size;

	for (i = 0; i < sizeof(data); i++) {
		seed = seed * 1103515245u + 12345;
		data[i] = (char)(seed >> 16);
	}
	T_INT(tarball_create(fileno(f), "t", 3, &w), 0, "created");
	T_INT(tarball_put(w, &e), 0, "begun");
	T_INT(tarball_write(w, data, sizeof(data)), 0, "filled");
	T_INT(tarball_finish(w), 0, "finished");
	size = lseek(fileno(f), 0, SEEK_END);
	T_OK(ftruncate(fileno(f), size / 2) == 0, "cut");
	rewind_fd(f);
	T_INT(tarball_open(fileno(f), "t", &r), 0, "opened");
	T_INT(tarball_next(r, &e), 1, "its beginning");
	while ((n = tarball_read(r, got, sizeof(got))) > 0)
		;
	T_INT(n, -1, "torn");
	tarball_close(r);
	fclose(f);
}

/* Without compression: extended attributes, times to the nanosecond, names in
 * UTF-8; read as an archive of any kind. */
static void
plain(void)
{
	const struct tarball_attr attr[] = {
		{"user.a", "\0\xff", 2}, {"user.b", "text", 4}};
	struct tarball_entry e = {.name = "\xc3\xa9/\xe6\x97\xa5",
		.size = 2,
		.mtime = 1700000000,
		.mtime_ns = 123456789,
		.attr = attr,
		.n_attrs = 2};
	struct tarball_writer *w;
	struct tarball_reader *r;
	FILE *f = tmpfile();
	char got[4];

	T_INT(tarball_create_plain(fileno(f), "t", &w), 0, "created");
	T_OK(tarball_put(w, &e) == 0 && tarball_write(w, "hi", 2) == 0 &&
			tarball_finish(w) == 0,
		"written");
	rewind_fd(f);
	T_INT(tarball_open_any(fileno(f), "t", &r), 0, "opened");
	T_INT(tarball_next(r, &e), 1, "the member");
	T_STR(e.name, "\xc3\xa9/\xe6\x97\xa5", "its name");
	T_INT(e.mtime_ns, 123456789, "its time");
	T_INT(e.n_attrs, 2, "both attributes");
	T_OK(strcmp(e.attr[0].name, "user.a") == 0 && e.attr[0].n == 2 &&
			memcmp(e.attr[0].value, "\0\xff", 2) == 0,
		"byte for byte");
	T_INT(tarball_read(r, got, 4), 2, "its bytes");
	T_INT(tarball_next(r, &e), 0, "the end");
	tarball_close(r);
	fclose(f);
}

/* What tarball_open_any() hands over, and tarball_open() refuses. */
static void
any_member(
	const char *name, char type, const char *link, enum tarball_type want)
{
	struct tarball_reader *r;
	struct tarball_entry e;
	FILE *f = tmpfile();

	forge(f, name, type, link);
	T_INT(tarball_open_any(fileno(f), "t", &r), 0, "opened");
	T_INT(tarball_next(r, &e), 1, "%s is handed over", name);
	T_STR(e.name, name, "by its name");
	T_INT(e.type, want, "as what it is");
	tarball_close(r);
	fclose(f);
}

int
main(void)
{
	FILE *f = tmpfile();

	T_BEGIN();
	msg_set_sink(keep, NULL);
	round_trip(f);
	names();
	refuse("/etc/passwd", '0', "");
	refuse("a/../../b", '0', "");
	refuse("l", '2', "/etc");
	refuse("a/l", '2', "../../etc");
	refuse("h", '1', "../x");
	refuse("null", '3', "");
	torn();
	plain();
	any_member("a/../../b", '0', "", TARBALL_FILE);
	any_member("/abs", '0', "", TARBALL_FILE);
	any_member("h", '1', "../x", TARBALL_HARDLINK);
	any_member("null", '3', "", TARBALL_OTHER);
	any_member("not\xff", '0', "", TARBALL_FILE);
	fclose(f);
	return T_END();
}
