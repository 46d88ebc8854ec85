#ifndef AUTH_H
#define AUTH_H

struct request;
struct pairs;

/* Why a request is refused; static strings. */
struct auth_refusal {
	int status;
	const char *code;
	const char *message;
};

/*
 * auth_check(r, settings, now, account, why): AWS Signature Version 4 as a
 * server checks it, by the AWS page "Authenticating Requests (AWS Signature
 * Version 4)" and with code of its own: the judge shares nothing with what it
 * judges. Every x-amz-* header and Content-Type that was sent must be signed.
 * ${settings}: region; session (a token that is asked for), expired (an access
 * key that is no longer good). Returns 1 with the ${account} (static), 0 if
 * the request is anonymous, or -1 with the refusal in ${*why}.
 */
int auth_check(const struct request *r, const struct pairs *settings,
	double now, const char **account, struct auth_refusal *why);

#endif
