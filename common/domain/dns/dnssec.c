#include <ldns/ldns.h>
#include <stdlib.h>
#include <time.h>

#include "dnssec.h"
#include "mem.h"
#include "rrldns.h"
#include "rrset.h"
#include "rrtype.h"

struct dnssec_keys {
	ldns_rr_list *list;
};

/* The records of a set; NULL: none, or out of memory. */
static ldns_rr_list *
records(const struct rrset *set)
{
	ldns_rr_list *list = set != NULL ? ldns_rr_list_new() : NULL;

	if (list != NULL && rrldns_put_set(list, set) == -1) {
		ldns_rr_list_deep_free(list);
		return NULL;
	}
	return list;
}

/* Keeps the signatures of one type in the list. */
static void
keep_covering(ldns_rr_list *list, uint16_t type)
{
	size_t i, n = 0;

	for (i = 0; i < ldns_rr_list_rr_count(list); i++) {
		ldns_rr *rr = ldns_rr_list_rr(list, i);
		const ldns_rdf *covered = ldns_rr_rrsig_typecovered(rr);

		if (covered != NULL && ldns_rdf2rr_type(covered) == type)
			(void)ldns_rr_list_set_rr(list, rr, n++);
		else
			ldns_rr_free(rr);
	}
	ldns_rr_list_set_rr_count(list, n);
}

static enum dnssec_verdict
verdict_of(ldns_status status)
{
	switch (status) {
	case LDNS_STATUS_OK:
		return DNSSEC_GOOD;
	case LDNS_STATUS_CRYPTO_NO_RRSIG:
		return DNSSEC_UNSIGNED;
	case LDNS_STATUS_CRYPTO_NO_MATCHING_KEYTAG_DNSKEY:
	case LDNS_STATUS_CRYPTO_NO_TRUSTED_DNSKEY:
	case LDNS_STATUS_CRYPTO_NO_DNSKEY:
		return DNSSEC_NO_KEY;
	case LDNS_STATUS_CRYPTO_SIG_EXPIRED:
		return DNSSEC_EXPIRED;
	case LDNS_STATUS_CRYPTO_SIG_NOT_INCEPTED:
		return DNSSEC_EARLY;
	case LDNS_STATUS_CRYPTO_UNKNOWN_ALGO:
	case LDNS_STATUS_CRYPTO_ALGO_NOT_IMPL:
	case LDNS_STATUS_MEM_ERR:
		return DNSSEC_UNKNOWN;
	default:
		return DNSSEC_BAD;
	}
}

static enum dnssec_verdict
verify(const ldns_rr_list *keys, const struct rrsets *answer,
	const struct rrset *set, double now)
{
	const struct rrset *signatures =
		rrsets_find(answer, set->name, RRTYPE_RRSIG);
	ldns_rr_list *data = records(set), *sigs = records(signatures),
		     *good = ldns_rr_list_new();
	enum dnssec_verdict v = DNSSEC_UNKNOWN;

	if (signatures == NULL) {
		v = DNSSEC_UNSIGNED;
	} else if (data != NULL && sigs != NULL && good != NULL) {
		keep_covering(sigs, set->type);
		v = verdict_of(
			ldns_verify_time(data, sigs, keys, (time_t)now, good));
	}
	ldns_rr_list_deep_free(data);
	ldns_rr_list_deep_free(sigs);
	ldns_rr_list_free(good);
	return v;
}

/* Those of the keys that a DS has the digest of, borrowed. */
static ldns_rr_list *
entered(const ldns_rr_list *ds, const ldns_rr_list *keys)
{
	ldns_rr_list *list = ldns_rr_list_new();
	size_t i, k;

	for (i = 0; list != NULL && i < ldns_rr_list_rr_count(keys); i++)
		for (k = 0; k < ldns_rr_list_rr_count(ds); k++)
			if (ldns_rr_compare_ds(ldns_rr_list_rr(keys, i),
				    ldns_rr_list_rr(ds, k))) {
				(void)ldns_rr_list_push_rr(
					list, ldns_rr_list_rr(keys, i));
				break;
			}
	return list;
}

enum dnssec_verdict
dnssec_open(const struct rrset *ds, const struct rrsets *answer, double now,
	struct dnssec_keys **out)
{
	const struct rrset *set = rrsets_find(answer, ds->name, RRTYPE_DNSKEY);
	struct dnssec_keys *k = mem_zalloc(1, sizeof(*k));
	ldns_rr_list *digests = records(ds), *first = NULL;
	enum dnssec_verdict v = DNSSEC_UNKNOWN;

	*out = NULL;
	if (set == NULL)
		v = DNSSEC_NO_KEY;
	if (set == NULL || k == NULL || digests == NULL ||
		(k->list = records(set)) == NULL ||
		(first = entered(digests, k->list)) == NULL)
		goto end;
	v = verify(first, answer, set, now);

end:
	ldns_rr_list_free(first);
	ldns_rr_list_deep_free(digests);
	if (v == DNSSEC_GOOD)
		*out = k;
	else
		dnssec_close(k);
	return v;
}

void
dnssec_close(struct dnssec_keys *k)
{
	if (k != NULL)
		ldns_rr_list_deep_free(k->list);
	free(k);
}

enum dnssec_verdict
dnssec_verify(const struct dnssec_keys *k, const struct rrsets *answer,
	const struct rrset *set, double now)
{
	return verify(k->list, answer, set, now);
}

const char *
dnssec_verdict_text(enum dnssec_verdict v)
{
	static const char *const texts[] = {[DNSSEC_GOOD] = "good",
		[DNSSEC_UNSIGNED] = "there are no signatures",
		[DNSSEC_NO_KEY] =
			("the DS at the parent is of none of the keys "
			 "that sign"),
		[DNSSEC_EXPIRED] = "the signatures have expired",
		[DNSSEC_EARLY] = "the signatures are not valid yet",
		[DNSSEC_BAD] = "the signatures are wrong",
		[DNSSEC_UNKNOWN] = "the signatures cannot be judged here"};

	return texts[v];
}
