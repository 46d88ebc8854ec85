#include "job.h"

#include <stdlib.h>
#include <string.h>

#include "take.h"

void
job_fini(struct job *job)
{
	for (size_t i = 0; i < job->n_apps; i++) {
		struct app *a = &job->app[i];
		free(a->app);
		free(a->context);
		free(a->var);
		flyconf_fini(&a->conf);
	}
	free(job->app);
	free(job->database);
	free(job->group);
}

struct app *
job_app(const struct job *job, const char *name)
{
	for (size_t i = 0; i < job->n_apps; i++)
		if (strcmp(job->app[i].name, name) == 0)
			return &job->app[i];
	return NULL;
}

struct tree *
job_database(const struct job *job, const char *name)
{
	for (size_t i = 0; i < job->n_databases; i++) {
		const char *s = take_str(job->database[i], "name");
		if (s != NULL && strcmp(s, name) == 0)
			return job->database[i];
	}
	return NULL;
}

bool
job_failed(const struct job *job)
{
	bool failed = job->report->failed;

	for (size_t i = 0; i < job->n_apps; i++)
		failed |= job->app[i].conf.failed;
	return failed;
}
