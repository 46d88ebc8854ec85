"""redispeers.py PORT ACTION ...: what the bench of rediscopy needs besides it.

  load SCALE     the data: SCALE 1 is 1,220,008 keys, of which some are big
  dump           asks for SCAN, PEXPIRETIME and DUMP of every key, and drops the
                 answers: what it costs a source to be read in this way at all
  migrate PORT   MIGRATE COPY REPLACE in batches of 500 keys
  slowest        the longest call of each command in the SLOWLOG
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from redisdata import Server  # noqa: E402

BATCH = 500

# Per ten keys: six strings (a counter, tokens, JSON), two hashes, and in turn
# lists, sets, sorted sets and small streams; three in ten expire.
SMALL = """
local first, n, at = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
for i = first, first + n - 1 do
  local h, k, d = redis.sha1hex(i), '', i % 10
  if d == 0 then
    k = 'counter:' .. i
    redis.call('SET', k, i * 7)
  elseif d <= 3 then
    k = 'token:' .. h
    redis.call('SET', k, h .. redis.sha1hex(h))
  elseif d <= 5 then
    k = 'session:' .. i
    local g = redis.sha1hex(h)
    redis.call('SET', k, '{"user":' .. i .. ',"csrf":"' .. h .. '","flash":null,"seen":' .. i * 3 ..
      ',"cart":["' .. g .. '","' .. redis.sha1hex(g) .. '"],"agent":"Mozilla/5.0","locale":"en"}')
  elseif d <= 7 then
    k = 'user:' .. i
    redis.call('HSET', k, 'id', i, 'name', 'user ' .. h:sub(1, 9), 'mail', h:sub(1, 12) .. '@example.org',
      'plan', i % 3, 'seen', i * 11, 'hash', h)
  elseif d == 8 then
    if i % 20 == 8 then
      k = 'queue:' .. i
      redis.call('RPUSH', k, h:sub(1, 20), h:sub(21, 40), i, i + 1, h)
    else
      k = 'tags:' .. i
      redis.call('SADD', k, h:sub(1, 8), h:sub(9, 16), h:sub(17, 24), i)
    end
  elseif i % 20 == 9 then
    k = 'rank:' .. i
    for j = 1, 8 do redis.call('ZADD', k, i / j, h:sub(j, j + 12)) end
  else
    k = 'log:' .. i
    for j = 1, 3 do redis.call('XADD', k, i + j .. '-1', 'event', h:sub(j, j + 9)) end
  end
  if i % 10 < 3 then redis.call('PEXPIREAT', k, at + i * 13) end
end"""

BIG = {
    "list": "for i = first, last do redis.call('RPUSH', k, (redis.sha1hex(i)):rep(25)) end",
    "zset": "for i = first, last do redis.call('ZADD', k, i * 0.37 % 1000, 'member ' .. i) end",
    "hash": "for i = first, last do redis.call('HSET', k, 'field ' .. i, 'value ' .. i) end",
    "set": "for i = first, last do redis.call('SADD', k, 'member ' .. i) end",
    "string": "for i = first, last do redis.call('APPEND', k, (redis.sha1hex(i)):rep(25)) end",
    "stream": "for i = first, last do redis.call('XADD', k, i .. '-1', 'event', redis.sha1hex(i)) end",
}
HEAD = "local k, first, last = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])\n"


def fill(s, kind, key, n):
    for i in range(1, n + 1, 10000):
        s.call("EVAL", HEAD + BIG[kind], 1, key, i, min(i + 9999, n))


def load(s, scale):
    """The three big keys of a busy application at any scale; with ALL=1 one
    of each type."""
    n = int(1220000 * scale)
    for i in range(1, n + 1, 10000):
        s.call("EVAL", SMALL, 0, i, min(10000, n + 1 - i), 4000000000000)
    share = min(scale, 1)
    fill(s, "list", "big:list", int(200000 * share))
    fill(s, "zset", "big:zset", int(1000000 * share))
    fill(s, "string", "big:string", int(65536 * share))
    for i in range(5):
        fill(s, "list", f"list of 100:{i}", 100)
    if os.environ.get("ALL"):
        fill(s, "hash", "big:hash", int(1000000 * share))
        fill(s, "set", "big:set", int(1000000 * share))
        fill(s, "stream", "big:stream", int(500000 * share))


def batches(s):
    cursor = b"0"
    while True:
        cursor, keys = s.call("SCAN", cursor, "COUNT", BATCH)
        if keys:
            yield keys
        if cursor == b"0":
            return


def dump(s):
    mark = b"the end of a batch"
    for keys in batches(s):
        words = []
        for k in keys:
            words += [s.pack(["PEXPIRETIME", k]), s.pack(["DUMP", k])]
        s.sock.sendall(b"".join(words) + s.pack(["ECHO", mark]))
        tail = b""
        while not tail.endswith(b"$%d\r\n%s\r\n" % (len(mark), mark)):
            tail = (tail + s.sock.recv(1 << 20))[-64:]


def migrate(s, port):
    for keys in batches(s):
        s.call("MIGRATE", "127.0.0.1", port, "", 0, 60000, "COPY", "REPLACE", "KEYS", *keys)


def slowest(s):
    worst = {}
    for entry in s.call("SLOWLOG", "GET", "-1"):
        name = entry[3][0].decode("latin1").upper()
        worst[name] = max(worst.get(name, 0), entry[2] / 1000)
    for name, ms in sorted(worst.items(), key=lambda x: -x[1]):
        print(f"{name} {ms:.1f}")


def main():
    s = Server(int(sys.argv[1]))
    action, args = sys.argv[2], sys.argv[3:]
    if action == "load":
        load(s, float(args[0]))
    elif action == "dump":
        dump(s)
    elif action == "migrate":
        migrate(s, args[0])
    elif action == "slowest":
        slowest(s)
    else:
        sys.exit("what?")


if __name__ == "__main__":
    main()
