#include <signal.h>
#include <time.h>

#include "stopsignal.h"

static void
both(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
}

void
stopsignal_hold(void)
{
	sigset_t set;

	both(&set);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
}

bool
is_stopsignal(void)
{
	const struct timespec none = {0, 0};
	sigset_t set;

	both(&set);
	if (sigtimedwait(&set, NULL, &none) == -1)
		return false;
	(void)sigprocmask(SIG_UNBLOCK, &set, NULL);
	return true;
}
