/* What has changed between two schemas, by pg_restore's scripts of them. */
#include <stdlib.h>

#include "buf.h"
#include "mem.h"
#include "outline.h"
#include "t.h"

static const char before[] =
	"--\n-- PostgreSQL database dump\n--\n\nSET statement_timeout = 0;\n\n"
	"--\n-- Name: s; Type: SCHEMA; Schema: -; Owner: -\n--\n\n"
	"CREATE SCHEMA s;\n\n\n"
	"--\n-- Name: t; Type: TABLE; Schema: s; Owner: -\n--\n\n"
	"CREATE TABLE s.t (\n    i integer\n);\n\n\n"
	"--\n-- Name: v; Type: VIEW; Schema: s; Owner: -\n--\n\n"
	"CREATE VIEW s.v AS\n SELECT 1;\n";
static const char after[] =
	"--\n-- Name: s; Type: SCHEMA; Schema: -; Owner: app\n--\n\n"
	"CREATE SCHEMA s;\n\n\n"
	"--\n-- Name: f(integer, text); Type: FUNCTION; Schema: s; Owner: -\n"
	"--\n\nCREATE FUNCTION s.f(integer, text) ...;\n"
	"--\n-- Name: t; Type: TABLE; Schema: s; Owner: -\n--\n\n"
	"CREATE TABLE s.t (\n    i bigint\n);\n\n\n"
	"--\n-- Name: odd\n--\n\nSELECT 1;\n";

static struct buf told = BUF_INIT;

static int
tell(void *ctx, const char *name, const char *what)
{
	(void)ctx;
	return buf_printf(&told, "%s: %s\n", what, name);
}

static int
stop(void *ctx, const char *name, const char *what)
{
	(void)name;
	(void)what;
	++*(int *)ctx;
	return -1;
}

/* Everything once; 0, or -1 when memory was short. */
static int
compare(void)
{
	struct buf a = BUF_INIT, b = BUF_INIT;
	int rc = -1;

	buf_clear(&told);
	if (outline_put(&a, before) == 0 && outline_put(&b, after) == 0)
		rc = outline_compare(buf_str(&a), buf_str(&b), tell, NULL);
	buf_fini(&a);
	buf_fini(&b);
	return rc;
}

int
main(void)
{
	struct buf a = BUF_INIT, b = BUF_INIT;
	int calls = 0;

	T_BEGIN();
	T_INT(compare(), 0, "two outlines are compared");
	T_STR(buf_str(&told),
		"new: FUNCTION s.f(integer, text)\nchanged: TABLE s.t\n"
		"new: -- Name: odd\ngone: VIEW s.v\n",
		"what is new, changed and gone");
	(void)outline_put(&a, before);
	(void)outline_put(&b, before);
	T_STR(buf_str(&a), buf_str(&b), "the same schema, the same outline");
	T_INT(outline_compare(buf_str(&a), buf_str(&b), stop, &calls), 0,
		"nothing has changed");
	T_INT(outline_compare("", buf_str(&b), stop, &calls), -1,
		"whoever is told may end it");
	T_INT(calls, 1, "... at once");
	T_ALLOC_LOOP(200, (void)compare());
	buf_fini(&a);
	buf_fini(&b);
	buf_fini(&told);
	return T_END();
}
