#include "ratelimit.h"
#include "t.h"

/* How long ${bytes} take in pieces of ${piece} at ${rate}. */
static double
duration(uint64_t rate, uint64_t bytes, uint64_t piece)
{
	struct ratelimit r;
	double now = 1000;

	ratelimit_init(&r, rate, now);
	while (bytes) {
		uint64_t n = bytes < piece ? bytes : piece;

		now += ratelimit_take(&r, n, now);
		bytes -= n;
	}
	return now - 1000;
}

int
main(void)
{
	struct ratelimit r;
	double wait;

	T_BEGIN();
	T_OK(duration(0, 1 << 30, 1000) == 0, "no limit");
	wait = duration(1000, 10000, 100);
	T_OK(wait > 9.8 && wait < 10.1, "ten times the rate: ten seconds");
	wait = duration(1000, 10000, 7000);
	T_OK(wait > 9.8 && wait < 10.1, "whatever the pieces");
	ratelimit_init(&r, 1000, 0);
	(void)ratelimit_take(&r, 0, 3600);
	T_OK(ratelimit_take(&r, 1100, 3600) > 0.9,
		"an idle hour is not saved up");
	T_OK(ratelimit_take(&r, 0, 3599) > 0.9, "a clock that goes back");
	return T_END();
}
