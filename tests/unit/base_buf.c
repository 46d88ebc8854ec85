#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "mem.h"
#include "t.h"

static void
growth(void)
{
	struct buf b = BUF_INIT;
	int ok = 1;
	size_t moves = 0, cap = 0;

	T_STR(buf_str(&b), "", "an empty buffer is an empty string");
	for (size_t i = 0; i < 100000; i++) {
		ok &= buf_putc(&b, (int)('a' + i % 26)) == 0;
		ok &= b.len == i + 1 && b.len < b.cap && !b.data[b.len];
		moves += b.cap != cap;
		cap = b.cap;
	}
	for (size_t i = 0; i < b.len; i++)
		ok &= b.data[i] == (char)('a' + i % 26);
	T_OK(ok, "100000 bytes one by one, a NUL behind each");
	T_OK(moves < 40, "grows by a factor");
	buf_clear(&b);
	T_OK(b.len == 0 && b.cap == cap && !*buf_str(&b), "clear keeps memory");
	buf_fini(&b);
	T_OK(!b.data && !b.len && !b.cap, "fini leaves an empty one");
	buf_fini(&b);
	T_OK(buf_puts(&b, "again") == 0, "which can be used again");
	buf_fini(&b);
}

static void
appending(void)
{
	struct buf b;
	char *s;

	buf_init(&b);
	T_OK(buf_append(&b, NULL, 0) == 0 && b.len == 0, "append nothing");
	T_OK(buf_append(&b, "a\0b", 3) == 0 && b.len == 3 &&
			memcmp(b.data, "a\0b", 4) == 0,
		"append keeps NULs");
	buf_clear(&b);
	T_OK(buf_puts(&b, "n=") == 0 &&
			buf_printf(&b, "%d%s%c", 42, "", '!') == 0,
		"printf appends");
	T_STR(buf_str(&b), "n=42!", "the text");
	T_INT(b.len, 5, "and its length");
	T_OK(buf_printf(&b, "%*s", 5000, "x") == 0 && b.len == 5005,
		"printf beyond the capacity");
	T_OK(buf_putc(&b, 0xff) == 0 && (unsigned char)b.data[5005] == 0xff,
		"putc of a high byte");
	buf_drop(&b, 2);
	T_OK(strncmp(buf_str(&b), "42! ", 4) == 0 && b.len == 5004,
		"drop removes the head");
	buf_drop(&b, 0);
	T_INT(b.len, 5004, "drop of nothing");
	buf_drop(&b, SIZE_MAX);
	T_OK(b.len == 0 && !*buf_str(&b), "drop of more than there is");
	buf_puts(&b, "mine");
	s = buf_steal(&b);
	T_STR(s, "mine", "steal gives the contents");
	T_OK(!b.data && !b.len && !b.cap, "and leaves none");
	free(s);
	s = buf_steal(&b);
	T_STR(s, "", "steal of an empty buffer");
	free(s);
	buf_drop(&b, 1);
	buf_fini(&b);
}

static void
limits(void)
{
	struct buf b = BUF_INIT;

	buf_puts(&b, "kept");
	errno = 0;
	T_OK(buf_reserve(&b, SIZE_MAX) == -1 && errno == ENOMEM,
		"reserve: overflow");
	T_OK(buf_reserve(&b, SIZE_MAX - b.len) == -1, "reserve: no NUL fits");
	T_OK(buf_reserve(&b, SIZE_MAX / 4 + 1) == -1, "reserve: too much");
	mem_fail_after(0);
	T_OK(buf_reserve(&b, 1000) == -1 && buf_printf(&b, "%999d", 1) == -1,
		"out of memory");
	T_OK(buf_reserve(&b, 10) == 0, "no allocation where room is left");
	mem_fail_after(-1);
	T_STR(buf_str(&b), "kept", "the contents stay");
	T_OK(buf_reserve(&b, 1000) == 0 && b.cap >= b.len + 1001 && b.len == 4,
		"reserve leaves the length alone");
	buf_fini(&b);
}

/* Whether ${what} stands anywhere in the capacity. */
static int
is_left(const struct buf *b, const char *what)
{
	size_t n = strlen(what);

	for (size_t i = 0; b->data && i + n <= b->cap; i++)
		if (memcmp(b->data + i, what, n) == 0)
			return 1;
	return 0;
}

static void
wiping(void)
{
	struct buf b = BUF_SECRET;
	int ok = 1;

	for (int i = 0; i < 1000; i++)
		ok &= buf_puts(&b, "hunter2 ") == 0;
	T_OK(ok && b.len == 8000 && strncmp(b.data + 7992, "hunter2 ", 8) == 0,
		"a secret grows like any other");
	buf_clear(&b);
	buf_puts(&b, "x");
	b.len = 0;
	/* what was never written is not ours to look at */
	memset(b.data + 8001, 0, b.cap - 8001);
	T_OK(!is_left(&b, "hunter2"), "clear wipes");
	buf_puts(&b, "public hunter2");
	buf_drop(&b, 7);
	T_STR(buf_str(&b), "hunter2", "drop moves");
	buf_drop(&b, 7);
	T_OK(!is_left(&b, "hunter2") && !is_left(&b, "unter2"), "drop wipes");
	mem_fail_after(0);
	T_OK(buf_reserve(&b, 100000) == -1, "a secret out of memory");
	mem_fail_after(-1);
	buf_fini(&b);
	T_OK(b.secret, "fini keeps it a secret");
}

/* The old block of a secret that moved was wiped before it was freed. */
static void
wiped_when_moved(void)
{
	struct buf b = BUF_SECRET;
	uintptr_t old;

	buf_puts(&b, "hunter2");
	old = (uintptr_t)b.data;
	buf_reserve(&b, 1 << 20);
	T_OK((uintptr_t)b.data != old, "a secret is moved by hand");
	T_STR(buf_str(&b), "hunter2", "whole");
	buf_fini(&b);
}

static void
once(void)
{
	struct buf b = BUF_INIT, s = BUF_SECRET;

	if (buf_puts(&b, "a") == 0 && buf_printf(&b, "%500d", 1) == 0 &&
		buf_puts(&s, "b") == 0 && buf_append(&s, b.data, b.len) == 0)
		free(buf_steal(&b));
	buf_fini(&b);
	buf_fini(&s);
}

int
main(void)
{
	T_BEGIN();
	growth();
	appending();
	limits();
	wiping();
	wiped_when_moved();
	T_ALLOC_LOOP(100, once());
	return T_END();
}
