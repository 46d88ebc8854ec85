#include "buf.h"
#include "dnscut.h"
#include "env.h"
#include "jsonw.h"
#include "provider.h"
#include "rrjson.h"
#include "rrset.h"
#include "rrtype.h"
#include "session.h"
#include "status.h"
#include "tmpfile.h"

/* All records: first the zone with its hash, then each set. 0 or -1. */
static int
put_all(struct session *s, const struct rrsets *zone, struct buf *out)
{
	const struct rrset *soa = rrsets_find(zone, s->name, RRTYPE_SOA);
	char hash[RRSET_HASH_SIZE];
	struct jsonw w;
	uint32_t serial;
	size_t i;

	if (rrsets_hash(zone, true, hash) == -1)
		return -1;
	jsonw_record(&w, out, "zone.saved");
	jsonw_str(&w, "zone", s->name);
	jsonw_str(&w, "provider", s->provider->name);
	if (rrset_soa_number(soa, 0, &serial) == 0)
		jsonw_uint(&w, "serial", serial);
	jsonw_str(&w, "sha256", hash);
	jsonw_uint(&w, "rrsets", zone->n);
	jsonw_time(&w, "at", session_now(s));
	if (jsonw_end_record(&w) == -1)
		return -1;
	for (i = 0; i < zone->n; i++) {
		const struct rrset *set = &zone->item[i];

		jsonw_record(&w, out, "rrset.saved");
		rrjson_put_key(&w, set->name, set->type);
		rrjson_put_data(&w, set);
		if (jsonw_end_record(&w) == -1)
			return -1;
	}
	return 0;
}

int
snapshot_run(const void *options, struct env *env)
{
	const struct dnscut_options *o = options;
	struct session s;
	struct rrsets zone = {NULL, 0, 0};
	struct buf out = BUF_INIT;
	int status = session_open(&s, o, env, "snapshot");

	if (status == STATUS_OK)
		status = session_find_zone(&s, NULL, NULL);
	if (status == STATUS_OK)
		status = session_connect(&s, NULL);
	if (status == STATUS_OK)
		status = session_list(&s, &zone);
	if (status == STATUS_OK && put_all(&s, &zone, &out) == -1)
		status = STATUS_TEMPORARY;
	s.rec.done = (int64_t)zone.n;
	if (status == STATUS_OK && o->output != NULL) {
		if (tmpfile_write(o->output, 0600, out.data, out.len) == -1)
			status = STATUS_TEMPORARY;
	} else if (status == STATUS_OK &&
		   recorder_emit(&s.rec, &out, false) == -1) {
		status = STATUS_TEMPORARY;
	}
	status = session_end(&s, status);
	buf_fini(&out);
	rrsets_fini(&zone);
	session_close(&s);
	return status;
}
