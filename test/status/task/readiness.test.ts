import { describe, expect, it } from 'vitest';
import { replicates, ticks, world } from '../../poll/support.ts';
import { IN_STEP, type World } from '../../support/world.ts';
import { statusIn } from '../support.ts';

async function readinessIn(made: World) {
  const { tasks } = await statusIn(made);
  return tasks[0]?.readiness;
}

describe('readiness', () => {
  it('does not apply to a task that ended', async () => {
    const made = await world();
    made.status('task-1', 'SUCCESS');
    await ticks(made, 1);
    expect(await readinessIn(made)).toEqual({ state: 'does not apply', unmet: [], words: 'it is succeeded' });
  });

  it('counts the looks that found source and target in step', async () => {
    const made = await world();
    replicates(made, 'task-1');
    await ticks(made, 2);
    expect(await readinessIn(made)).toEqual({
      state: 'not ready',
      unmet: [],
      words: 'in step at 2 of 3 looks in a row',
    });
    const since = new Date(made.clock.now()).toISOString();
    await ticks(made, 1);
    expect(await readinessIn(made)).toEqual({
      state: 'ready',
      since,
      unmet: [],
      words: 'ready for the cut-over',
    });
  });

  it('names the conditions that are not met', async () => {
    const made = await world();
    replicates(made, 'task-1');
    made.simulator.setStats('task-1', { ...IN_STEP, offset: 5000, target_dbsize: 500 });
    await ticks(made, 1);
    expect(await readinessIn(made)).toMatchObject({ state: 'not ready', unmet: ['lag', 'keys'] });
  });

  it('says that a task does not migrate, by its statistics', async () => {
    const made = await world();
    replicates(made, 'task-1');
    await ticks(made, 1);
    made.simulator.setStats('task-1', { ...IN_STEP, is_migrating: false });
    await ticks(made, 1);
    expect(await readinessIn(made)).toEqual({
      state: 'not ready',
      unmet: ['not migrating'],
      words: 'the statistics say that it is not migrating (last noted 2026-01-05 00:10 UTC: in step)',
    });
  });

  it('says which figures the statistics lack, until they have them', async () => {
    const made = await world();
    replicates(made, 'task-1');
    made.simulator.setStats('task-1', { ...IN_STEP, offset: null, target_dbsize: null });
    await ticks(made, 2);
    expect(await readinessIn(made)).toEqual({
      state: 'not known',
      unmet: ['lag unknown', 'keys unknown'],
      words: 'the statistics give no usable lag and key counts',
    });
    made.simulator.setStats('task-1', IN_STEP);
    await ticks(made, 1);
    expect(await readinessIn(made)).toMatchObject({ unmet: [], words: 'in step at 1 of 3 looks in a row' });
  });

  it('says that the statistics may not be read', async () => {
    const made = await world();
    replicates(made, 'task-1');
    made.simulator.deny('stats');
    await ticks(made, 1);
    expect(await readinessIn(made)).toMatchObject({
      state: 'not known',
      words: 'the access key may not read the statistics',
    });
  });
});
