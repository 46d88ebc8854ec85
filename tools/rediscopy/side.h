#ifndef SIDE_H
#define SIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "kv.h"

struct clock;
struct kvaddr;
struct kvreply;

/* One end of a copy: its address, a session, and what the server can do. */
enum side_flavor {
	SIDE_REDIS,
	SIDE_VALKEY,
	SIDE_UPSTASH,
	SIDE_OTHER /* says that it is none of these */
};

/* Commands that not every server knows or allows. */
enum side_can {
	SIDE_DUMP = 1 << 0,
	SIDE_RESTORE = 1 << 1,
	SIDE_PEXPIRETIME = 1 << 2, /* 7.0 */
	SIDE_MEMORY = 1 << 3,      /* MEMORY USAGE */
	SIDE_OBJECT = 1 << 4,
	SIDE_XSETID = 1 << 5,
	SIDE_HASH_TTL = 1 << 6, /* HPEXPIRETIME */
	SIDE_CONFIG = 1 << 7,   /* CONFIG GET */
	SIDE_XINFO = 1 << 8,    /* XINFO STREAM FULL */
	SIDE_SET_AT = 1 << 9    /* SET ... PXAT, 6.2; asked of targets only */
};

struct side_server {
	enum side_flavor flavor;
	int version; /* 70015 for 7.0.15 */
	char version_text[32];
	char run_id[48]; /* "" where it is not told */
	unsigned can;    /* enum side_can */
	int databases;   /* 1 where there is but one; 0: not known */
	uint64_t used_memory, max_memory; /* bytes; max 0: no limit */
	char policy[32];                  /* maxmemory-policy, "" unknown */
	char notify[32];                  /* notify-keyspace-events */
	int64_t keys;                     /* in all databases, -1: not known */
	int shards;      /* nodes of a cluster that hold keys, 0: no cluster */
	bool is_replica; /* takes no writes, may lag */
	bool is_cut_off; /* a replica without its primary */
	/* bytes that a key in a packed encoding has at most, by the server's
	 * settings; 0: not known */
	uint64_t packed;
};

struct side {
	const char *what; /* "source", "target" */
	struct kvaddr *addr;
	struct kv_options options;
	struct kv *kv;
	int db; /* that is selected */
	bool moved;
	double rtt; /* seconds to the server and back */
	struct side_server server;
};

/*
 * side_open(s, what, locator, o): connect to what ${locator} names with the
 * trust of ${o}, and ask what the server is. An exit status, after a message
 * if it is not STATUS_OK. side_close(s): in any state.
 */
int side_open(struct side *s, const char *what, const char *locator,
	const struct kv_options *o);
void side_close(struct side *s);

/* side_again(s, c): a new session after a lost one, with patience: tries for
 * about a minute. An exit status. */
int side_again(struct side *s, const struct clock *c);

/* side_moved(s): whether the server is another one, or was started anew,
 * since it was first asked; that is forgotten by asking. */
bool side_moved(struct side *s);

/* side_scan_count(s): how many keys SCAN is to look at: few, since their values
 * are then still in the server's caches when it is asked for them; more from a
 * server that is far, where one SCAN can but follow the other. */
int side_scan_count(const struct side *s);

/* side_select(s, db): 0, or -1 after a message. */
int side_select(struct side *s, int db);

/* side_keys(s): DBSIZE of the selected database, or -1. */
int64_t side_keys(struct side *s);

/* side_scan(s, scan, handler, ctx): queue a SCAN; ${handler} NULL as of
 * kv_finish(). */
struct side_scan {
	const char *cursor;
	int64_t count;
	const char *match, *type; /* or NULL */
};
void side_scan(const struct side *s, const struct side_scan *scan,
	kv_handler *handler, void *ctx);

/* is_side_able(s, can): whether the server has all of these commands. */
bool is_side_able(const struct side *s, unsigned can);

#endif
