#ifndef T_H
#define T_H

/*
 * The unit test harness: TAP on standard output. A test file has one
 * main(): T_BEGIN(); a few checks, each one TAP line; return T_END().
 */
#include <stdio.h>
#include <string.h>

static int t_count, t_failed;

#define T_BEGIN()                                                              \
	((void)t_count, (void)t_failed, setvbuf(stdout, NULL, _IOLBF, 0))

#define T_OK(cond, ...)                                                        \
	do {                                                                   \
		int t_ok_ = !!(cond);                                          \
		t_failed += !t_ok_;                                            \
		printf("%sok %d - ", t_ok_ ? "" : "not ", ++t_count);          \
		printf(__VA_ARGS__);                                           \
		printf("\n");                                                  \
		if (!t_ok_)                                                    \
			printf("#   at %s:%d: %s\n", __FILE__, __LINE__,       \
				#cond);                                        \
	} while (0)

#define T_STR(got, want, ...)                                                  \
	do {                                                                   \
		const char *t_g_ = (got), *t_w_ = (want);                      \
		int t_eq_ = t_g_ && t_w_ && strcmp(t_g_, t_w_) == 0;           \
		T_OK(t_eq_, __VA_ARGS__);                                      \
		if (!t_eq_)                                                    \
			printf("#   got:  %s\n#   want: %s\n",                 \
				t_g_ ? t_g_ : "(null)",                        \
				t_w_ ? t_w_ : "(null)");                       \
	} while (0)

#define T_INT(got, want, ...)                                                  \
	do {                                                                   \
		long long t_gi_ = (long long)(got), t_wi_ = (long long)(want); \
		T_OK(t_gi_ == t_wi_, __VA_ARGS__);                             \
		if (t_gi_ != t_wi_)                                            \
			printf("#   got %lld, want %lld\n", t_gi_, t_wi_);     \
	} while (0)

#define T_END() (printf("1..%d\n", t_count), t_failed != 0)

/*
 * T_ALLOC_LOOP(body, max): run ${body} with the 1st, 2nd, ... allocation
 * failing until it runs without hitting the hook. ${body} must clean up after
 * itself; leaks and crashes show under the address sanitizer. One TAP line.
 * The file using it includes mem.h.
 */
#define T_ALLOC_LOOP(max, body)                                                \
	do {                                                                   \
		long t_n_ = 0;                                                 \
		for (; t_n_ < (max); t_n_++) {                                 \
			mem_fail_after(t_n_);                                  \
			body;                                                  \
			int t_hit_ = mem_fail_hit();                           \
			mem_fail_after(-1);                                    \
			if (!t_hit_)                                           \
				break;                                         \
		}                                                              \
		T_OK(t_n_ > 0 && t_n_ < (max), "survives each failing "        \
					       "allocation");                  \
	} while (0)

#endif
