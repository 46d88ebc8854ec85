/* A command becomes words that a deploy can split, whatever it is. */
#include <stdint.h>
#include <stdlib.h>

#include "buf.h"
#include "cmdport.h"
#include "cmdtrait.h"
#include "mem.h"
#include "shellcmd.h"
#include "shlex.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_dup(data, size);
	struct shellcmd c;
	struct cmdport port;
	struct cmdtrait_set traits;
	struct buf out = BUF_INIT;
	char **words;
	size_t n;

	if (text == NULL || shellcmd_parse(text, &c) == -1)
		abort();
	if (shellcmd_put(&c, &out) == -1 ||
		shlex_split(buf_str(&out), &words, &n) != SHLEX_OK)
		abort();
	if (!is_shellcmd_plain(&c) && n != 3)
		abort();
	shlex_free(words);
	if (cmdport_find(text, &port) == -1 ||
		cmdtrait_find(text, &traits) == -1)
		abort();
	cmdtrait_fini(&traits);
	shellcmd_fini(&c);
	buf_fini(&out);
	free(text);
	return 0;
}
