import { describe, expect, onTestFinished, test } from 'vitest';
import { openRedisStore } from '../../../lib/store/redis/redis.ts';
import { NO_REDIS, startRedis, startReplica } from '../../support/redis-server.ts';
import { createWorld } from '../../support/world.ts';

describe.skipIf(NO_REDIS)('state in a Redis (with redis-server)', () => {
  test('A change whose record no replica of a Redis has confirmed is not sent before one has', async () => {
    const master = await startRedis();
    const replica = await startReplica(master);
    const made = await createWorld({
      tasks: ['task-1'],
      channels: { cutover: { type: 'webhook' } },
      store: ({ now }) => openRedisStore({ url: master.url(), now }),
    });
    onTestFinished(async () => {
      await made.close();
      await replica.close();
      await master.close();
    });
    made.status('task-1', 'RUNNING');
    await made.tick();
    const before = made.receiver.at('/cutover').length;
    expect(before).toBe(1);

    replica.pause();
    made.status('task-1', 'FULLMIGRATING');
    made.clock.advance(60_000);
    await made.tick().catch(() => undefined);
    expect(made.receiver.at('/cutover')).toHaveLength(before);

    replica.resume();
    // The lease of the tick that could not be sure is over by then.
    for (let minute = 0; minute < 5; minute += 1) {
      made.clock.advance(60_000);
      await made.tick();
    }
    expect(made.receiver.at('/cutover')).toHaveLength(before + 1);
  });
});
