#ifndef GATE_H
#define GATE_H

struct plan;
struct session;

/*
 * gate_pass(s, p): whether the plan may be applied now: its time has come; the
 * names' certificates are active at Fly.io; HTTPS to each of the app's
 * addresses works with the real names. An exit status; what is closed has its
 * finding.
 */
int gate_pass(struct session *s, const struct plan *p);

#endif
