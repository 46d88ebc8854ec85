#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "dnsname.h"
#include "jsonw.h"
#include "mem.h"
#include "num.h"
#include "provider.h"
#include "r53set.h"
#include "rrset.h"
#include "rrtype.h"
#include "xmltext.h"

/*
 * Appends ${s} with its escapes of three digits rewritten: those of Route 53
 * are octal ("\\052" is '*'), those of zone files decimal. 0 or -1.
 */
static int
put_rewritten(struct buf *b, const char *s, bool to_octal)
{
	unsigned base = to_octal ? 10 : 8, value;
	size_t i;

	for (; *s != '\0'; s++) {
		if (buf_putc(b, *s) == -1)
			return -1;
		if (*s != '\\' || s[1] == '\0')
			continue;
		for (i = 1, value = 0; i < 4; i++) {
			if (s[i] < '0' || s[i] >= (char)('0' + base))
				break;
			value = value * base + (unsigned)(s[i] - '0');
		}
		if (i == 4 && value < 256) {
			if (buf_printf(b, to_octal ? "%03o" : "%03u", value) ==
				-1)
				return -1;
			s += 3;
		} else if (buf_putc(b, *++s) == -1) {
			return -1;
		}
	}
	return 0;
}

/* The text of an element with the escapes of zone files. 1, 0 or -1. */
static int
get_text(const struct xmltext *in, const char *name, struct buf *b)
{
	struct buf raw = BUF_INIT;
	int rc = xmltext_get(in, name, &raw);

	if (rc == 1 && put_rewritten(b, buf_str(&raw), false) == -1)
		rc = -1;
	buf_fini(&raw);
	return rc;
}

/* Appends text of ours as Route 53 wants it, within XML. 0 or -1. */
static int
put_text(struct buf *b, const char *s)
{
	struct buf raw = BUF_INIT;
	int rc = put_rewritten(&raw, s, true);

	if (rc == 0)
		rc = xmltext_put(b, buf_str(&raw));
	buf_fini(&raw);
	return rc;
}

/* Whether the set is more than name, type, TTL and records. */
static bool
is_complex(const struct xmltext *x)
{
	static const char *const signs[] = {"SetIdentifier", "AliasTarget",
		"HealthCheckId", "TrafficPolicyInstanceId", "Weight", "Region",
		"Failover", "GeoLocation", "MultiValueAnswer",
		"GeoProximityLocation", "CidrRoutingConfig"};
	struct xmltext in;
	size_t i;

	for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (xmltext_next(x, NULL, signs[i], &in) == 1)
			return true;
	return false;
}

/* {"xml":"..."}: all that is said of the set. 0 or -1. */
static int
put_extra(struct buf *b, const char *xml, size_t n)
{
	struct jsonw w;

	jsonw_value(&w, b);
	jsonw_object(&w, NULL);
	jsonw_strn(&w, "xml", xml, n);
	jsonw_close(&w);
	return jsonw_end_value(&w);
}

/* The records of a set. 0 or -1. */
static int
take_records(const struct xmltext *x, const char *name, uint16_t type,
	uint32_t ttl, const char *extra, struct rrsets *out)
{
	struct xmltext records, one, last;
	const struct xmltext *after = NULL;
	int rc = 0;

	if (xmltext_next(x, NULL, "ResourceRecords", &records) == 0)
		return -1;
	for (; rc == 0 &&
		xmltext_next(&records, after, "ResourceRecord", &one) == 1;
		last = one, after = &last) {
		struct buf b = BUF_INIT;

		rc = get_text(&one, "Value", &b) == 1 ? 0 : -1;
		if (rc == 0)
			rc = rrsets_add(out, name, type, ttl, buf_str(&b));
		if (rc == 0)
			rc = rrsets_extra(out, extra);
		buf_fini(&b);
	}
	return rc;
}

/* An alias: its target, as an ALIAS. 0 or -1. */
static int
take_alias(const struct xmltext *alias, const char *name, const char *extra,
	struct rrsets *out)
{
	struct buf b = BUF_INIT;
	int rc = get_text(alias, "DNSName", &b) == 1 ? 0 : -1;

	if (rc == 0)
		rc = rrsets_add(out, name, RRTYPE_ALIAS, 0, buf_str(&b));
	if (rc == 0)
		rc = rrsets_extra(out, extra);
	buf_fini(&b);
	return rc;
}

