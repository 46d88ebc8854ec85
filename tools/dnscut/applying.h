#ifndef APPLYING_H
#define APPLYING_H

#include <stddef.h>

#include "plan.h"
#include "rrset.h"
#include "session.h"
#include "standing.h"

struct journal;

/* A run of apply: the plan, and the zone as it was listed last. */
struct applying {
	struct session s;
	struct plan plan;
	struct journal *journal;
	struct rrsets zone, before; /* the latter: as this run began */
	enum standing standing;
	struct plan_change *change;
	size_t n;
};

/* applying_look(a, whose): list the zone, and see how it stands; ${*whose} is
 * the name that is neither as before nor as after, or NULL. An exit status. */
int applying_look(struct applying *a, const char **whose);

/* applying_drift(a, whose): say that the zone has changed since the plan was
 * made. An exit status. */
int applying_drift(struct applying *a, const char *whose);

/*
 * applying_change(a): make the changes, and look whether they are made, and
 * nothing else. What has an answer that was lost, or was made by another run
 * of the same plan meanwhile, is done as well. An exit status.
 */
int applying_change(struct applying *a);

#endif
