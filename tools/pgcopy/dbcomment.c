#include <stdlib.h>

#include "buf.h"
#include "dbcomment.h"
#include "engine.h"
#include "ident.h"
#include "mem.h"
#include "msg.h"
#include "session.h"

static int
no_memory(void)
{
	msg_error("out of memory");
	return -1;
}

int
dbcomment_read(struct session *s, char **text)
{
	struct rows *r = session_query(s,
		"SELECT shobj_description(oid, 'pg_database') FROM pg_database"
		" WHERE datname = current_database()",
		0, NULL);
	int rc = r ? 0 : -1;

	*text = NULL;
	if (r && rows_count(r) && !is_rows_null(r, 0, 0) &&
		!(*text = mem_strdup(rows_str(r, 0, 0))))
		rc = no_memory();
	rows_free(r);
	return rc;
}

int
dbcomment_write(struct engine *e, const char *text)
{
	struct rows *db =
		session_query(e->target, "SELECT current_database()", 0, NULL);
	struct buf sql = BUF_INIT;
	int rc = -1;

	if (!db)
		return -1;
	if (buf_puts(&sql, "COMMENT ON DATABASE ") ||
		ident_quote(&sql, rows_str(db, 0, 0)) ||
		buf_puts(&sql, " IS ") || ident_literal(&sql, text))
		(void)no_memory();
	else if (session_try(e->target, buf_str(&sql)) == 0)
		rc = 0;
	else if (is_session_alive(e->target))
		rc = engine_tell(e, "warning", "database-comment-refused",
			"have the owner of the target's database run COMMENT "
			"ON DATABASE",
			"the comment on the database was refused by the "
			"target: %s",
			session_message(e->target));
	rows_free(db);
	buf_fini(&sql);
	return rc;
}

int
dbcomment_copy(struct engine *e)
{
	char *text;
	int rc = dbcomment_read(e->source, &text);

	if (rc == 0 && text)
		rc = dbcomment_write(e, text);
	free(text);
	return rc;
}
