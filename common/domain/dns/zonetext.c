#include <errno.h>
#include <ldns/ldns.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "rrldns.h"
#include "rrset.h"
#include "rrtype.h"
#include "zonetext.h"

/* Reads all records. 0 or -1. */
static int
read_all(FILE *f, ldns_rdf **origin, struct rrsets *out, int *line)
{
	uint32_t ttl = 3600;
	ldns_rdf *previous = NULL;
	int rc = 0;

	while (rc == 0 && !feof(f)) {
		ldns_rr *rr = NULL;
		ldns_status s = ldns_rr_new_frm_fp_l(
			&rr, f, &ttl, origin, &previous, line);

		if (s == LDNS_STATUS_SYNTAX_EMPTY ||
			s == LDNS_STATUS_SYNTAX_TTL ||
			s == LDNS_STATUS_SYNTAX_ORIGIN)
			continue;
		errno = s == LDNS_STATUS_MEM_ERR ? ENOMEM : EINVAL;
		rc = s == LDNS_STATUS_OK ? rrldns_take(out, rr) : -1;
		ldns_rr_free(rr);
	}
	ldns_rdf_deep_free(previous);
	return rc;
}

int
zonetext_parse(const char *text, size_t n, const char *origin,
	struct rrsets *out, int *line)
{
	ldns_rdf *base = ldns_dname_new_frm_str(origin);
	FILE *f = NULL;
	int rc = -1;

	memset(out, 0, sizeof(*out));
	*line = 0;
	errno = EINVAL;
	if (base == NULL || n == 0 || memchr(text, '\0', n) != NULL)
		goto end;
	if ((f = fmemopen((void *)(uintptr_t)text, n, "r")) == NULL)
		goto end;
	rc = read_all(f, &base, out, line);
	if (rc == 0)
		rc = rrsets_settle(out);

end:
	if (rc == -1)
		rrsets_fini(out);
	if (f != NULL)
		fclose(f);
	ldns_rdf_deep_free(base);
	return rc;
}

int
zonetext_put(struct buf *b, const struct rrsets *sets)
{
	size_t i, k;

	for (i = 0; i < sets->n; i++) {
		const struct rrset *s = &sets->item[i];

		for (k = 0; k < s->n; k++)
			if (buf_printf(b, "%s %u IN ", s->name, s->ttl) == -1 ||
				rrtype_put(b, s->type) == -1 ||
				buf_printf(b, " %s\n", s->data[k].text) == -1)
				return -1;
	}
	return 0;
}
