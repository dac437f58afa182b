import { describe, expect, test } from 'vitest';
import { DEFAULT_THRESHOLDS } from '../../lib/migration/model/thresholds.ts';
import type { World } from '../support/world.ts';
import { costOfTick, eventsAt, HOUR, lags, MINUTE, replicates, ticks, WEBHOOK, world } from './support.ts';

/** Each tick is a program of its own: what it knows of the ticks before is what they wrote down. */

const CHANNELS = {
  ...WEBHOOK,
  cleanup: { type: 'webhook', when: { severity: ['success'] } },
} as const;

/** What the last event about a task says of its end. */
function endOf(made: World, subject = 'task-1') {
  const { type, data } = eventsAt(made).findLast((event) => event.subject === subject) ?? {};
  return { type, severity: data?.severity, state: data?.lastFigures?.state, summary: data?.summary };
}

describe('the end of a replication', () => {
  test('is good when it was in step for hours without a change, at a write now and then', async () => {
    const tasks = ['task-1', 'task-2', 'task-3'];
    const made = await world({ channels: CHANNELS, tasks });
    replicates(made, ...tasks);
    await ticks(made, 10);
    let writes = 0;
    for (let minute = 0; minute < 120; minute += 1) {
      writes += (await costOfTick(made)).store.save;
      made.clock.advance(MINUTE);
    }
    expect(writes).toBe(12);

    made.status('task-1', 'TERMINATED');
    await ticks(made, 1);
    expect(endOf(made)).toMatchObject({ severity: 'info', state: 'in step' });
    expect(endOf(made).summary).toContain('the normal end');
  });

  test.each(['TERMINATED', 'RELEASED'])(
    'makes one event when it was ready and in step (%s)',
    async (status) => {
      const made = await world({ channels: CHANNELS });
      replicates(made, 'task-1');
      await ticks(made, 4);
      const before = eventsAt(made).length;
      expect(eventsAt(made).at(-1)?.type).toBe('dcs.migration.cutover_ready');
      made.status('task-1', status);
      await ticks(made, 2);

      const events = eventsAt(made).slice(before);
      expect(events.map(({ type }) => type)).toEqual(['dcs.migration.status_changed']);
      expect(endOf(made)).toMatchObject({ severity: 'info', state: 'in step' });
    },
  );

  test('is not good after it fell back, even if it was in step before and reads as a success', async () => {
    const made = await world({ channels: CHANNELS, groups: { one: { tasks: ['task-1'] } } });
    replicates(made, 'task-1');
    await ticks(made, 4);
    made.status('task-1', 'FULLMIGRATING');
    await ticks(made, 2);
    made.status('task-1', 'SUCCESS');
    await ticks(made, 2);

    expect(endOf(made)).toMatchObject({ severity: 'action', state: 'unknown' });
    expect(endOf(made, 'one')).toMatchObject({ type: 'dcs.group.finished', severity: 'action' });
    expect(eventsAt(made, 'cleanup')).toEqual([]);
  });

  test('is not good when nobody looked for long before it', async () => {
    const made = await world({ channels: CHANNELS, groups: { both: { tasks: ['task-1'] } } });
    replicates(made, 'task-1');
    await ticks(made, 30);
    made.clock.advance(2 * HOUR);
    made.status('task-1', 'TERMINATED');
    await ticks(made, 1);

    expect(endOf(made)).toMatchObject({ severity: 'action', state: 'unknown' });
    expect(endOf(made).summary).toContain('unknown (last seen 2026-01-05');
    expect(endOf(made, 'both')).toMatchObject({ type: 'dcs.group.finished', severity: 'action' });
    expect(made.receiver.at('/cleanup')).toEqual([]);
  });

  test('is not good when its looks failed for long before it, even if others were seen', async () => {
    const made = await world({ channels: CHANNELS, tasks: ['task-1', 'task-2'] });
    replicates(made, 'task-1', 'task-2');
    await ticks(made, 5);
    made.simulator.setStats('task-1', { offset: null });
    await ticks(made, 40);
    made.status('task-1', 'TERMINATED');
    made.status('task-2', 'TERMINATED');
    await ticks(made, 1);

    expect(endOf(made, 'task-1')).toMatchObject({ severity: 'action', state: 'unknown' });
    expect(endOf(made, 'task-2')).toMatchObject({ severity: 'info', state: 'in step' });
  });

  test.each(['TERMINATED', 'RELEASED', 'SUCCESS'])(
    'as %s is not good while it is gigabytes behind, and a pipeline for successes gets no event',
    async (status) => {
      const tasks = ['task-1', 'task-2'];
      const made = await world({ channels: CHANNELS, tasks, groups: { both: { tasks } } });
      replicates(made, ...tasks);
      lags(made.simulator, 'task-1', 9_000_000_000);
      await ticks(made, 5);
      made.status('task-1', status);
      made.status('task-2', 'TERMINATED');
      await ticks(made, 3);

      expect(endOf(made)).toMatchObject({ severity: 'action', state: 'behind' });
      expect(endOf(made).summary).toContain('9 GB behind');
      const { type, severity, summary } = endOf(made, 'both');
      expect([type, severity]).toEqual(['dcs.group.finished', 'action']);
      expect(summary).toBe(
        'group both: both tasks have finished, but name of task-1 ended while 9 GB behind',
      );
      expect(made.receiver.at('/cleanup')).toEqual([]);
    },
  );
});

describe('a replication that is never ready', () => {
  const settings = { thresholds: DEFAULT_THRESHOLDS };

  test.each<[string, object, string]>([
    ['null', { offset: null }, 'no usable lag (offset)'],
    ['empty', { offset: '' }, 'no usable lag (offset)'],
    ['-1', { offset: -1 }, 'no usable lag (offset)'],
    ['2^64-1', { offset: '18446744073709551615' }, 'no usable lag (offset)'],
    [
      'without key counts',
      { source_dbsize: null, target_dbsize: null },
      'no usable source key count or target key count',
    ],
    ['short of keys for ever', { target_dbsize: 950 }, 'usually expired keys'],
  ])('because its figures are %s makes one event, however long it lasts', async (_what, figures, words) => {
    const made = await world({ channels: WEBHOOK, settings });
    replicates(made, 'task-1');
    made.simulator.setStats('task-1', {
      offset: 0,
      source_dbsize: 1000,
      target_dbsize: 1000,
      full_migration_progress: 100,
      ...figures,
    });
    await ticks(made, 60);

    const events = eventsAt(made).filter(({ type }) => type !== 'dcs.migration.first_seen');
    expect(events.map(({ type }) => type)).toEqual(['dcs.migration.cutover_blocked']);
    expect(events[0]?.data.summary).toContain(words);
    expect(events[0]?.data.readiness?.unmet).toHaveLength(1);
  });

  test('because statistics cannot be read makes an event of the project, and none of each task', async () => {
    const made = await world({ channels: WEBHOOK, settings, tasks: ['task-1', 'task-2'] });
    replicates(made, 'task-1', 'task-2');
    made.simulator.deny('stats');
    await ticks(made, 40);

    const types = eventsAt(made).map(({ type }) => type);
    expect(types.filter((type) => type !== 'dcs.migration.first_seen')).toEqual(['dcs.watch.degraded']);
  });
});
