/*
 * How many Procfiles a second are converted in one process: the core in a
 * loop, from the text to the text, by CPU time, so that what else the machine
 * does matters less. Operands: the Procfile and the seconds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "buf.h"
#include "core.h"
#include "fd.h"
#include "flyconf.h"
#include "flytoml.h"
#include "formation.h"
#include "job.h"
#include "json.h"
#include "num.h"
#include "procfile.h"
#include "procfile2toml.h"
#include "report.h"
#include "share.h"

static double
cpu_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* One conversion; how many bytes came out, 0 if it failed. */
static size_t
convert(struct job *job, const struct buf *text)
{
	struct procfile procfile;
	struct formation formation = {0};
	struct fly_config conf;
	struct report report;
	struct buf toml = BUF_INIT;
	size_t n = 0;

	job->whole = job->procfile = &procfile;
	job->formation = &formation;
	job->conf = &conf;
	job->report = &report;
	flyconf_init(&conf);
	report_init(&report);
	if (procfile_parse(buf_str(text), text->len, "Procfile", &report,
		    &procfile) == 0 &&
		core_build(job) == 0 && flytoml_put(&toml, &conf) == 0)
		n = toml.len;
	buf_fini(&toml);
	procfile_fini(&procfile);
	formation_fini(&formation);
	report_fini(&report);
	flyconf_fini(&conf);
	return n;
}

int
main(int argc, char **argv)
{
	static const struct options options = {.app = "shop", .region = "iad"};
	struct job job = {.options = &options, .procfile_name = "Procfile"};
	struct buf text = BUF_INIT;
	struct json *maps[4];
	double begin, seconds;
	size_t n = 0;

	if (argc != 3 || num_duration(argv[2], 0.1, 60, &seconds) == -1 ||
		fd_read_file(argv[1], 1 << 20, &text) == -1)
		return EXIT_FAILURE;
	job.sizes = maps[0] = share_open("sizes");
	job.regions = maps[1] = share_open("regions");
	job.addon_map = maps[2] = share_open("addons");
	job.builds = maps[3] = share_open("builds");
	begin = cpu_now();
	do
		for (int i = 0; i < 100; i++, n++)
			if (convert(&job, &text) == 0)
				return EXIT_FAILURE;
	while (cpu_now() - begin < seconds);
	printf("%.0f\n", (double)n / (cpu_now() - begin));
	for (int i = 0; i < 4; i++)
		json_free(maps[i]);
	buf_fini(&text);
	return EXIT_SUCCESS;
}
