#ifndef APPENV_H
#define APPENV_H

struct job;
struct json_val;

/*
 * appenv_convert(job, env): app.json's "env": plain defaults go to [env];
 * secrets, generated and missing values become needs; what belongs to the
 * old platform becomes a finding. Values of secrets are shown nowhere.
 * 0 or -1 (ENOMEM).
 */
int appenv_convert(struct job *job, const struct json_val *env);

#endif
