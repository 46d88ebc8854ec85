#include <string.h>

#include "caa.h"
#include "rrset.h"

enum { CRITICAL = 0x80, FLAGS = 0, TAG_LENGTH = 1, TAG = 2 };

/* Whether the tag of one record is ${tag}. */
static bool
is_tag(const struct rdata *d, const char *tag)
{
	size_t i, n = strlen(tag);

	if (d->wire[TAG_LENGTH] != n)
		return false;
	for (i = 0; i < n; i++)
		if ((d->wire[TAG + i] | 32) != (unsigned char)tag[i])
			return false;
	return true;
}

/* Whether its value names the issuer: what stands before a ';'. */
static bool
is_issuer(const struct rdata *d, const char *issuer)
{
	size_t at = TAG + d->wire[TAG_LENGTH], end = d->len, i, n;
	const unsigned char *v = d->wire;

	for (i = at; i < end; i++)
		if (v[i] == ';')
			end = i;
	while (at < end && (v[at] == ' ' || v[at] == '\t'))
		at++;
	while (end > at && (v[end - 1] == ' ' || v[end - 1] == '\t'))
		end--;
	n = strlen(issuer);
	if (end - at != n)
		return false;
	for (i = 0; i < n; i++) {
		int c = v[at + i];

		if (c >= 'A' && c <= 'Z')
			c += 'a' - 'A';
		if (c != issuer[i])
			return false;
	}
	return true;
}

static bool
is_well_formed(const struct rdata *d)
{
	return d->len >= TAG && d->len >= TAG + (size_t)d->wire[TAG_LENGTH];
}

bool
caa_allows(const struct rrset *set, const char *issuer, bool wildcard)
{
	static const char *const known[] = {"issue", "issuewild", "iodef",
		"issuemail", "contactemail", "contactphone", NULL};
	bool issue = false, wild = false, by_issue = false, by_wild = false;
	size_t i, k;

	for (i = 0; set != NULL && i < set->n; i++) {
		const struct rdata *d = &set->data[i];
		bool is_known = false;

		if (!is_well_formed(d))
			return false;
		for (k = 0; known[k] != NULL; k++)
			is_known = is_known || is_tag(d, known[k]);
		if (!is_known && (d->wire[FLAGS] & CRITICAL) != 0)
			return false;
		if (is_tag(d, "issue")) {
			issue = true;
			by_issue = by_issue || is_issuer(d, issuer);
		} else if (is_tag(d, "issuewild")) {
			wild = true;
			by_wild = by_wild || is_issuer(d, issuer);
		}
	}
	if (wildcard && wild)
		return by_wild;
	return !issue || by_issue;
}
