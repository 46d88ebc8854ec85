#include "cmdport.h"

#include "mem.h"
#include "num.h"
#include "shellcmd.h"
#include "str.h"

/* What a server does when no option tells it a port or an address. */
static const struct server {
	const char *name;
	bool reads_port;
	int port;
	bool is_loopback;
} servers[] = {
	{"gunicorn", true, 8000, false},
	{"puma", true, 9292, false},
	{"pumactl", true, 9292, false},
	{"rails", true, 3000, false},
	{"npm", true, 0, false},
	{"yarn", true, 0, false},
	{"pnpm", true, 0, false},
	{"bun", true, 3000, false},
	{"node", true, 0, false},
	{"next", true, 3000, false},
	{"nuxt", true, 3000, false},
	{"serve", true, 3000, false},
	{"http-server", true, 8080, false},
	{"java", true, 8080, false},
	{"mix", true, 4000, false},
	{"heroku-php-apache2", true, 0, false},
	{"heroku-php-nginx", true, 0, false},
	{"unicorn", false, 8080, false},
	{"unicorn_rails", false, 8080, false},
	{"thin", false, 3000, false},
	{"rackup", false, 9292, false},
	{"falcon", false, 9292, true},
	{"uvicorn", false, 8000, true},
	{"hypercorn", false, 8000, true},
	{"daphne", false, 8000, true},
	{"granian", false, 8000, true},
	{"waitress-serve", false, 8080, false},
	{"streamlit", false, 8501, false},
	{"runserver", false, 8000, true},
	{"http.server", false, 8000, false},
	{"flask", false, 5000, true},
	{"fastapi", false, 8000, false},
	{"artisan", false, 8000, true},
	{NULL, false, 0, false},
};

static const struct server *
find_server(const struct shellcmd_simple *s)
{
	for (size_t i = s->n_assigned; i < s->n; i++) {
		const char *word = s->word[i].text;
		const char *slash = strrchr(word, '/');
		const char *name = slash != NULL ? slash + 1 : word;
		if (word[0] == '-')
			continue;
		/* `flask db upgrade` serves nothing */
		if (strcmp(name, "flask") == 0 &&
			(i + 1 >= s->n ||
				strcmp(s->word[i + 1].text, "run") != 0))
			continue;
		for (const struct server *v = servers; v->name != NULL; v++)
			if (*v->name == *name && strcmp(v->name, name) == 0)
				return v;
	}
	return NULL;
}

static bool
is_loopback_host(const char *s, size_t n)
{
	static const char *const hosts[] = {
		"127.0.0.1", "localhost", "::1", "[::1]"};

	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
		if (strlen(hosts[i]) == n && memcmp(hosts[i], s, n) == 0)
			return true;
	return false;
}

/* What "8000", ":8000", "host:8000", "tcp://host:8000/" or "host" says. */
static void
take_address(const char *s, struct cmdport *p, bool is_host_only)
{
	const char *scheme = strstr(s, "://"), *colon;
	char digits[6];
	int64_t port;
	size_t n, host;

	if (scheme != NULL)
		s = scheme + 3;
	n = strcspn(s, "/?,;");
	for (colon = s + n; colon > s && colon[-1] != ':'; colon--)
		;
	host = colon > s ? (size_t)(colon - s) - 1 : 0;
	if (colon == s && s[strspn(s, "0123456789")] != '\0')
		host = n; /* a host alone */
	n -= (size_t)(colon - s);
	if (host > 0 && is_loopback_host(s, host))
		p->is_loopback = true;
	else if (host > 0)
		p->is_loopback = false;
	if (is_host_only || n == 0 || n >= sizeof(digits))
		return;
	memcpy(digits, colon, n);
	digits[n] = '\0';
	if (num_int(digits, 1, 65535, &port) == 0) {
		p->kind = CMDPORT_LITERAL;
		p->port = (int)port;
	}
}

/* Whether a value is the option's, and no option itself. */
static bool
is_value(const struct shellcmd_simple *s, size_t i)
{
	return i < s->n && s->word[i].text[0] != '-';
}