int
r53set_take(const struct xmltext *x, struct rrsets *out)
{
	struct buf text = BUF_INIT, kind = BUF_INIT, ttl = BUF_INIT,
		   extra = BUF_INIT;
	struct xmltext alias;
	char *name = NULL;
	const char *more;
	int64_t seconds = 0;
	uint16_t type;
	int rc = -1;

	if (get_text(x, "Name", &text) != 1 ||
		xmltext_get(x, "Type", &kind) != 1 ||
		rrtype_parse(buf_str(&kind), &type) == -1 ||
		dnsname_parse(buf_str(&text), NULL, &name) == -1 ||
		(is_complex(x) &&
			put_extra(&extra, x->outer,
				(size_t)(x->outer_end - x->outer)) == -1))
		goto end;
	more = extra.len > 0 ? buf_str(&extra) : NULL;
	if (xmltext_next(x, NULL, "AliasTarget", &alias) == 1)
		rc = take_alias(&alias, name, more, out);
	else if (xmltext_get(x, "TTL", &ttl) == 1 &&
		 num_int(buf_str(&ttl), 0, RRSET_MAX_TTL, &seconds) == 0)
		rc = take_records(x, name, type, (uint32_t)seconds, more, out);

end:
	free(name);
	buf_fini(&text);
	buf_fini(&kind);
	buf_fini(&ttl);
	buf_fini(&extra);
	return rc;
}

/* All that is said of the sets of that name and type among ${n}. NULL: out of
 * memory, or nothing. */
static char *
join(const struct rrset *list, size_t n, const struct rrset *of)
{
	struct buf all = BUF_INIT;
	const char *last = NULL;
	size_t i;

	for (i = 0; i < n; i++) {
		const struct rrset *s = &list[i];

		if (s->extra == NULL || s->type != of->type ||
			strcmp(s->name, of->name) != 0 ||
			(last != NULL && strcmp(last, s->extra) == 0))
			continue;
		last = s->extra;
		if (buf_printf(&all, "%s%s", all.len > 0 ? "," : "{\"sets\":[",
			    s->extra) == -1)
			goto err;
	}
	if (all.len == 0 || buf_puts(&all, "]}") == -1)
		goto err;
	return buf_steal(&all);

err:
	buf_fini(&all);
	return NULL;
}

int
r53set_settle(struct rrsets *out)
{
	size_t i;

	/* before they become one: each says what all say */
	for (i = 0; i < out->n; i++) {
		struct rrset *s = &out->item[i];
		size_t first = i, end = i + 1, k;
		char *all;

		if (s->extra == NULL)
			continue;
		while (end < out->n && out->item[end].type == s->type &&
			strcmp(out->item[end].name, s->name) == 0)
			end++;
		if ((all = join(out->item + first, end - first, s)) == NULL)
			return -1;
		for (k = first; k < end; k++) {
			free(out->item[k].extra);
			if ((out->item[k].extra = mem_strdup(all)) == NULL) {
				free(all);
				return -1;
			}
		}
		free(all);
		i = end - 1;
	}
	return rrsets_settle(out);
}

static int
put_change(struct buf *b, const char *action, const struct rrset *s)
{
	size_t i;

	if (buf_printf(b,
		    "<Change><Action>%s</Action><ResourceRecordSet><Name>",
		    action) == -1 ||
		put_text(b, s->name) == -1 ||
		buf_puts(b, "</Name><Type>") == -1 ||
		rrtype_put(b, s->type) == -1 ||
		buf_printf(b, "</Type><TTL>%u</TTL><ResourceRecords>",
			s->ttl) == -1)
		return -1;
	for (i = 0; i < s->n; i++)
		if (buf_puts(b, "<ResourceRecord><Value>") == -1 ||
			put_text(b, s->data[i].text) == -1 ||
			buf_puts(b, "</Value></ResourceRecord>") == -1)
			return -1;
	return buf_puts(b, "</ResourceRecords></ResourceRecordSet></Change>");
}

int
r53set_put_batch(struct buf *b, const struct provider_change *change, size_t n)
{
	size_t i;

	if (buf_puts(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
			"<ChangeResourceRecordSetsRequest xmlns=\"https://"
			"route53.amazonaws.com/doc/2013-04-01/\"><ChangeBatch>"
			"<Changes>") == -1)
		return -1;
	for (i = 0; i < n; i++)
		if (change[i].before != NULL &&
			put_change(b, "DELETE", change[i].before) == -1)
			return -1;
	for (i = 0; i < n; i++)
		if (change[i].after != NULL &&
			put_change(b, "CREATE", change[i].after) == -1)
			return -1;
	return buf_puts(b, "</Changes></ChangeBatch>"
			   "</ChangeResourceRecordSetsRequest>");
}
