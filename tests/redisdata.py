"""redisdata.py PORT ACTION ...: data for tests of Redis-protocol servers, and
what a server holds, independently of rediscopy.

  seed            every type in every encoding, with awkward names and values
  random N SEED   N keys of random types and sizes
  big             keys that are too large for DUMP
  mutate SEED     changes a share of the keys, adds and deletes some
  chaos SECONDS SEED  random commands on few keys in three databases
  list [DB ...]   a line a key: database, name, type, expiry, digest, groups
"""
import base64
import os
import random
import socket
import sys
import time


class Server:
    def __init__(self, port):
        self.sock = socket.create_connection(("127.0.0.1", port))
        self.file = self.sock.makefile("rb")
        if os.environ.get("REDISCLI_AUTH"):
            self.many([["AUTH", os.environ["REDISCLI_AUTH"]]])

    @staticmethod
    def pack(words):
        out = [b"*%d\r\n" % len(words)]
        for w in words:
            if isinstance(w, (int, float)):
                w = repr(w)
            if isinstance(w, str):
                w = w.encode()
            out.append(b"$%d\r\n%s\r\n" % (len(w), w))
        return b"".join(out)

    def reply(self):
        line = self.file.readline()
        kind, rest = line[:1], line[1:-2]
        if kind == b"+":
            return rest
        if kind == b"-":
            return RuntimeError(rest.decode("latin1"))
        if kind == b":":
            return int(rest)
        if kind == b"$":
            n = int(rest)
            return None if n < 0 else self.file.read(n + 2)[:-2]
        if kind == b"*":
            n = int(rest)
            return None if n < 0 else [self.reply() for _ in range(n)]
        raise EOFError(line)

    def many(self, commands, may_fail=False):
        replies = []
        for i in range(0, len(commands), 500):
            part = commands[i : i + 500]
            self.sock.sendall(b"".join(self.pack(c) for c in part))
            for c in part:
                r = self.reply()
                if isinstance(r, RuntimeError) and not may_fail:
                    raise RuntimeError(f"{c[:2]!r}: {r}")
                replies.append(r)
        return replies

    def call(self, *words):
        return self.many([words])[0]


def soon():
    return int(time.time() * 1000) + 86400000


