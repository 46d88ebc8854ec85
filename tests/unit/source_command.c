/* Ports, traits, names of variables and sizes. */
#include "cmdport.h"
#include "cmdtrait.h"
#include "envname.h"
#include "json.h"
#include "mem.h"
#include "share.h"
#include "t.h"
#include "vmsize.h"

static void
port(const char *command, enum cmdport_kind kind, int want, int is_loopback)
{
	struct cmdport p;

	cmdport_find(command, &p);
	T_OK(p.kind == kind && p.port == want && p.is_loopback == is_loopback,
		"%s: kind %d port %d%s", command, p.kind, p.port,
		p.is_loopback ? " on loopback" : "");
}

static void
ports(void)
{
	port("gunicorn app:app", CMDPORT_READS, 0, 0);
	port("gunicorn -w 1 --bind 0.0.0.0:5000 app", CMDPORT_LITERAL, 5000, 0);
	port("gunicorn app --bind=0.0.0.0:8000", CMDPORT_LITERAL, 8000, 0);
	port("gunicorn -b --chdir ./x app", CMDPORT_READS, 0, 0);
	port("gunicorn -b 127.0.0.1:8000 a", CMDPORT_LITERAL, 8000, 1);
	port("gunicorn -b :$PORT a", CMDPORT_VARIABLE, 0, 0);
	port("gunicorn -b [::]:8000 a", CMDPORT_LITERAL, 8000, 0);
	port("rails s -p ${PORT:-5000}", CMDPORT_FALLBACK, 5000, 0);
	port("rails s -p ${PORT-x}", CMDPORT_VARIABLE, 0, 0);
	port("rails s -p 3000 -b '0.0.0.0'", CMDPORT_LITERAL, 3000, 0);
	port("bash -c \"x && bundle exec rails s -p 3000\"", CMDPORT_LITERAL,
		3000, 0);
	port("PORT=3000 bundle exec puma", CMDPORT_LITERAL, 3000, 0);
	port("puma -b tcp://0.0.0.0:4000", CMDPORT_LITERAL, 4000, 0);
	port("uvicorn a:b", CMDPORT_DEFAULT, 8000, 1);
	port("uvicorn a:b --host 0.0.0.0", CMDPORT_DEFAULT, 8000, 0);
	port("python -m uvicorn a:b --host 0.0.0.0 --port 80", CMDPORT_LITERAL,
		80, 0);
	port("python manage.py runserver", CMDPORT_DEFAULT, 8000, 1);
	port("python manage.py runserver 0.0.0.0:9000", CMDPORT_LITERAL, 9000,
		0);
	port("flask db upgrade; gunicorn a", CMDPORT_READS, 0, 0);
	port("flask run", CMDPORT_DEFAULT, 5000, 1);
	port("php artisan serve --host=0.0.0.0 --port=$PORT", CMDPORT_VARIABLE,
		0, 0);
	port("php -S 0.0.0.0:8080 -t public", CMDPORT_LITERAL, 8080, 0);
	port("java -Dserver.port=9090 -jar x.jar", CMDPORT_LITERAL, 9090, 0);
	port("dotnet x.dll --urls http://*:5000", CMDPORT_LITERAL, 5000, 0);
	port("celery -A x worker -l info", CMDPORT_NONE, 0, 0);
	port("run --port 99999", CMDPORT_NONE, 0, 0);
	port("run --port 0", CMDPORT_NONE, 0, 0);
	port("thin start -p3333", CMDPORT_LITERAL, 3333, 0);
}

static void
trait(const char *command, enum cmdtrait t, const char *want)
{
	struct cmdtrait_set set;

	cmdtrait_find(command, &set);
	if (want == NULL)
		T_OK(set.word[t] == NULL, "%s: %s", command,
			set.word[t] ? set.word[t] : "has not");
	else
		T_STR(set.word[t], want, "%s", command);
	cmdtrait_fini(&set);
}

static void
traits(void)
{
	trait("flask db upgrade; gunicorn a", CMDTRAIT_MIGRATES, "db upgrade");
	trait("rake db:migrate && puma", CMDTRAIT_MIGRATES, "db:migrate");
	trait("python manage.py migrate", CMDTRAIT_MIGRATES, "migrate");
	trait("node a/migrate.js; node b.js", CMDTRAIT_MIGRATES,
		"a/migrate.js");
	trait("run --migrations-dir x", CMDTRAIT_MIGRATES, NULL);
	trait("bundle exec clockwork clock.rb", CMDTRAIT_SINGLETON,
		"clockwork");
	trait("celery -A x beat", CMDTRAIT_SINGLETON, "beat");
	trait("start celery -A x worker -B -l info", CMDTRAIT_SINGLETON,
		"celery -B");
	trait("celery -A x worker", CMDTRAIT_SINGLETON, NULL);
	trait("java -B x", CMDTRAIT_SINGLETON, NULL);
	trait("honcho start -f P", CMDTRAIT_MANAGER, "honcho");
	trait("run honcho", CMDTRAIT_MANAGER, NULL);
	trait("uvicorn a:b --reload", CMDTRAIT_DEV_SERVER, "--reload");
	trait("npm run dev", CMDTRAIT_DEV_SERVER, "run dev");
	trait("./bin/webpack-dev-server", CMDTRAIT_DEV_SERVER,
		"./bin/webpack-dev-server");
	trait("redis-server --port 1", CMDTRAIT_SIDECAR, "redis-server");
	trait("tail -f log/x", CMDTRAIT_SIDECAR, "tail -f");
	trait("bin/start-nginx puma", CMDTRAIT_SIDECAR, NULL);
	trait("bash scripts/x.sh", CMDTRAIT_SCRIPT, "scripts/x.sh");
	trait("./release-steps.sh", CMDTRAIT_SCRIPT, "./release-steps.sh");
	trait("sh -c 'rake db:migrate'", CMDTRAIT_MIGRATES, "db:migrate");
	T_OK(is_cmdtrait_singleton_name("clock"), "clock is one by name");
	T_OK(!is_cmdtrait_singleton_name("worker"), "worker is none");
}

