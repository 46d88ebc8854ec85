#include <errno.h>
#include <ldns/ldns.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "dnsname.h"
#include "mem.h"
#include "rrldns.h"
#include "rrset.h"
#include "rrtype.h"

static int
fail(int e)
{
	errno = e;
	return -1;
}

/* Whether every quotation mark is closed: ldns does not mind. */
static bool
is_quoted_well(const char *s)
{
	bool open = false;

	for (; *s != '\0'; s++) {
		if (*s == '\n' || *s == '\r')
			return false;
		if (*s == '\\' && s[1] != '\0')
			s++;
		else if (*s == '"')
			open = !open;
	}
	return !open;
}

struct ldns_struct_rr *
rrldns_parse(const char *name, uint16_t type, uint32_t ttl, const char *text)
{
	struct buf b = BUF_INIT;
	ldns_rr *rr = NULL;
	ldns_status status = LDNS_STATUS_SYNTAX_ERR;

	errno = EINVAL;
	if (!is_quoted_well(text) || type == RRTYPE_OPT || type == RRTYPE_ALIAS)
		return NULL;
	errno = ENOMEM;
	if (buf_printf(&b, "%s %u IN ", name, ttl) == 0 &&
		rrtype_put(&b, type) == 0 && buf_printf(&b, " %s", text) == 0) {
		status = ldns_rr_new_frm_str(&rr, buf_str(&b), ttl, NULL, NULL);
		if (status != LDNS_STATUS_OK && status != LDNS_STATUS_MEM_ERR)
			errno = EINVAL;
	}
	buf_fini(&b);
	/* what is left of a line that is a comment gives a record without */
	if (status == LDNS_STATUS_OK && rr != NULL &&
		ldns_rr_get_type(rr) != (ldns_rr_type)type) {
		ldns_rr_free(rr);
		errno = EINVAL;
		return NULL;
	}
	return status == LDNS_STATUS_OK ? rr : NULL;
}

/* The data of a record as text: what stands behind its owner, TTL, class and
 * type. */
static char *
data_text(const ldns_rr *rr)
{
	ldns_buffer *b = ldns_buffer_new(LDNS_MIN_BUFLEN);
	char *text = NULL, *p;
	unsigned i;
	size_t n;

	if (b == NULL)
		return NULL;
	if (ldns_rr2buffer_str_fmt(b, ldns_output_format_nocomments, rr) ==
			LDNS_STATUS_OK &&
		ldns_buffer_reserve(b, 1)) {
		ldns_buffer_write_u8(b, 0);
		p = (char *)ldns_buffer_begin(b);
		for (i = 0; p != NULL && i < 4; i++)
			p = strchr(p, '\t') ? strchr(p, '\t') + 1 : NULL;
		n = p != NULL ? strcspn(p, "\n") : 0;
		while (n > 0 && p[n - 1] == ' ')
			n--;
		text = mem_dup(p != NULL ? p : "", n);
	}
	ldns_buffer_free(b);
	return text;
}

/* The canonical wire form of a record's data. 0 or -1. */
static int
data_wire(const ldns_rr *rr, struct rdata *out)
{
	ldns_rr *copy = ldns_rr_clone(rr);
	ldns_buffer *b = ldns_buffer_new(LDNS_MIN_BUFLEN);
	int rc = -1;

	if (copy != NULL && b != NULL) {
		ldns_rr2canonical(copy);
		if (ldns_rr_rdata2buffer_wire(b, copy) == LDNS_STATUS_OK) {
			out->len = ldns_buffer_position(b);
			out->wire = (unsigned char *)mem_dup(
				ldns_buffer_begin(b), out->len);
			rc = out->wire != NULL ? 0 : -1;
		}
	}
	ldns_rr_free(copy);
	ldns_buffer_free(b);
	return rc;
}

int
rrldns_push(struct rrsets *list, struct rrset *one)
{
	size_t cap = list->cap > 0 ? list->cap * 2 : 8;
	struct rrset *item = list->item;

	if (list->n == list->cap) {
		item = mem_resize(list->item, cap, sizeof(*item));
		if (item == NULL)
			return fail(ENOMEM);
		list->item = item;
		list->cap = cap;
	}
	item[list->n++] = *one;
	return 0;
}

int
rrldns_take(struct rrsets *list, const struct ldns_struct_rr *rr)
{
	const ldns_rdf *owner = ldns_rr_owner(rr);
	struct rrset one = {
		.type = (uint16_t)ldns_rr_get_type(rr), .ttl = ldns_rr_ttl(rr)};
	int e = ENOMEM;

	if (ldns_rr_get_class(rr) != LDNS_RR_CLASS_IN || owner == NULL ||
		one.type == RRTYPE_OPT)
		return 0;
	/* RFC 2181 section 8 */
	if (one.ttl > RRSET_MAX_TTL)
		one.ttl = 0;
	if (dnsname_from_wire(ldns_rdf_data(owner), ldns_rdf_size(owner),
		    &one.name) == 0) {
		e = EBADMSG;
		goto err;
	}
	if ((one.data = mem_zalloc(1, sizeof(*one.data))) == NULL)
		goto err;
	one.n = 1;
	if ((one.data->text = data_text(rr)) == NULL ||
		data_wire(rr, one.data) == -1 || rrldns_push(list, &one) == -1)
		goto err;
	return 0;

err:
	rrset_fini(&one);
	return fail(e);
}

int
rrldns_take_list(struct rrsets *list, const struct ldns_struct_rr_list *from)
{
	size_t i;

	for (i = 0; i < ldns_rr_list_rr_count(from); i++)
		if (rrldns_take(list, ldns_rr_list_rr(from, i)) == -1)
			return -1;
	return rrsets_settle(list);
}

int
rrldns_put_set(struct ldns_struct_rr_list *list, const struct rrset *set)
{
	ldns_rr *rr;
	size_t i;

	for (i = 0; i < set->n; i++) {
		rr = rrldns_parse(
			set->name, set->type, set->ttl, set->data[i].text);
		if (rr == NULL)
			return -1;
		if (!ldns_rr_list_push_rr(list, rr)) {
			ldns_rr_free(rr);
			return fail(ENOMEM);
		}
	}
	return 0;
}

/* An ALIAS, of which ldns knows nothing: its data is a name. */
static int
add_alias(struct rrsets *list, const char *name, uint32_t ttl, const char *text)
{
	struct rrset one = {.type = RRTYPE_ALIAS, .ttl = ttl};
	struct buf wire = BUF_INIT;

	if ((one.name = mem_strdup(name)) == NULL ||
		(one.data = mem_zalloc(1, sizeof(*one.data))) == NULL)
		goto err;
	one.n = 1;
	if (dnsname_parse(text, NULL, &one.data->text) == -1 ||
		dnsname_put_wire(&wire, one.data->text) == -1)
		goto err;
	one.data->len = wire.len;
	one.data->wire = (unsigned char *)buf_steal(&wire);
	if (one.data->wire == NULL || rrldns_push(list, &one) == -1)
		goto err;
	return 0;

err:
	buf_fini(&wire);
	rrset_fini(&one);
	return -1;
}

int
rrldns_add(struct rrsets *list, const char *name, uint16_t type, uint32_t ttl,
	const char *text)
{
	ldns_rr *rr;
	int rc;

	if (type == RRTYPE_ALIAS)
		return add_alias(list, name, ttl, text);
	if ((rr = rrldns_parse(name, type, ttl, text)) == NULL)
		return -1;
	rc = rrldns_take(list, rr);
	ldns_rr_free(rr);
	return rc;
}
