#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "mem.h"
#include "msg.h"
#include "share.h"
#include "t.h"

static char said[512];

static void
hear(void *ctx, const char *line)
{
	(void)ctx;
	snprintf(said, sizeof(said), "%s", line);
}

int
main(void)
{
	const struct share_file *f;
	struct json *j;

	T_BEGIN();
	msg_init("t");
	msg_set_sink(hear, NULL);
	for (f = share_files; f->name; f++) {
		j = share_open(f->name);
		T_OK(j != NULL && f->len > 0, "share/map/%s.json", f->name);
		json_free(j);
	}
	T_OK(!share_open("no-such-map"), "a file that is not there");
	T_STR(said, "t: share/map/no-such-map.json: not part of this build",
		"is told");
	T_OK(!share_open(""), "an empty name");
	if (share_files[0].name)
		T_ALLOC_LOOP(100000, {
			j = share_open(share_files[0].name);
			json_free(j);
		});
	return T_END();
}
