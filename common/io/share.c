#include <string.h>

#include "json.h"
#include "msg.h"
#include "share.h"

struct json *
share_open(const char *name)
{
	const struct share_file *f;
	struct json_error err;
	struct json *j;

	for (f = share_files; f->name; f++)
		if (strcmp(f->name, name) == 0)
			break;
	if (!f->name) {
		msg_error("share/map/%s.json: not part of this build", name);
		return NULL;
	}
	if (!(j = json_parse((const char *)f->data, f->len, &err)))
		msg_error("share/map/%s.json:%u:%u: %s", name, err.line,
			err.column, err.what);
	return j;
}
