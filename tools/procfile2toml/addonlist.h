#ifndef ADDONLIST_H
#define ADDONLIST_H

struct job;
struct tree;

/*
 * addonlist_live(job): a need for each add-on of job->addons, what
 * `heroku addons --json` prints. 0, or -1 after a message.
 */
int addonlist_live(struct job *job);

/*
 * addonlist_declared(job, v, file): the same for the list of app.json's
 * "addons" or heroku.yml's "setup.addons", but for those that the live list
 * has. 0 or -1 (ENOMEM); what is not understood is a finding.
 */
int addonlist_declared(struct job *job, const struct tree *v, const char *file);

#endif