def seed(s):
    c = [
        ["SET", "str:int", "1234567890123"],
        ["SET", "str:negative", "-5"],
        ["SET", "str:embstr", "short"],
        ["SET", "str:raw", "x" * 5000],
        ["SET", "str:empty", ""],
        ["SET", "str:binary", bytes(range(256)) * 3],
        ["SET", "str:newline", "a\r\nb\n"],
        ["SET", b"key\x00with\xff\nbytes", b"\x00\xff\r\n"],
        ["SET", "", "the empty name"],
        ["SET", "k" * 3000, "a long name"],
        ["SET", "caf\u00e9 \u2603", "utf-8"],
        ["SET", "{tag}:a", "tagged"],
        ["SETBIT", "str:bits", 1000, 1],
        ["PFADD", "hll"] + [f"e{i}" for i in range(300)],
        ["RPUSH", "list:small", "a", "b", "a", "", b"\x00\xff"],
        ["RPUSH", "list:ints"] + list(range(100)),
        ["RPUSH", "list:nodes"] + ["y" * 200 for _ in range(300)],
        ["SADD", "set:ints", 1, 2, 3, -4, 70000, 5000000000],
        ["SADD", "set:small", "a", "b", b"\xff\x00"],
        ["SADD", "set:table"] + [f"member {i}" for i in range(1000)],
        ["HSET", "hash:small", "f", "v", "", "", b"\x00", b"\xff"],
        ["HSET", "hash:table"] + [f"{'fv'[i % 2]}{i // 2}" for i in range(2000)],
        ["HSET", "hash:wide", "f", "w" * 5000],
        ["ZADD", "zset:small", "1", "a", "-1.5", "b", "0", "c", "inf", "d"],
        ["ZADD", "zset:odd", "-inf", "m", "3.0000000000000004", "n", "1e-300", "o"]
        + ["0.1", "p", "-0.0", "q", "1.7976931348623157e308", "r"],
        ["GEOADD", "geo", "13.361389", "38.115556", "Palermo"],
    ]
    c.append(["ZADD", "zset:table"] + [x for i in range(1000) for x in (i * 0.37, f"m{i}")])
    # streams: entries, groups, consumers, pending entries, some deleted
    for i in range(1, 60):
        c.append(["XADD", "stream", f"{1000 + i}-{i % 3}", "n", i, b"\x00\xff", "v" * i])
    c += [
        ["XGROUP", "CREATE", "stream", "g1", "0"],
        ["XGROUP", "CREATE", "stream", b"g\x00\xff", "1030-0"],
        ["XGROUP", "CREATE", "stream", "idle", "$"],
        ["XREADGROUP", "GROUP", "g1", "alice", "COUNT", "10", "STREAMS", "stream", ">"],
        ["XREADGROUP", "GROUP", "g1", "bob", "COUNT", "7", "STREAMS", "stream", ">"],
        ["XREADGROUP", "GROUP", b"g\x00\xff", "c", "COUNT", "3", "STREAMS", "stream", ">"],
        ["XACK", "stream", "g1", "1002-2"],
        ["XCLAIM", "stream", "g1", "bob", "0", "1003-0", "TIME", "1600000000123"]
        + ["RETRYCOUNT", "42", "FORCE", "JUSTID"],
        ["XDEL", "stream", "1004-1", "1011-2", "1059-2"],
        # emptied, but the last ID and what is pending stay
        ["XADD", "stream:empty", "5-5", "a", "b"],
        ["XGROUP", "CREATE", "stream:empty", "g", "0"],
        ["XREADGROUP", "GROUP", "g", "c", "STREAMS", "stream:empty", ">"],
        ["XDEL", "stream:empty", "5-5"],
        # never had an entry
        ["XGROUP", "CREATE", "stream:new", "g", "$", "MKSTREAM"],
        # trimmed, with pending entries that are gone
        ["XADD", "stream:trim", "1-1", "a", "1"],
        ["XADD", "stream:trim", "2-1", "a", "2"],
        ["XADD", "stream:trim", "3-1", "a", "3"],
        ["XGROUP", "CREATE", "stream:trim", "g", "0"],
        ["XREADGROUP", "GROUP", "g", "c", "STREAMS", "stream:trim", ">"],
        ["XTRIM", "stream:trim", "MAXLEN", "1"],
    ]
    at = soon()
    for i, key in enumerate(
        ["str:int", "str:empty", "list:nodes", "set:ints", "hash:table", "zset:table"]
        + ["stream", b"key\x00with\xff\nbytes", "hash:small"]
    ):
        c.append(["PEXPIREAT", key, at + 1000 * i + 7 * i + 3])
    s.many(c)


def value(r, n):
    return r.randbytes(r.randrange(n)) if r.random() < 0.5 else b"%d" % r.randrange(10**9)


