#include <stdio.h>
#include <string.h>

#include "keylist.h"
#include "kv.h"
#include "kvreply.h"
#include "msg.h"
#include "side.h"
#include "tempkeys.h"

enum { CURSOR = 24 };

/* One step of SCAN: its keys into the list, the cursor on. 0; 1: SCAN is not
 * to be had; -1: lost. */
static int
scan(struct side *s, const char *pattern, char cursor[CURSOR],
	struct keylist *found)
{
	const struct kvreply *r = kv_call(
		s->kv, "SCAN", cursor, "MATCH", pattern, "COUNT", "1000", NULL);
	const struct kvreply *keys;
	size_t i;

	if (r == NULL)
		return -1;
	if (!is_kvreply(r, KVREPLY_ARRAY) || r->n != 2 ||
		r->item[0]->str == NULL || r->item[0]->len >= CURSOR ||
		!is_kvreply(r->item[1], KVREPLY_ARRAY))
		return 1;
	memcpy(cursor, r->item[0]->str, r->item[0]->len + 1);
	keys = r->item[1];
	for (i = 0; i < keys->n; i++)
		if (is_kvreply(keys->item[i], KVREPLY_STRING) &&
			keylist_add(found, keys->item[i]->str,
				keys->item[i]->len, 0, NULL) == -1)
			return 1;
	return 0;
}

int
tempkeys_sweep(struct side *s, const char *run)
{
	struct keylist *found = keylist_new();
	char pattern[64], cursor[CURSOR] = "0";
	int rc;
	size_t i;

	if (found == NULL)
		return 0;
	snprintf(pattern, sizeof(pattern), "*:rediscopy:%s*", run);
	do
		rc = scan(s, pattern, cursor, found);
	while (rc == 0 && strcmp(cursor, "0") != 0);
	for (i = 0; rc != -1 && i < keylist_count(found); i++) {
		struct keylist_item k = keylist_get(found, i);

		kv_begin(s->kv, 2, NULL, NULL, 0);
		kv_text(s->kv, "UNLINK");
		kv_word(s->kv, k.key, k.len);
		if (kv_finish(s->kv) == NULL)
			rc = -1;
	}
	keylist_free(found);
	return rc == -1 ? -1 : 0;
}
