#ifndef STANDING_H
#define STANDING_H

#include "plan.h"

/* Where a zone stands by a plan. Pure. */
enum standing {
	STANDING_BEFORE, /* as when the plan was made */
	STANDING_AFTER,  /* the plan has been applied, and no more */
	STANDING_PARTLY, /* some of it has, be it some records of a set */
	STANDING_MOVED   /* somebody else has changed the zone */
};

/*
 * standing_of(p, zone, whose): how ${zone} stands; of STANDING_MOVED ${*whose}
 * is the name of a set of the plan that is neither as before nor as after, or
 * NULL: it is another record; it may be borrowed from ${p}. 0 or -1 (ENOMEM).
 */
int standing_of(const struct plan *p, const struct rrsets *zone,
	enum standing *out, const char **whose);

/*
 * standing_foreign(p, before, after): the first set that differs between two
 * states of the zone and is not the plan's; those that servers make themselves
 * do not count. NULL: none.
 */
const struct rrset *standing_foreign(const struct plan *p,
	const struct rrsets *before, const struct rrsets *after);

#endif
