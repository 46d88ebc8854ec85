#ifndef ADDONLIST_H
#define ADDONLIST_H

struct job;
struct json;
struct json_val;

/*
 * addonlist_live(job): a need for each add-on of job->addons, what
 * `heroku addons --json` prints. 0, or -1 after a message.
 */
int addonlist_live(struct job *job);

/*
 * addonlist_app_json(job, v): the same for app.json's "addons", but for those
 * that the live list has. 0; what is not understood is a finding.
 */
int addonlist_app_json(struct job *job, const struct json_val *v);

#endif