static void
names(void)
{
	T_OK(is_envname_valid("A_1"), "A_1");
	T_OK(!is_envname_valid("1A") && !is_envname_valid("A-B") &&
			!is_envname_valid(""),
		"no names");
	T_OK(is_envname_secret("API_KEY", "x"), "API_KEY");
	T_OK(is_envname_secret("my_token", NULL), "my_token");
	T_OK(is_envname_secret("ADMIN_PASSWORD", "x"), "ADMIN_PASSWORD");
	T_OK(is_envname_secret("X", "postgres://u:p@h/d"), "a URL's password");
	T_OK(!is_envname_secret("X", "https://h/a:b@c"), "no password");
	T_OK(is_envname_secret("JWT", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x"),
		"a JWT");
	T_OK(is_envname_secret("STRIPE", "sk_live_0123456789abcdef"), "Stripe");
	T_OK(is_envname_secret(
		     "CERT_TEXT", "-----BEGIN RSA PRIVATE KEY-----\nMII"),
		"a private key");
	T_OK(!is_envname_secret(
		     "NEXT_PUBLIC_A", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x"),
		"a public JWT");
	T_OK(!is_envname_secret("SHORT", "sk-eleton"), "a word");
	T_OK(is_envname_secret("ENCRYPTION_KEYS", "x"), "several keys");
	T_OK(is_envname_secret(
		     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		     "AAAAAAAAAAAAAAAAAAAA_KEY",
		     "x"),
		"a long name");
	T_OK(!is_envname_secret("CAPTCHA_SITEKEY", "x"), "a site key");
	T_OK(!is_envname_secret("LOCALE", "en"), "LOCALE");
	T_OK(!is_envname_secret("MONKEY", "x"), "MONKEY");
}

static void
fits(int64_t cpus, int64_t mb, const char *size, int64_t want_mb, int small)
{
	struct vmsize v;

	vmsize_fit(cpus, mb, &v);
	T_OK(strcmp(v.size, size) == 0 && v.memory_mb == want_mb &&
			v.is_smaller == small,
		"%d CPUs, %d MB: %s %d", (int)cpus, (int)mb, v.size,
		(int)v.memory_mb);
}

static void
sizes(void)
{
	struct json *map = share_open("sizes");
	struct vmsize v;

	T_OK(vmsize_find(map, "heroku", "Standard-2X", &v) == 0 &&
			strcmp(v.size, "shared-cpu-2x") == 0 &&
			v.memory_mb == 1024 && !v.sleeps,
		"Standard-2X");
	T_OK(vmsize_find(map, "heroku", "Eco", &v) == 0 && v.sleeps, "Eco");
	T_OK(vmsize_find(map, "heroku", "hobby", &v) == 0 && v.is_retired,
		"hobby");
	T_OK(vmsize_find(map, "heroku", "huge", &v) == -1, "no such size");
	T_OK(vmsize_find(map, "nowhere", "eco", &v) == -1, "no such platform");
	json_free(map);
	fits(1, 512, "shared-cpu-1x", 512, 0);
	fits(2, 1024, "shared-cpu-2x", 1024, 0);
	fits(1, 4096, "performance-1x", 4096, 0);
	fits(2, 16384, "performance-2x", 16384, 0);
	fits(1, 8192, "performance-1x", 8192, 0);
	fits(4, 8192, "performance-4x", 8192, 0);
	fits(16, 131072, "performance-16x", 131072, 0);
	fits(32, 65536, "performance-16x", 65536, 1);
}

static void
once(void)
{
	struct cmdport p;
	struct cmdtrait_set set;

	cmdport_find("A=1 rake db:migrate; sh -c 'puma -p $PORT'", &p);
	if (cmdtrait_find("rake db:migrate; sh -c 'celery -B'; x.sh", &set) ==
		0)
		cmdtrait_fini(&set);
}

int
main(void)
{
	T_BEGIN();
	ports();
	traits();
	names();
	sizes();
	T_ALLOC_LOOP(300, once());
	return T_END();
}
