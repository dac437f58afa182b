import { describe, expect, it } from 'vitest';
import { MINUTE, ticks, world } from '../../poll/support.ts';
import type { World } from '../../support/world.ts';
import { statusIn } from '../support.ts';

async function percentsIn(made: World) {
  const { tasks } = await statusIn(made);
  return tasks[0]?.figures.map(({ percent }) => percent);
}

describe('the figures of a task', () => {
  it('stay after its end, and begin anew with its next migration', async () => {
    const made = await world();
    made.status('task-1', 'FULLMIGRATING');
    for (const percent of [10, 20]) {
      made.simulator.setStats('task-1', { full_migration_progress: percent });
      await ticks(made, 5);
    }
    made.status('task-1', 'TERMINATED');
    await ticks(made, 2);
    expect(await percentsIn(made)).toEqual([10, 20]);
    made.status('task-1', 'FULLMIGRATING');
    made.simulator.setStats('task-1', { full_migration_progress: 5 });
    made.clock.advance(5 * MINUTE);
    await ticks(made, 1);
    expect(await percentsIn(made)).toEqual([5]);
  });

  it('go on to the last look, so that a plot ends where the page says it is', async () => {
    const made = await world();
    made.status('task-1', 'FULLMIGRATING');
    for (const percent of [10, 12, 14]) {
      made.simulator.setStats('task-1', { full_migration_progress: percent });
      await ticks(made, 1);
    }
    const [task] = (await statusIn(made)).tasks;
    expect(task?.progress?.percent).toBe(14);
    expect(task?.figures.at(-1)?.percent).toBe(14);
    const times = task?.figures.map(({ at }) => Date.parse(at)) ?? [];
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('show no time left once the estimate is over', async () => {
    const made = await world();
    made.status('task-1', 'FULLMIGRATING');
    for (const percent of [10, 20, 30]) {
      made.simulator.setStats('task-1', { full_migration_progress: percent });
      await ticks(made, 4);
    }
    expect((await statusIn(made)).tasks[0]?.progress?.remainingMs).toBeGreaterThan(0);
    made.clock.advance(60 * MINUTE);
    expect((await statusIn(made)).tasks[0]?.progress).not.toHaveProperty('remainingMs');
  });

  it('cost no event, and no write while nothing moves', async () => {
    const made = await world();
    made.status('task-1', 'INCRMIGEATING');
    made.simulator.setStats('task-1', { offset: 0, source_dbsize: 1, target_dbsize: 1, is_migrating: true });
    await ticks(made, 4);
    const before = await made.store.load('project:254d2280acb74d36a8b839746bcd7352');
    made.clock.advance(5 * MINUTE);
    expect(await made.tick()).toMatchObject({ events: 0 });
    expect(await made.store.load('project:254d2280acb74d36a8b839746bcd7352')).toEqual(before);
  });
});
