import { describe, expect, it } from 'vitest';
import { Secret } from '../../../lib/base/secret.ts';
import { assertNotMigrated } from '../../../lib/cli/state/migrated-state.ts';
import { stateConfigOf } from '../../../lib/config/state/state-config.ts';
import { statusSource } from '../../../lib/runtime/status-source.ts';
import { readStatus } from '../../../lib/status/read.ts';
import { useWorld } from '../../support/use-world.ts';

const newWorld = useWorld({ tasks: ['task-1'], channels: { ops: { type: 'slack' } } });

describe('a state in a Redis', () => {
  it('is refused where a watched task migrates that Redis, and nowhere else', async () => {
    const world = await newWorld();
    world.status('task-1', 'INCRMIGEATING');
    await world.tick();
    const parts = {
      config: await stateConfigOf(world.config),
      store: world.store,
      now: new Date(world.clock.now()),
    };
    const { tasks } = await readStatus(await statusSource(parts));
    const [, address] = /([\w.]+:\d+)/.exec(tasks[0]?.target ?? '') ?? [];
    if (address === undefined) throw new Error('the simulated task has no address');
    const at = (place: string) =>
      ({ name: 'the Redis', choice: { kind: 'redis', url: new Secret(`redis://${place}`) } }) as const;

    await assertNotMigrated(at('127.0.0.1:1'), parts);
    await assertNotMigrated({ name: 'a.db', choice: { kind: 'sqlite', file: 'a.db' } }, parts);
    await expect(assertNotMigrated(at(address), parts)).rejects.toMatchObject({
      code: 'denied',
      message: expect.stringContaining('it takes part in the migration task-1'),
    });
  });
});
