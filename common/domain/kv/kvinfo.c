#include <stdio.h>
#include <string.h>

#include "kvinfo.h"

bool
kvinfo_text(const char *info, const char *name, char *out, size_t size)
{
	size_t n = strlen(name);
	const char *line = info;

	for (; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, name, n) != 0 || line[n] != ':')
			continue;
		line += n + 1;
		snprintf(out, size, "%.*s", (int)strcspn(line, "\r\n"), line);
		return true;
	}
	return false;
}

uint64_t
kvinfo_number(const char *info, const char *name)
{
	char value[64];
	unsigned long long n = 0;

	if (!kvinfo_text(info, name, value, sizeof(value)) ||
		sscanf(value, "%19llu", &n) != 1)
		return 0;
	return n;
}

uint64_t
kvinfo_calls(const char *stats, const char *command)
{
	char name[64], value[64];
	unsigned long long n = 0;

	snprintf(name, sizeof(name), "cmdstat_%s", command);
	if (!kvinfo_text(stats, name, value, sizeof(value)) ||
		sscanf(value, "calls=%19llu", &n) != 1)
		return 0;
	return n;
}

int64_t
kvinfo_keys(const char *info)
{
	const char *p = strstr(info, "# Keyspace");
	int64_t sum = 0;
	long long n;

	if (p == NULL)
		return -1;
	for (p = strstr(p, "keys="); p != NULL; p = strstr(p + 1, "keys="))
		if (p[-1] == ':' && sscanf(p, "keys=%lld", &n) == 1)
			sum += n;
	return sum;
}
