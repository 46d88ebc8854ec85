#include "dnscut.h"
int
watch_run(const void *options, struct env *env)
{
	(void)options;
	(void)env;
	return 100;
}
