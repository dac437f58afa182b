/**
 * A process of its own that saves one item and reads it: Node reads NODE_EXTRA_CA_CERTS only when it starts. The address of
 * the Redis on its standard input, what came of it on its standard output.
 */
import { text } from 'node:stream/consumers';
import { reasonOf } from '../../../lib/base/errors.ts';
import { redisChoice } from '../../../lib/runtime/redis-choice.ts';
import { openRedisStore } from '../../../lib/store/redis/redis.ts';

const store = openRedisStore({ ...redisChoice(await text(process.stdin), process.env), now: Date.now });
const key = { partition: 'tls', id: 'one' };

async function savedAndRead(): Promise<string> {
  const saved = await store.save({ key, rev: 1, nonce: 'n', body: '{}' });
  return `${saved}, ${(await store.get(key))?.body}`;
}

process.stdout.write(await savedAndRead().catch(reasonOf));
await store.close();
