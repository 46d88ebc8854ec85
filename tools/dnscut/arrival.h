#ifndef ARRIVAL_H
#define ARRIVAL_H

#include <stdbool.h>

struct plan;
struct session;

/*
 * arrival_wait(s, p, seconds): ask every server that holds the zone until all
 * show what the plan has made, at most ${seconds} (0: once), with a record for
 * each answer of the last round. An exit status: STATUS_TEMPORARY, with a
 * finding, if some do not.
 */
int arrival_wait(struct session *s, const struct plan *p, double seconds);

/*
 * arrival_is_served(s, p): whether one of the servers that the zone is
 * delegated to, at least, shows the plan's names as they were before or are
 * after: else the provider's is another zone of that name. An exit status.
 */
int arrival_is_served(struct session *s, const struct plan *p);

#endif