def make(r, key):
    """Commands that make a key of a random type."""
    kind = r.randrange(6)
    n = 1 + (r.randrange(4) if r.random() < 0.7 else r.randrange(600))
    if kind == 0:
        c = [["SET", key, value(r, 2000)]]
    elif kind == 1:
        c = [["RPUSH", key] + [value(r, 90) for _ in range(n)]]
    elif kind == 2:
        c = [["SADD", key] + [value(r, 90) for _ in range(n)]]
    elif kind == 3:
        c = [["HSET", key] + [value(r, 90) for _ in range(2 * n)]]
    elif kind == 4:
        c = [["ZADD", key] + [x for _ in range(n) for x in (r.uniform(-1e9, 1e9), value(r, 60))]]
    else:
        c = [["XADD", key, f"{i + 1}-0", "f", value(r, 60)] for i in range(n)]
        if r.random() < 0.5:
            c.append(["XGROUP", "CREATE", key, "g", "0"])
            c.append(["XREADGROUP", "GROUP", "g", "c", "COUNT", n // 2 + 1, "STREAMS", key, ">"])
            c.append(["XDEL", key, "1-0"])
    if r.random() < 0.3:
        c.append(["PEXPIREAT", key, soon() + r.randrange(10**7)])
    return c


def random_keys(s, n, seed_):
    r = random.Random(seed_)
    c = []
    for i in range(n):
        name = b"r%d:%d:" % (seed_, i) + (r.randbytes(r.randrange(20)) if r.random() < 0.2 else b"")
        c += make(r, name)
    s.many(c)


def big(s):
    r = random.Random(1)
    s.many(
        [["RPUSH", "big:list"] + [r.randbytes(1000) for _ in range(100)] for _ in range(200)]
        + [["SADD", "big:set"] + [f"{r.random()}" for _ in range(500)] for _ in range(100)]
        + [["HSET", "big:hash"] + [f"{r.random()}" for _ in range(800)] for _ in range(100)]
        + [
            ["ZADD", "big:zset"] + [x for _ in range(500) for x in (r.random(), f"{r.random()}")]
            for _ in range(200)
        ]
        + [["APPEND", "big:string", r.randbytes(1 << 20)] for _ in range(30)]
        + [["XADD", "big:stream", f"{i + 1}-{i % 7}", "f", r.randbytes(100)] for i in range(20000)]
        + [
            ["XGROUP", "CREATE", "big:stream", "g", "0"],
            ["XREADGROUP", "GROUP", "g", "c", "COUNT", 900, "STREAMS", "big:stream", ">"],
            ["XDEL", "big:stream", "5-4", "900-3", "20000-1"],
            ["PEXPIREAT", "big:zset", soon() + 12345],
            ["HSET", "big:field", "f", r.randbytes(3 << 20), "g", "1"],
        ]
    )


def scan(s):
    cursor, seen = b"0", set()
    while True:
        cursor, keys = s.call("SCAN", cursor, "COUNT", 1000)
        seen.update(keys)
        if cursor == b"0":
            return sorted(seen)


def mutate(s, seed_):
    r = random.Random(seed_)
    for i, key in enumerate(scan(s)):
        x = r.random()
        if x < 0.1:
            s.call("DEL", key)
        elif x < 0.2:
            s.many([["DEL", key]] + make(r, key))
        elif x < 0.25:
            s.call("PEXPIREAT", key, soon() + 99 * i)
        elif x < 0.3:
            s.call("PERSIST", key)
        elif x < 0.35:
            s.call("RENAME", key, b"moved:" + key)
    random_keys(s, 50, int(time.time() * 1000) % 10**9)


def chaos(s, seconds, seed_):
    """Whatever changes a key, the awkward more often than in life."""
    r = random.Random(seed_)
    end = time.time() + seconds
    keys = [b"k%d" % i for i in range(60)]
    while time.time() < end:
        c = [["SELECT", r.randrange(3)]]
        for _ in range(30):
            k, k2, x = r.choice(keys), r.choice(keys), r.randrange(50)
            c += r.choice(
                [
                    [["SET", k, x]],
                    [["SET", k, x, "PX", 1 + r.randrange(1500)]],
                    [["DEL", k]],
                    [["UNLINK", k, k2]],
                    [["RENAME", k, k2]],
                    [["RENAMENX", k, k2]],
                    [["COPY", k, k2, "REPLACE"]],
                    [["MOVE", k, r.randrange(3)]],
                    [["GETDEL", k]],
                    [["GETEX", k, "PERSIST"]],
                    [["APPEND", k, x], ["SETRANGE", k, 9, x]],
                    [["INCRBY", k, x]],
                    [["PEXPIRE", k, 1 + r.randrange(1000)]],
                    [["EXPIRE", k, -1]],
                    [["PERSIST", k]],
                    [["RPUSH", k] + list(range(x + 1)), ["LPOP", k], ["LINSERT", k, "BEFORE", 3, "n"]],
                    [["LMOVE", k, k2, "LEFT", "RIGHT"], ["LTRIM", k, 2, 7]],
                    [["SADD", k, x, r.random()], ["SPOP", k], ["SMOVE", k, k2, x]],
                    [["SUNIONSTORE", k, k, k2]],
                    [["HSET", k, x, "v" * (x * 3), "c", x], ["HINCRBY", k, "c", 1], ["HDEL", k, x + 1]],
                    [["ZADD", k, x, r.random()], ["ZINCRBY", k, 1, "m"], ["ZPOPMIN", k]],
                    [["ZUNIONSTORE", k, 2, k, k2], ["ZREMRANGEBYRANK", k, 20, -1]],
                    [["PFADD", k, x], ["PFMERGE", k2, k], ["PFCOUNT", k]],
                    [["SETBIT", k, x * 9, 1], ["BITOP", "NOT", k2, k]],
                    [["XADD", k, "*", "f", x], ["XTRIM", k, "MAXLEN", 30]],
                    [["XGROUP", "CREATE", k, "g", 0], ["XREADGROUP", "GROUP", "g", "c", "STREAMS", k, ">"]],
                    [["XACK", k, "g", "1-1"], ["XAUTOCLAIM", k, "g", "d", 0, 0]],
                    [["XDEL", k, "1-1"], ["XADD", k, "1-1", "a", "b"]],
                    [["SORT", k, "ALPHA", "STORE", k2]],
                    [["GEOADD", k, x, x, x]],
                    [["MULTI"], ["SET", k, x], ["RENAME", k, k2], ["EXEC"]],
                ]
            )
        if r.random() < 0.002:
            c.append([r.choice(["FLUSHDB", "FLUSHALL"])])
        if r.random() < 0.01:
            c.append(["SWAPDB", r.randrange(3), r.randrange(3)])
        s.many(c, may_fail=True)
        time.sleep(r.random() * 0.004)


def group(g):
    """What a group is, without when its consumers were last seen."""
    p = dict(zip(g[::2], g[1::2]))
    who = []
    for c in p[b"consumers"]:
        d = dict(zip(c[::2], c[1::2]))
        who.append((d[b"name"], [tuple(x) for x in d[b"pending"]]))
    return (p[b"name"], p[b"last-delivered-id"], p.get(b"entries-read"), sorted(who))


def listing(s, dbs):
    for db in dbs:
        s.call("SELECT", db)
        keys = scan(s)
        c = []
        for k in keys:
            c += [["TYPE", k], ["PEXPIRETIME", k], ["DEBUG", "DIGEST-VALUE", k]]
        replies = s.many(c)
        for i, k in enumerate(keys):
            kind, expires, digest = replies[3 * i : 3 * i + 3]
            more = ""
            if kind == b"stream":
                f = s.call("XINFO", "STREAM", k, "FULL", "COUNT", 0)
                p = dict(zip(f[::2], f[1::2]))
                more = repr(
                    (p[b"length"], p[b"last-generated-id"], p.get(b"entries-added"), p.get(b"max-deleted-entry-id"))
                    + (sorted(group(g) for g in p[b"groups"]),)
                )
            name = base64.b64encode(k).decode()
            print(db, name, kind.decode(), expires, digest[0].decode(), more)


def main():
    s = Server(int(sys.argv[1]))
    action, args = sys.argv[2], sys.argv[3:]
    if action == "seed":
        seed(s)
    elif action == "random":
        random_keys(s, int(args[0]), int(args[1]))
    elif action == "big":
        big(s)
    elif action == "mutate":
        mutate(s, int(args[0]))
    elif action == "chaos":
        chaos(s, float(args[0]), int(args[1]))
    elif action == "list":
        listing(s, [int(a) for a in args] or [0])
    else:
        sys.exit("what?")


if __name__ == "__main__":
    main()
