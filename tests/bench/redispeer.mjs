// node redispeer.mjs FROM-PORT TO-PORT: the script that people write: batches of
// 500 keys, SCAN, PTTL and DUMP in a pipeline, RESTORE in another.
import Redis from "ioredis";

const from = new Redis(+process.argv[2], "127.0.0.1");
const to = new Redis(+process.argv[3], "127.0.0.1");
let cursor = "0";
do {
  const [next, keys] = await from.scanBuffer(cursor, "COUNT", 500);
  cursor = next.toString();
  const read = from.pipeline();
  for (const k of keys) read.pttl(k).dumpBuffer(k);
  const answers = await read.exec();
  const write = to.pipeline();
  keys.forEach((k, i) => {
    const [ttl, payload] = [answers[2 * i][1], answers[2 * i + 1][1]];
    if (payload !== null) write.restore(k, ttl < 0 ? 0 : ttl, payload, "REPLACE");
  });
  for (const [e] of await write.exec()) if (e) throw e;
} while (cursor !== "0");
from.disconnect();
to.disconnect();
