#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "pgoutput.h"

/* Whatever a server sends: no byte outside of the message is touched. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct pgoutput m;
	volatile char sum = 0;
	size_t i, k;

	if (pgoutput_parse(&m, (const char *)data, n))
		return 0;
	if (m.kind == 'I' || m.kind == 'U')
		for (i = 0; i < m.new.n; i++)
			for (k = 0; k < m.new.value[i].len; k++)
				sum = (char)(sum + m.new.value[i].data[k]);
	if (m.kind == 'R')
		for (i = 0; i < m.n_columns; i++)
			sum = (char)(sum + m.column[i].name[0]);
	return 0;
}
