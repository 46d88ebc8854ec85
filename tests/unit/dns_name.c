#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "dnsaddr.h"
#include "dnsname.h"
#include "mem.h"
#include "t.h"

static void
good(const char *text, const char *origin, const char *want)
{
	struct buf wire = BUF_INIT;
	char *name = NULL, *back = NULL;

	T_INT(dnsname_parse(text, origin, &name), 0, "a name: %s", text);
	if (name == NULL)
		return;
	T_STR(name, want, "in its canonical form");
	T_OK(dnsname_put_wire(&wire, name) == 0 &&
			dnsname_from_wire((unsigned char *)wire.data, wire.len,
				&back) == wire.len &&
			strcmp(back, want) == 0,
		"and back from the wire");
	free(back);
	free(name);
	buf_fini(&wire);
}

static void
bad(const char *text)
{
	char *name = NULL;

	T_INT(dnsname_parse(text, NULL, &name), -1, "no name: %.40s", text);
}

static void
limits(void)
{
	char label[80], name[400] = "", *out = NULL;
	size_t n;

	memset(label, 'a', sizeof(label));
	label[63] = '\0';
	T_INT(dnsname_parse(label, NULL, &out), 0, "a label of 63 bytes");
	free(out);
	label[63] = 'a';
	label[64] = '\0';
	bad(label);
	/* 127 labels of one byte are 255 bytes on the wire */
	for (n = 0; n < 127; n++)
		memcpy(name + 2 * n, "b.", 3);
	T_INT(dnsname_parse(name, NULL, &out), 0, "a name of 255 bytes");
	T_INT(dnsname_labels(out), 127, "has 127 labels");
	free(out);
	memcpy(name + 2 * n, "b.", 3);
	bad(name);
}

static void
order(void)
{
	/* RFC 4034 section 6.1 */
	static const char *const names[] = {"example.", "a.example.",
		"yljkjljk.a.example.", "z.a.example.", "zabc.a.example.",
		"z.example.", "\\001.z.example.", "*.z.example.",
		"\\200.z.example."};
	size_t i, k, wrong = 0;

	for (i = 0; i < 9; i++)
		for (k = 0; k < 9; k++) {
			int c = dnsname_compare(names[i], names[k]);

			wrong += ((c > 0) - (c < 0)) != (i > k) - (i < k);
		}
	T_INT(wrong, 0, "the order of RFC 4034");
}

static void
wires(void)
{
	static const unsigned char pointer[] = {1, 'a', 0xc0, 0},
				   endless[] = {1, 'a', 1, 'b'},
				   huge[] = {64, 'a', 0};
	char *out = NULL;

	T_INT(dnsname_from_wire(pointer, 4, &out), 0, "no pointers");
	T_INT(dnsname_from_wire(endless, 4, &out), 0, "no end");
	T_INT(dnsname_from_wire(huge, 3, &out), 0, "a label too long");
	T_INT(dnsname_from_wire(huge, 0, &out), 0, "nothing");
}

static void
address(const char *text, const char *want)
{
	struct dnsaddr a;
	struct buf b = BUF_INIT;
	int rc = dnsaddr_parse(text, 53, &a);

	if (rc == 0)
		(void)dnsaddr_put(&b, &a, 53);
	T_STR(rc == 0 ? buf_str(&b) : "none", want, "the address %s", text);
	buf_fini(&b);
}

static void
parse(void)
{
	char *out;

	if (dnsname_parse("a\\.b.C", "example.test.", &out) == 0)
		free(out);
}

int
main(void)
{
	T_BEGIN();
	good("WWW.Example.TEST", NULL, "www.example.test.");
	good("www", "example.test.", "www.example.test.");
	good("www.", "example.test.", "www.");
	good("@", "example.test.", "example.test.");
	good(".", NULL, ".");
	good("www", ".", "www.");
	good("a\\.b.c", NULL, "a\\.b.c.");
	good("a\\046b.c", NULL, "a\\.b.c.");
	good("\\065\\200.c", NULL, "a\\200.c.");
	good("_acme-challenge.*.c", NULL, "_acme-challenge.*.c.");
	good("a\\032b", NULL, "a\\032b.");
	bad("");
	bad("..");
	bad("a..b");
	bad(".a");
	bad("a b");
	bad("a\\");
	bad("a\\25");
	bad("a\\256");
	bad("b\303\274cher.test");
	limits();
	order();
	wires();
	T_STR(dnsname_parent("a\\.b.c."), "c.", "the parent");
	T_STR(dnsname_parent("c."), ".", "of a top-level name");
	T_OK(dnsname_parent(".") == NULL, "the root has none");
	T_OK(is_dnsname_under("a.b.", "b.") && is_dnsname_under("b.", "b.") &&
			is_dnsname_under("b.", ".") &&
			!is_dnsname_under("ab.", "b.") &&
			!is_dnsname_under("x\\.b.", "b."),
		"below and not below");
	address("192.0.2.1", "192.0.2.1");
	address("192.0.2.1:5353", "192.0.2.1:5353");
	address("2001:DB8::1", "2001:db8::1");
	address("[2001:db8::1]:54", "[2001:db8::1]:54");
	address("[::1]", "::1");
	address("192.0.2.1:0", "none");
	address("192.0.2", "none");
	address("name.test", "none");
	address("[::1", "none");
	T_ALLOC_LOOP(100, parse());
	return T_END();
}
