#include <stdlib.h>
#include <string.h>

#include "kvreply.h"
#include "mem.h"
#include "t.h"

static const char stream[] =
	"+OK\r\n-ERR no\r\n:-42\r\n$5\r\na\0b\r\n\r\n$-1\r\n"
	"*3\r\n$1\r\nx\r\n*2\r\n:1\r\n$0\r\n\r\n$-1\r\n"
	"*4\r\n$1\r\na\r\n:1\r\n$1\r\nb\r\n:2\r\n";

static void
judge(int n, const struct kvreply *r)
{
	switch (n) {
	case 0:
		T_OK(is_kvreply_ok(r), "a status");
		break;
	case 1:
		T_OK(is_kvreply_error(r, "ERR") && !is_kvreply_error(r, "E"),
			"an error by its first word");
		break;
	case 2:
		T_OK(is_kvreply(r, KVREPLY_INTEGER) && r->integer == -42,
			"an integer");
		break;
	case 3:
		T_OK(is_kvreply(r, KVREPLY_STRING) && r->len == 5 &&
				memcmp(r->str, "a\0b\r\n", 5) == 0,
			"a string of any bytes");
		break;
	case 4:
		T_OK(is_kvreply(r, KVREPLY_NIL), "nil");
		break;
	case 5:
		T_OK(is_kvreply(r, KVREPLY_ARRAY) && r->n == 3 &&
				r->item[1]->n == 2 &&
				r->item[1]->item[1]->len == 0 &&
				is_kvreply(r->item[2], KVREPLY_NIL),
			"an array in an array");
		break;
	case 6:
		T_OK(kvreply_pair(r, "b") == r->item[3] &&
				kvreply_pair(r, "c") == NULL,
			"a pair by name");
		break;
	}
}

static int
feed(size_t step, bool judged)
{
	struct kvreader *k = kvreader_new();
	const struct kvreply *r;
	size_t i, n;
	int count = 0, rc = 0;

	if (k == NULL)
		return -1;
	for (i = 0; rc >= 0 && i < sizeof(stream) - 1; i += step) {
		n = sizeof(stream) - 1 - i < step ? sizeof(stream) - 1 - i
						  : step;
		if ((rc = kvreader_feed(k, stream + i, n)) == -1)
			break;
		while ((rc = kvreader_next(k, &r)) == 1) {
			if (judged)
				judge(count, r);
			count++;
		}
	}
	kvreader_free(k);
	return rc == -1 ? -1 : count;
}

int
main(void)
{
	struct kvreader *k;
	const struct kvreply *r;
	size_t step;

	T_BEGIN();
	T_INT(feed(sizeof(stream), true), 7, "seven replies at once");
	for (step = 1; step < 8; step++)
		T_INT(feed(step, false), 7, "in pieces of %d", (int)step);
	T_ALLOC_LOOP(200, (void)feed(3, false));
	k = kvreader_new();
	(void)kvreader_feed(k, "%2\r\n", 4);
	T_INT(kvreader_next(k, &r), -1, "another protocol");
	T_OK(*kvreader_why(k) != '\0', "has a reason");
	kvreader_free(k);
	T_OK(!is_kvreply(NULL, KVREPLY_NIL) && !is_kvreply_ok(NULL),
		"no reply is of no kind");
	return T_END();
}
