#include "envname.h"

#include <ctype.h>
#include <stddef.h>

#include "str.h"

bool
is_envname_valid(const char *s)
{
	if (!isalpha((unsigned char)*s) && *s != '_')
		return false;
	for (; *s != '\0'; s++)
		if (!isalnum((unsigned char)*s) && *s != '_')
			return false;
	return true;
}

/* "scheme://user:password@host". */
static bool
has_url_password(const char *s)
{
	const char *p = strstr(s, "://"), *at, *colon;

	if (p == NULL)
		return false;
	p += 3;
	at = strchr(p, '@');
	colon = strchr(p, ':');
	return at != NULL && colon != NULL && colon < at &&
	       at < p + strcspn(p, "/?# ");
}

/* Keys and tokens that say by their first letters what they are. */
static bool
has_secret_form(const char *s)
{
	static const char *const forms[] = {"sk_live_*", "sk_test_*",
		"rk_live_*", "whsec_*", "ghp_*", "gho_*", "ghs_*",
		"github_pat_*", "glpat-*", "xoxb-*", "xoxp-*", "sk-*", "SG.*.*",
		"eyJ*.eyJ*.*", "*-----BEGIN *PRIVATE KEY-----*",
		"https://hooks.slack.com/services/*"};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (strlen(s) >= 20 && is_str_glob(forms[i], s))
			return true;
	return false;
}

bool
is_envname_secret(const char *name, const char *value)
{
	static const char *const patterns[] = {"*SECRET*", "*TOKEN*",
		"*PASSWORD*", "*PASSWD*", "*PASSPHRASE*", "*_PASS", "PASS",
		"*_PWD", "*_KEY", "KEY", "*_KEY_*", "*APIKEY*", "*PRIVATE*",
		"*CREDENTIAL*", "*_DSN", "*_SALT", "SALT", "*_PEPPER",
		"*WEBHOOK_URL*", "*_SESSION", "SESSION_ID", "*_AUTH",
		"*AUTH_*KEY*", "*DATABASE_URL", "*REDIS_URL", "*MONGO*_UR?",
		"*_KEYS", "*_WEBHOOK", "*_PAT", "*_CERT", "*_PEM",
		"*CONNECTION_STRING*", "*LICENSE*"};
	static const char *const open[] = {"*PUBLIC*", "*PUBLISHABLE*",
		"*SITEKEY*", "*SITE_KEY*", "*_KEY_ID", "*_KEY_PREFIX",
		"*TOKEN_EXPIR*", "*TOKEN_LIFE*", "*TOKEN_TTL*", "*_URL_PATH"};
	char upper[128];
	size_t n = 0;

	for (; name[n] != '\0' && n + 1 < sizeof(upper); n++)
		upper[n] = (char)toupper((unsigned char)name[n]);
	upper[n] = '\0';
	if (name[n] != '\0')
		return true; /* nobody writes such a name for all to read */
	if (value != NULL && has_url_password(value))
		return true;
	for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++)
		if (is_str_glob(open[i], upper))
			return false;
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
		if (is_str_glob(patterns[i], upper))
			return true;
	return value != NULL && has_secret_form(value);
}
