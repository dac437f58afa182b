import { describe, expect, it } from 'vitest';
import { Secret } from '../../lib/base/secret.ts';
import { createApp } from '../../lib/runtime/app.ts';
import { stateGuard } from '../../lib/runtime/state-guard.ts';
import { realisticAnswer } from '../../lib/simulator/answers.ts';
import { useWorld } from '../support/use-world.ts';
import { keptOpen, type World } from '../support/world.ts';

const newWorld = useWorld({ tasks: ['task-1'], channels: { ops: { type: 'slack' } } });
const PLACE = '127.0.0.1:6399';
const redisAt = (place: string) => ({ kind: 'redis', url: new Secret(`redis://:canary@${place}`) }) as const;

function target(world: World, status: string, instance: object): void {
  const answer = realisticAnswer(status, { task_id: 'task-1' });
  const side = { ...Object(answer['target_instance']), ...instance };
  world.simulator.setTask('task-1', { ...answer, target_instance: side });
}

async function tickGuarded(world: World, place = PLACE): Promise<unknown> {
  const { config, store, clock } = world;
  const guard = await stateGuard(redisAt(place));
  const app = await createApp({ config, store: keptOpen(store), log: () => undefined, clock, guard });
  return await app.tick(60_000).finally(() => app.close());
}

const refused = {
  code: 'denied',
  message: expect.stringContaining('The Redis of the state takes part in the migration task-1'),
};

describe('a tick whose state is in a Redis', () => {
  it('is refused before its first look where a watched task is known to migrate that Redis', async () => {
    const world = await newWorld();
    target(world, 'FULLMIGRATING', { addrs: PLACE });
    await tickGuarded(world);
    const looks = world.simulator.calls.show;
    await expect(tickGuarded(world)).rejects.toMatchObject(refused);
    expect(world.simulator.calls.show).toBe(looks);
  });

  it('is refused where the id of the instance is a part of the name of that Redis', async () => {
    const world = await newWorld();
    const id = '5560df16-cebf-4473-95c4-d1b573c16e79';
    target(world, 'FULLMIGRATING', { id });
    await tickGuarded(world);
    const name = `redis-${id.replaceAll('-', '')}.localhost`;
    await expect(tickGuarded(world, `${name}:6379`)).rejects.toMatchObject(refused);
  });

  it('works where the instances are others, or the migration is over', async () => {
    const world = await newWorld();
    target(world, 'FULLMIGRATING', { addrs: '127.0.0.1:6400' });
    await tickGuarded(world);
    expect(await tickGuarded(world)).toMatchObject({ failedLooks: 0 });
    target(world, 'TERMINATED', { addrs: PLACE });
    await tickGuarded(world);
    expect(await tickGuarded(world)).toMatchObject({ failedLooks: 0 });
  });

  it('needs no guard where the state is elsewhere', async () => {
    expect(await stateGuard({ kind: 'memory' })).toBeUndefined();
  });
});
