#ifndef CHAIN_H
#define CHAIN_H

struct session;

/*
 * chain_check(s, level): of a zone that its parent says to be signed, get the
 * keys from its servers and see that they hold from the DS on; they are in the
 * session afterwards. What is wrong has a finding of ${level}, if that is not
 * NULL. STATUS_OK, STATUS_NO, or STATUS_TEMPORARY if no server tells them.
 */
int chain_check(struct session *s, const char *level);

#endif
