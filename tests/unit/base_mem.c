#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "t.h"

/* Allocations too large for any machine; hidden from the compiler. */
static volatile size_t huge = SIZE_MAX;

static void
overflow(void)
{
	char *p = mem_strdup("kept");

	errno = 0;
	T_OK(!mem_alloc(huge) && errno == ENOMEM, "alloc: too much");
	errno = 0;
	T_OK(!mem_zalloc(huge / 2 + 1, 2) && errno == ENOMEM,
		"zalloc: the product overflows");
	errno = 0;
	T_OK(!mem_resize(p, huge / 2 + 1, 2) && errno == ENOMEM,
		"resize: the product overflows to 0");
	T_STR(p, "kept", "and the old memory is untouched");
	errno = 0;
	T_OK(!mem_dup("x", huge) && errno == ENOMEM, "dup: no room for a NUL");
	errno = 0;
	T_OK(!mem_alloc(huge / 2 + 1) && errno == ENOMEM,
		"more than a pointer difference");
	free(p);
}

static void
sizes(void)
{
	static const char zero[64];
	char *p;

	p = mem_alloc(0);
	T_OK(p, "0 bytes are 1");
	free(p);
	p = mem_zalloc(0, 8);
	T_OK(p, "0 members too");
	free(p);
	p = mem_zalloc(8, 8);
	T_OK(p && memcmp(p, zero, 64) == 0, "zalloc gives zeroes");
	p = mem_resize(p, 0, 8);
	T_OK(p, "a resize to 0 does not free");
	free(p);
	p = mem_resize(NULL, 4, 4);
	T_OK(p, "resize of NULL allocates");
	free(p);
	p = mem_dup("a\0b", 3);
	T_OK(p && memcmp(p, "a\0b", 4) == 0, "dup keeps NULs and adds one");
	free(p);
	p = mem_dup(NULL, 0);
	T_STR(p, "", "a dup of nothing is a string");
	free(p);
}

static void
hook(void)
{
	char *a, *b, *c;

	mem_fail_after(2);
	a = mem_alloc(1);
	b = mem_zalloc(1, 1);
	T_OK(a && b && !mem_fail_hit(), "two succeed");
	errno = 0;
	T_OK(!mem_strdup("x") && errno == ENOMEM, "the third fails");
	T_OK(!mem_dup("x", 1) && !mem_alloc(1) && !mem_zalloc(1, 1) &&
			!mem_resize(NULL, 1, 1),
		"and every one after it");
	T_INT(mem_fail_hit(), 1, "the hook tells so");
	mem_fail_after(-1);
	T_INT(mem_fail_hit(), 1, "also when it is off");
	c = mem_alloc(1);
	T_OK(c, "then memory is back");
	mem_fail_after(5);
	T_INT(mem_fail_hit(), 0, "setting it starts over");
	mem_fail_after(-1);
	free(a);
	free(b);
	free(c);
}

int
main(void)
{
	char s[] = "secret";

	T_BEGIN();
	overflow();
	sizes();
	hook();
	mem_wipe(s + 1, 4);
	T_OK(memcmp(s, "s\0\0\0\0t", 7) == 0, "wipe: those bytes, no others");
	mem_wipe(NULL, 0);
	return T_END();
}
