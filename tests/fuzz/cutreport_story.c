/* Any records make a page without markup of their own. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "json.h"
#include "page.h"
#include "story.h"
#include "textreport.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data, *end = p + size, *lf;
	struct story s = {0};
	struct buf page = BUF_INIT, text = BUF_INIT;
	struct json_error e;

	for (; p < end; p = lf + 1) {
		struct json *j;

		if ((lf = memchr(p, '\n', (size_t)(end - p))) == NULL)
			lf = end;
		if ((j = json_parse(p, (size_t)(lf - p), &e)) != NULL)
			story_add(&s, json_root(j));
		json_free(j);
	}
	if (!s.failed) {
		if (page_put(&page, &s, NULL, 0) == -1 ||
			textreport_put(&text, &s, NULL) == -1)
			abort();
		/* written by nothing of ours */
		if (strstr(buf_str(&page), "<script") != NULL ||
			strstr(buf_str(&page), "<img") != NULL ||
			strstr(buf_str(&page), "onload=") != NULL)
			abort();
	}
	buf_fini(&page);
	buf_fini(&text);
	story_fini(&s);
	return 0;
}
