#include "program.h"

#include "env.h"
#include "fd.h"
#include "msg.h"
#include "opt.h"
#include "secret.h"
#include "status.h"

int
program_run(const struct opt_program *p, void *options, int argc, char **argv)
{
	const struct opt_verb *verb;
	struct env env;
	int first, rc, status = STATUS_MISUSE;

	fd_sanitize();
	secret_guard_process();
	msg_init(p->name);
	rc = opt_parse(p, argc, argv, options, &verb, &first);
	if (rc == 0)
		status = STATUS_OK;
	if (rc == 1) {
		env_system(&env);
		env.argc = argc - first;
		env.argv = argv + first;
		status = verb->run(options, &env);
	}
	opt_fini(p, options);
	if (fd_close_stdout() == -1 && status == STATUS_OK)
		status = STATUS_TEMPORARY;
	return status;
}
