#ifndef APPJSON_H
#define APPJSON_H

struct job;

/*
 * appjson_name(job): job->app from app.json's name if nothing else gave it: a
 * name that Fly.io accepts, with a finding. 0, or -1 (ENOMEM).
 */
int appjson_name(struct job *job);

/*
 * appjson_convert(job): env into [env] and needs, add-ons into needs, every
 * other key into a finding. The formation is read elsewhere. 0 or -1 (ENOMEM).
 */
int appjson_convert(struct job *job);

#endif
