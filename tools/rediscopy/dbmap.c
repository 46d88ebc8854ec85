#include <stdlib.h>
#include <string.h>

#include "dbmap.h"
#include "mem.h"
#include "msg.h"
#include "num.h"
#include "opt.h"

enum { LARGEST_DB = 1 << 20 };

int
dbmap_add(struct dbmap *m, int from, int to)
{
	struct dbmap_pair *grown =
		mem_resize(m->pair, m->n + 1, sizeof(*grown));

	if (grown == NULL)
		return -1;
	m->pair = grown;
	m->pair[m->n].from = from;
	m->pair[m->n++].to = to;
	return 0;
}

/* "N" or "N:M". */
static int
parse_one(const char *text, int64_t *from, int64_t *to)
{
	const char *colon = strchr(text, ':');
	char *first;
	int rc;

	if (colon == NULL) {
		rc = num_int(text, 0, LARGEST_DB, from);
		*to = *from;
		return rc;
	}
	if ((first = mem_dup(text, (size_t)(colon - text))) == NULL)
		return -1;
	rc = num_int(first, 0, LARGEST_DB, from) == -1 ||
			     num_int(colon + 1, 0, LARGEST_DB, to) == -1
		     ? -1
		     : 0;
	free(first);
	return rc;
}

int
dbmap_parse(const struct opt_list *list, int may_meet, struct dbmap *m)
{
	int64_t from = 0, to = 0;
	size_t i, k;

	memset(m, 0, sizeof(*m));
	for (i = 0; i < list->n; i++) {
		if (parse_one(list->item[i], &from, &to) == -1) {
			msg_error("--db %s: not a database's number, nor N:M",
				list->item[i]);
			goto err;
		}
		for (k = 0; k < m->n; k++) {
			if (m->pair[k].from == from) {
				msg_error("--db: database %d stands twice",
					(int)from);
				goto err;
			}
			if (m->pair[k].to == to && !may_meet) {
				msg_error("--db: databases %d and %d would "
					  "meet in database %d of the target: "
					  "give a --prefix with %%d and "
					  "something behind it, \"db%%d:\"",
					m->pair[k].from, (int)from, (int)to);
				goto err;
			}
		}
		if (dbmap_add(m, (int)from, (int)to) == -1) {
			msg_error("out of memory");
			goto err;
		}
	}
	return 0;

err:
	dbmap_fini(m);
	return -1;
}

void
dbmap_fini(struct dbmap *m)
{
	free(m->pair);
	memset(m, 0, sizeof(*m));
}
