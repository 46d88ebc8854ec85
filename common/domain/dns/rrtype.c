#include <ldns/ldns.h>
#include <stdlib.h>
#include <strings.h>

#include "buf.h"
#include "num.h"
#include "rrtype.h"
#include "str.h"

int
rrtype_parse(const char *name, uint16_t *out)
{
	int64_t n;

	if (is_str_equal_nocase(name, "ALIAS")) {
		*out = RRTYPE_ALIAS;
		return 0;
	}
	if (strncasecmp(name, "TYPE", 4) == 0 &&
		num_int(name + 4, 1, 65535, &n) == 0)
		*out = (uint16_t)n;
	else
		*out = (uint16_t)ldns_get_rr_type_by_name(name);
	return *out == 0 ? -1 : 0;
}

int
rrtype_put(struct buf *b, uint16_t type)
{
	char *s;
	int rc;

	if (type == RRTYPE_ALIAS)
		return buf_puts(b, "ALIAS");
	if ((s = ldns_rr_type2str((ldns_rr_type)type)) == NULL)
		return -1;
	rc = buf_puts(b, s);
	free(s);
	return rc;
}

bool
is_rrtype_made(uint16_t type)
{
	static const uint16_t made[] = {RRTYPE_SOA, RRTYPE_RRSIG, RRTYPE_NSEC,
		RRTYPE_DNSKEY, RRTYPE_NSEC3, RRTYPE_NSEC3PARAM, RRTYPE_CDS,
		RRTYPE_CDNSKEY, RRTYPE_ZONEMD};
	size_t i;

	for (i = 0; i < sizeof(made) / sizeof(made[0]); i++)
		if (made[i] == type)
			return true;
	return false;
}

static const struct {
	const char *name, *update;
} rcodes[] = {
	[RCODE_NOERROR] = {"NOERROR", "done"},
	[RCODE_FORMERR] = {"FORMERR", "the server cannot read the update"},
	[RCODE_SERVFAIL] = {"SERVFAIL", "the server has failed"},
	[RCODE_NXDOMAIN] = {"NXDOMAIN", "a name that had to exist does not"},
	[RCODE_NOTIMP] = {"NOTIMP", "the server knows no updates"},
	[RCODE_REFUSED] = {"REFUSED",
		"the server does not let this key change these names"},
	[RCODE_YXDOMAIN] = {"YXDOMAIN", "a name exists that must not"},
	[RCODE_YXRRSET] = {"YXRRSET", "records exist that must not"},
	[RCODE_NXRRSET] = {"NXRRSET",
		"records that had to be there are not, or not the same"},
	[RCODE_NOTAUTH] = {"NOTAUTH",
		"the server does not hold the zone, or does not accept the "
		"key"},
	[RCODE_NOTZONE] = {"NOTZONE", "a name is not in the zone"},
	[RCODE_BADVERS] = {"BADVERS", "the server knows no EDNS"},
};

const char *
rcode_name(unsigned rcode)
{
	if (rcode < sizeof(rcodes) / sizeof(rcodes[0]) &&
		rcodes[rcode].name != NULL)
		return rcodes[rcode].name;
	return "an unknown code";
}

const char *
rcode_update(unsigned rcode)
{
	if (rcode < sizeof(rcodes) / sizeof(rcodes[0]) &&
		rcodes[rcode].update != NULL)
		return rcodes[rcode].update;
	return "a code that updates do not have";
}