/* "--name=value" split: the length of the name, and the value. */
static size_t
split_option(const char *word, const char **value)
{
	const char *equals = strchr(word, '=');

	*value = equals != NULL ? equals + 1 : NULL;
	return equals != NULL ? (size_t)(equals - word) : strlen(word);
}

static bool
is_option(const char *word, size_t n, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strlen(*list) == n && memcmp(*list, word, n) == 0)
			return true;
	return false;
}

static void
take_option(const struct shellcmd_simple *s, size_t i, struct cmdport *p)
{
	static const char *const ports[] = {"--port", "-p", "--bind", "-b",
		"--listen", "-l", "--http", "--http-socket", "--http-port",
		"--server.port", "--server-port", "--addr", "--address",
		"--urls", "-Dserver.port", "-Dhttp.port", "-Dport",
		"--http.port", "-S", "--endpoint", NULL};
	static const char *const hosts[] = {
		"--host", "--hostname", "-H", "--server.address", "-o", NULL};
	static const char *const positional[] = {
		"runserver", "http.server", NULL};
	const char *word = s->word[i].text, *value;
	size_t n = split_option(word, &value);

	if (value == NULL && is_value(s, i + 1))
		value = s->word[i + 1].text;
	if (value != NULL && is_option(word, n, ports))
		take_address(value, p, false);
	else if (value != NULL && is_option(word, n, hosts))
		take_address(value, p, true);
	else if (is_str_one_of(word, positional) && is_value(s, i + 1))
		take_address(s->word[i + 1].text, p, false);
	else if (word[0] == '-' && word[1] == 'p' && word[2] != '\0' &&
		 word[2 + strspn(word + 2, "0123456789")] == '\0')
		take_address(word + 2, p, false); /* -p3000 */
}

/* One simple command; whether it says anything about a server. */
static bool
look_at(const struct shellcmd_simple *s, struct cmdport *p)
{
	const struct server *v = find_server(s);
	struct cmdport found = {CMDPORT_NONE, 0, NULL, false};

	if (v != NULL) {
		found.server = v->name;
		found.kind = v->reads_port ? CMDPORT_READS : CMDPORT_DEFAULT;
		found.port = v->reads_port ? 0 : v->port;
		found.is_loopback = v->is_loopback;
	}
	for (size_t i = 0; i < s->n_assigned; i++)
		if (str_starts(s->word[i].text, "PORT=") &&
			!s->word[i].is_expanded)
			take_address(s->word[i].text + 5, &found, false);
	for (size_t i = s->n_assigned; i < s->n; i++)
		take_option(s, i, &found);
	if (found.kind == CMDPORT_NONE)
		return false;
	*p = found;
	return true;
}

/* $PORT anywhere in the command outweighs a number in another option. */
static void
look_at_vars(const struct shellcmd *c, struct cmdport *p)
{
	int64_t port;

	for (size_t i = 0; i < c->n_vars; i++) {
		const char *fallback = c->var[i].fallback;
		if (strcmp(c->var[i].name, "PORT") != 0)
			continue;
		p->kind = CMDPORT_VARIABLE;
		p->port = 0;
		if (fallback != NULL &&
			num_int(fallback, 1, 65535, &port) == 0) {
			p->kind = CMDPORT_FALLBACK;
			p->port = (int)port;
			return;
		}
	}
}

static int
find_in(const char *command, struct cmdport *p, int depth)
{
	struct shellcmd c;
	int rc = 0;

	if (shellcmd_parse(command, &c) == -1)
		return -1;
	for (size_t i = 0; i < c.n && rc == 0; i++) {
		const char *inner = shellcmd_inner(&c.simple[i]);
		if (inner != NULL && depth > 0)
			rc = find_in(inner, p, depth - 1);
		else
			look_at(&c.simple[i], p);
	}
	if (rc == 0)
		look_at_vars(&c, p);
	shellcmd_fini(&c);
	return rc;
}

int
cmdport_find(const char *command, struct cmdport *p)
{
	memset(p, 0, sizeof(*p));
	return find_in(command, p, 3);
}
