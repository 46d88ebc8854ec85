#include <arpa/inet.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "dnsname.h"
#include "mem.h"
#include "rrldns.h"
#include "rrset.h"
#include "rrtype.h"

int
rrsets_add(struct rrsets *list, const char *name, uint16_t type, uint32_t ttl,
	const char *text)
{
	return rrldns_add(list, name, type, ttl, text);
}

static void
free_data(struct rdata *d)
{
	free(d->text);
	free(d->wire);
}

void
rrset_fini(struct rrset *set)
{
	size_t i;

	for (i = 0; set->data != NULL && i < set->n; i++)
		free_data(&set->data[i]);
	free(set->data);
	free(set->name);
	free(set->extra);
	memset(set, 0, sizeof(*set));
}

void
rrsets_fini(struct rrsets *list)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		rrset_fini(&list->item[i]);
	free(list->item);
	memset(list, 0, sizeof(*list));
}

int
rrsets_add_set(struct rrsets *list, const struct rrset *set)
{
	struct rrset copy = {.type = set->type, .ttl = set->ttl};
	size_t i;

	if ((copy.name = mem_strdup(set->name)) == NULL ||
		(copy.data = mem_zalloc(set->n, sizeof(*copy.data))) == NULL)
		goto err;
	copy.n = set->n;
	if (set->extra != NULL && (copy.extra = mem_strdup(set->extra)) == NULL)
		goto err;
	for (i = 0; i < set->n; i++) {
		struct rdata *d = &copy.data[i];

		d->text = mem_strdup(set->data[i].text);
		d->wire = (unsigned char *)mem_dup(
			set->data[i].wire, set->data[i].len);
		d->len = set->data[i].len;
		if (d->text == NULL || d->wire == NULL)
			goto err;
	}
	if (rrldns_push(list, &copy) == 0)
		return 0;

err:
	rrset_fini(&copy);
	errno = ENOMEM;
	return -1;
}

int
rrsets_extra(struct rrsets *list, const char *extra)
{
	struct rrset *last = &list->item[list->n - 1];

	free(last->extra);
	last->extra = extra != NULL ? mem_strdup(extra) : NULL;
	return extra == NULL || last->extra != NULL ? 0 : -1;
}

static int
compare_data(const void *a, const void *b)
{
	const struct rdata *x = a, *y = b;
	size_t n = x->len < y->len ? x->len : y->len;
	int rc = memcmp(x->wire, y->wire, n);

	return rc != 0 ? rc : (x->len > y->len) - (x->len < y->len);
}

static int
compare_key(const char *a, uint16_t s, const char *b, uint16_t t)
{
	int rc = strcmp(a, b) == 0 ? 0 : dnsname_compare(a, b);

	return rc != 0 ? rc : (s > t) - (s < t);
}

static int
compare_sets(const void *a, const void *b)
{
	const struct rrset *x = a, *y = b;

	return compare_key(x->name, x->type, y->name, y->type);
}

/* Whether the provider keeps the same beside both. */
static bool
is_extra_equal(const struct rrset *a, const struct rrset *b)
{
	if (a->extra == NULL || b->extra == NULL)
		return a->extra == b->extra;
	return strcmp(a->extra, b->extra) == 0;
}

/* Moves the data of ${from} to ${to}, of the same name and type. 0 or -1. */
static int
merge(struct rrset *to, struct rrset *from)
{
	struct rdata *d =
		mem_resize(to->data, to->n + from->n, sizeof(*to->data));

	if (d == NULL)
		return -1;
	to->data = d;
	memcpy(d + to->n, from->data, from->n * sizeof(*d));
	to->n += from->n;
	if (from->ttl < to->ttl)
		to->ttl = from->ttl;
	if (!is_extra_equal(to, from)) {
		free(to->extra);
		if ((to->extra = mem_strdup(RRSET_MIXED)) == NULL)
			return -1;
	}
	free(from->data);
	from->data = NULL;
	rrset_fini(from);
	return 0;
}

/* Sorts the data of a set, each once. */
static void
settle_set(struct rrset *set)
{
	size_t i, n = 0;

	qsort(set->data, set->n, sizeof(*set->data), compare_data);
	for (i = 0; i < set->n; i++) {
		if (n > 0 &&
			compare_data(&set->data[n - 1], &set->data[i]) == 0)
			free_data(&set->data[i]);
		else
			set->data[n++] = set->data[i];
	}
	set->n = n;
}

int
rrsets_settle(struct rrsets *list)
{
	size_t i, n = 0;
	int rc = 0;

	if (list->n == 0)
		return 0;
	qsort(list->item, list->n, sizeof(*list->item), compare_sets);
	for (i = 0; i < list->n; i++) {
		struct rrset *last = n > 0 ? &list->item[n - 1] : NULL;

		if (rc == 0 && last != NULL &&
			compare_sets(last, &list->item[i]) == 0) {
			if ((rc = merge(last, &list->item[i])) == 0)
				continue;
		}
		if (n != i)
			list->item[n] = list->item[i];
		n++;
	}
	list->n = n;
	for (i = 0; i < n; i++)
		settle_set(&list->item[i]);
	return rc;
}

