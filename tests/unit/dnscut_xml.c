#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "mem.h"
#include "provider.h"
#include "r53set.h"
#include "rrset.h"
#include "rrtype.h"
#include "t.h"
#include "xmltext.h"

static void
check(const char *s, int want)
{
	T_INT(xmltext_check(s, strlen(s)), want, "%s: %.40s",
		want == 0 ? "XML" : "none that we know", s);
}

static const char sets[] =
	"<?xml version=\"1.0\"?>\n<R a='>'><S><Name>\\052.Z.test.</Name>"
	"<Type>TXT</Type><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>"
	"&quot;a&amp;b\\303\\251&quot;</Value></ResourceRecord>"
	"</ResourceRecords></S><S/><T/></R>";

static void
read_set(void)
{
	struct xmltext doc = xmltext_whole(sets, strlen(sets)), r, s, t;
	struct rrsets out = {NULL, 0, 0};
	const struct rrset *set;

	T_OK(xmltext_check(sets, strlen(sets)) == 0 &&
			xmltext_next(&doc, NULL, "R", &r) == 1 &&
			xmltext_next(&r, NULL, "S", &s) == 1,
		"a document is looked into");
	T_OK(xmltext_next(&r, &s, "S", &t) == 1 && t.begin == t.end &&
			xmltext_next(&r, &t, "S", &t) == 0,
		"with two of them, one empty");
	T_OK(r53set_take(&s, &out) == 0 && r53set_settle(&out) == 0, "a set");
	set = rrsets_find(&out, "*.z.test.", RRTYPE_TXT);
	T_STR(set != NULL ? set->data[0].text : "", "\"a&b\\195\\169\"",
		"its escapes are octal");
	if (set != NULL) {
		struct provider_change c = {set, NULL};
		struct buf b = BUF_INIT;

		T_OK(r53set_put_batch(&b, &c, 1) == 0 &&
				xmltext_check(b.data, b.len) == 0 &&
				strstr(b.data,
					"<Action>DELETE</Action><ResourceRecord"
					"Set><Name>*.z.test.</Name>") != NULL &&
				strstr(b.data, "a&amp;b\\303\\251") != NULL,
			"and so they are written");
		buf_fini(&b);
	}
	rrsets_fini(&out);
}

static void
take(void)
{
	struct xmltext doc = xmltext_whole(sets, strlen(sets)), r, s;
	struct rrsets out = {NULL, 0, 0};

	if (xmltext_next(&doc, NULL, "R", &r) == 1 &&
		xmltext_next(&r, NULL, "S", &s) == 1)
		(void)r53set_take(&s, &out);
	rrsets_fini(&out);
}

int
main(void)
{
	T_BEGIN();
	check("<a/>", 0);
	check("<?xml version='1.0'?><a>x<b c=\"</a>\">y</b></a>\n", 0);
	check("", -1);
	check("x", -1);
	check("<a>", -1);
	check("<a></b>", -1);
	check("<a><b></a></b>", -1);
	check("<a/><b/>", -1);
	check("<a/>x", -1);
	check("<!DOCTYPE a><a/>", -1);
	check("<a><!-- x --></a>", -1);
	check("<a><![CDATA[x]]></a>", -1);
	check("<a b=\"></a>", -1);
	read_set();
	T_ALLOC_LOOP(200, take());
	return T_END();
}
