#include <fcntl.h>
#include <unistd.h>

#include "json.h"
#include "jsonl.h"
#include "msg.h"
#include "recordfile.h"

int
recordfile_each(const char *path,
	void (*take)(void *ctx, const struct json_val *record), void *ctx)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc = -1;
	struct jsonl *in;
	struct json *doc;

	if (fd == -1) {
		msg_errno("%s", path);
		return -1;
	}
	if ((in = jsonl_open(fd, path, JSONL_MAX_LINE)) != NULL) {
		/* a last line that is torn is none */
		jsonl_growing(in);
		while ((rc = jsonl_next(in, &doc)) == 1) {
			take(ctx, json_root(doc));
			json_free(doc);
		}
		jsonl_close(in);
	}
	close(fd);
	return rc;
}
