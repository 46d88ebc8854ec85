#include <stddef.h>
#include <unistd.h>

#include "clock.h"
#include "env.h"

void
env_system(struct env *e)
{
	e->in = STDIN_FILENO;
	e->out = STDOUT_FILENO;
	e->in_name = "stdin";
	e->clock = clock_system();
	e->argc = 0;
	e->argv = NULL;
}
