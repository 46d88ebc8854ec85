#include "path.h"

#include <string.h>

#include "buf.h"

/* Take the last part off. */
static void
cut(struct buf *b, size_t start)
{
	while (b->len > start && b->data[b->len - 1] != '/')
		b->len--;
	if (b->len > start)
		b->len--;
	if (b->data != NULL)
		b->data[b->len] = '\0';
}

static int
add(struct buf *b, size_t start, const char *path)
{
	while (*path != '\0') {
		size_t n = strcspn(path, "/");
		if (n == 2 && strncmp(path, "..", 2) == 0)
			cut(b, start);
		else if (n > 0 && !(n == 1 && *path == '.')) {
			if (b->len > start && buf_putc(b, '/') == -1)
				return -1;
			if (buf_append(b, path, n) == -1)
				return -1;
		}
		path += n + (path[n] == '/');
	}
	return 0;
}

int
path_join(struct buf *b, const char *base, const char *path)
{
	size_t start = b->len;

	return add(b, start, base) == -1 ? -1 : add(b, start, path);
}

size_t
path_depth(const char *path)
{
	size_t n = *path != '\0';

	for (; *path != '\0'; path++)
		n += *path == '/';
	return n;
}
