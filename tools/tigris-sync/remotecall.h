#ifndef REMOTECALL_H
#define REMOTECALL_H

#include "buf.h"
#include "http.h"

struct remotes;
struct s3addr;
struct s3client;

/* The inside of a remote, which remote.c and remotecall.c share. */
struct remote {
	struct remotes *all;
	const char *what;
	struct s3addr *addr;
	struct s3client *client;
	struct http_trust trust;
	const char *prefix;
	struct buf kept[3]; /* what the last remote_wait has handed over */
};

#endif
