#include <stddef.h>

#include "connect.h"
#include "conninfo.h"
#include "conninfo_pq.h"

enum { MAX = 64, OURS = 16 };

struct arrays {
	const char *keywords[MAX + OURS], *values[MAX + OURS];
};

static void
fill(const struct conninfo *c, bool replication, struct arrays *a)
{
	static const struct {
		const char *key, *value;
	} ours[] = {{"application_name", "airlift"}, {"keepalives", "1"},
		{"keepalives_idle", "30"}, {"keepalives_interval", "10"},
		{"keepalives_count", "6"}, {"tcp_user_timeout", "120000"},
		/* copyout reads the socket itself: plain or TLS, no GSS */
		{"gssencmode", "disable"}};
	int n = conninfo_pq_arrays(c, a->keywords, a->values, MAX);
	size_t i;

	for (i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
		a->keywords[n] = ours[i].key;
		a->values[n++] = ours[i].value;
	}
	if (!conninfo_get(c, "connect_timeout")) {
		a->keywords[n] = "connect_timeout";
		a->values[n++] = "15";
	}
	if (replication) {
		a->keywords[n] = "replication";
		a->values[n++] = "database";
	}
	a->keywords[n] = a->values[n] = NULL;
}

PGconn *
connect_open(const struct conninfo *c, bool replication)
{
	struct arrays a;

	fill(c, replication, &a);
	return PQconnectdbParams(a.keywords, a.values, 0);
}

bool
is_connect_answered(const struct conninfo *c)
{
	struct arrays a;

	fill(c, false, &a);
	return PQpingParams(a.keywords, a.values, 0) == PQPING_OK;
}
