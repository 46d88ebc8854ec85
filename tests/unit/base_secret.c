#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "buf.h"
#include "mem.h"
#include "secret.h"
#include "t.h"

/* under the leak sanitizer a process has to trace itself */
#if defined(__SANITIZE_ADDRESS__)
#define TRACED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TRACED 1
#endif
#endif

static volatile size_t huge = SIZE_MAX;

static void
values(void)
{
	struct secret *s = secret_new("a\0b", 3);
	char *long_value = mem_alloc(100000);

	T_OK(s && secret_len(s) == 3 && memcmp(secret_data(s), "a\0b", 4) == 0,
		"any bytes, a NUL behind them");
	secret_free(s);
	s = secret_new(NULL, 0);
	T_OK(s && secret_len(s) == 0 && !*secret_data(s), "an empty one");
	secret_free(s);
	memset(long_value, 'x', 100000);
	s = secret_new(long_value, 100000);
	T_OK(s && memcmp(secret_data(s), long_value, 100000) == 0 &&
			!secret_data(s)[100000],
		"many pages");
	secret_free(s);
	free(long_value);
	secret_free(NULL);
	T_OK(!secret_new("x", huge) && !secret_new("x", huge / 2),
		"too long for any machine");
}

static void
taken(void)
{
	struct buf b = BUF_INIT;
	struct secret *s;

	buf_puts(&b, "hunter2");
	s = secret_take(&b);
	T_STR(s ? secret_data(s) : NULL, "hunter2", "takes a buffer over");
	T_OK(!b.data && !b.len, "which is empty then");
	secret_free(s);
	s = secret_take(&b);
	T_OK(s && secret_len(s) == 0, "an empty one too");
	secret_free(s);
	buf_puts(&b, "hunter2");
	mem_fail_after(0);
	s = secret_take(&b);
	mem_fail_after(-1);
	T_OK(!s && !b.data, "without memory the buffer is gone all the same");
}

#ifdef __linux__
/* Whether the pages at ${p} have the flag ("dd": not dumped) of proc(5). */
static int
has_vm_flag(const void *p, const char *flag)
{
	FILE *f = fopen("/proc/self/smaps", "r");
	unsigned long lo, hi, at = (unsigned long)(uintptr_t)p;
	char line[1024];
	int here = 0, found = 0;

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx-%lx ", &lo, &hi) == 2)
			here = at >= lo && at < hi;
		else if (here && strncmp(line, "VmFlags:", 8) == 0)
			found |= strstr(line, flag) != NULL;
	}
	if (f)
		fclose(f);
	return found;
}

static void
pages(void)
{
	struct secret *s = secret_new("hunter2", 7);

	if (access("/proc/self/smaps", R_OK) == 0)
		T_OK(has_vm_flag(secret_data(s), " dd"),
			"its pages are left out of core dumps");
	secret_free(s);
}
#endif

static void
once(void)
{
	struct buf b = BUF_SECRET;

	if (buf_puts(&b, "hunter2") == 0)
		secret_free(secret_take(&b));
	buf_fini(&b);
}

int
main(void)
{
	struct rlimit r;

	T_BEGIN();
	values();
	taken();
	T_ALLOC_LOOP(10, once());
#ifdef __linux__
	pages();
#endif
	secret_guard_process();
	T_OK(getrlimit(RLIMIT_CORE, &r) == 0 && r.rlim_cur == 0 &&
			r.rlim_max == 0,
		"a guarded process dumps no core");
#if defined(__linux__) && !defined(TRACED)
	T_INT(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0, "and cannot be traced");
#endif
	return T_END();
}