/* Where the set is, or where it would be. */
static size_t
locate(const struct rrsets *list, const char *name, uint16_t type)
{
	size_t low = 0, high = list->n, mid;

	while (low < high) {
		const struct rrset *s =
			&list->item[mid = low + (high - low) / 2];

		if (compare_key(s->name, s->type, name, type) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

const struct rrset *
rrsets_find(const struct rrsets *list, const char *name, uint16_t type)
{
	size_t i = locate(list, name, type);

	return i < list->n && list->item[i].type == type &&
			       strcmp(list->item[i].name, name) == 0
		       ? &list->item[i]
		       : NULL;
}

int
rrsets_had_ttl(
	struct rrsets *list, const char *name, uint16_t type, uint32_t ttl)
{
	size_t i = locate(list, name, type);
	char *mixed;

	if (rrsets_find(list, name, type) == NULL || list->item[i].ttl == ttl)
		return 0;
	if ((mixed = mem_strdup(RRSET_MIXED)) == NULL)
		return -1;
	free(list->item[i].extra);
	list->item[i].extra = mixed;
	return 0;
}

void
rrsets_remove(struct rrsets *list, const char *name, uint16_t type)
{
	size_t i = locate(list, name, type);

	if (rrsets_find(list, name, type) == NULL)
		return;
	rrset_fini(&list->item[i]);
	memmove(&list->item[i], &list->item[i + 1],
		(list->n - i - 1) * sizeof(*list->item));
	list->n--;
}

bool
is_rrsets_name(const struct rrsets *list, const char *name)
{
	size_t i = locate(list, name, 0);

	/* in this order what is below a name follows it */
	return i < list->n && is_dnsname_under(list->item[i].name, name);
}

bool
is_rrset_equal(const struct rrset *a, const struct rrset *b, bool ttl)
{
	size_t i;

	if (a == NULL || b == NULL)
		return a == b;
	if (a->type != b->type || a->n != b->n || strcmp(a->name, b->name) != 0)
		return false;
	if (ttl && (a->ttl != b->ttl || !is_extra_equal(a, b)))
		return false;
	for (i = 0; i < a->n; i++)
		if (compare_data(&a->data[i], &b->data[i]) != 0)
			return false;
	return true;
}

bool
has_rrset_data(const struct rrset *set, const char *text)
{
	struct rrsets one = {NULL, 0, 0};
	bool found = false;
	size_t i;

	if (set == NULL ||
		rrsets_add(&one, set->name, set->type, 0, text) == -1)
		return false;
	for (i = 0; i < set->n && !found; i++)
		found = compare_data(&set->data[i], one.item[0].data) == 0;
	rrsets_fini(&one);
	return found;
}

/* Hashes each record as RFC 4034 section 6.3 orders and 3.1.8.1 forms it. */
static int
hash_set(EVP_MD_CTX *ctx, const struct rrset *set)
{
	struct buf owner = BUF_INIT;
	size_t i;
	int rc = dnsname_put_wire(&owner, set->name);

	for (i = 0; rc == 0 && i < set->n; i++) {
		const struct rdata *d = &set->data[i];
		unsigned char fixed[10] = {(unsigned char)(set->type >> 8),
			(unsigned char)set->type, 0, 1,
			(unsigned char)(set->ttl >> 24),
			(unsigned char)(set->ttl >> 16),
			(unsigned char)(set->ttl >> 8), (unsigned char)set->ttl,
			(unsigned char)(d->len >> 8), (unsigned char)d->len};

		if (EVP_DigestUpdate(ctx, owner.data, owner.len) != 1 ||
			EVP_DigestUpdate(ctx, fixed, sizeof(fixed)) != 1 ||
			EVP_DigestUpdate(ctx, d->wire, d->len) != 1)
			rc = -1;
	}
	if (rc == 0 && set->extra != NULL &&
		EVP_DigestUpdate(ctx, set->extra, strlen(set->extra)) != 1)
		rc = -1;
	buf_fini(&owner);
	return rc;
}

int
rrsets_hash(const struct rrsets *list, bool all, char hex[RRSET_HASH_SIZE])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int rc = ctx != NULL && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1
			 ? 0
			 : -1;
	unsigned n = 0, i;
	size_t k;

	for (k = 0; rc == 0 && k < list->n; k++)
		if (all || !is_rrtype_made(list->item[k].type))
			rc = hash_set(ctx, &list->item[k]);
	if (rc == 0 && EVP_DigestFinal_ex(ctx, digest, &n) != 1)
		rc = -1;
	EVP_MD_CTX_free(ctx);
	for (i = 0; rc == 0 && i < n && 2 * i + 2 < RRSET_HASH_SIZE; i++)
		(void)snprintf(hex + 2 * (size_t)i, 3, "%02x", digest[i]);
	return rc;
}

int
rrset_soa_number(const struct rrset *set, unsigned i, uint32_t *out)
{
	const struct rdata *d;
	uint32_t n;

	if (set == NULL || set->type != RRTYPE_SOA || set->n != 1 || i > 4)
		return -1;
	d = set->data;
	if (d->len < 20)
		return -1;
	memcpy(&n, d->wire + d->len - 20 + 4 * (size_t)i, 4);
	*out = ntohl(n);
	return 0;
}
