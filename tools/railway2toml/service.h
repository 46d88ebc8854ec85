#ifndef SERVICE_H
#define SERVICE_H

struct job;

/*
 * service_build(job, command): [http_service] with its check and PORT, unless
 * nothing in the ${command} (may be NULL), the health check or the variables
 * looks like a server. 0 or -1 (ENOMEM).
 */
int service_build(struct job *job, const char *command);

#endif
