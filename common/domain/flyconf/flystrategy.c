/* The rules about deploy strategies: what each needs and what it ignores. */
#include <stdlib.h>

#include "flyconf.h"
#include "flyrule.h"

static size_t
count_checks(const struct fly_config *c)
{
	const struct fly_service *s = c->services.item;
	size_t n = c->checks.n + c->http_service.checks.n;

	for (size_t i = 0; i < c->services.n; i++)
		n += s[i].tcp_checks.n + s[i].http_checks.n;
	return n;
}

static size_t
count_machine_checks(const struct fly_config *c)
{
	const struct fly_service *s = c->services.item;
	size_t n = c->machine_checks.n + c->http_service.machine_checks.n;

	for (size_t i = 0; i < c->services.n; i++)
		n += s[i].machine_checks.n;
	return n;
}

void
flystrategy_check(struct flyrule *r)
{
	const struct fly_config *c = r->conf;
	const char *s = c->deploy.strategy;
	bool is_bluegreen = s != NULL && strcmp(s, "bluegreen") == 0;

	if (s == NULL)
		return;
	/* it starts new Machines beside the old ones and waits for checks */
	if (is_bluegreen && count_checks(c) == 0)
		flyrule_error(r, "bluegreen-without-checks", "deploy.strategy",
			"bluegreen needs at least one check");
	if (c->mounts.n > 0 && (is_bluegreen || strcmp(s, "canary") == 0))
		flyrule_error(r, "strategy-with-mounts", "deploy.strategy",
			"%s does not work with [mounts]", s);
	if (count_machine_checks(c) > 0 &&
		(is_bluegreen || strcmp(s, "immediate") == 0))
		flyrule_warn(r, "machine-checks-ignored", "deploy.strategy",
			"machine_checks are run by the strategies rolling and "
			"canary only, not by %s",
			s);
}
