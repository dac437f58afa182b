import { describe, expect, it } from 'vitest';
import { createMonitor, type Monitor } from '../../lib/server/monitor.ts';
import type { Status, TaskStatus } from '../../lib/status/status.ts';
import { AT, task } from '../page/samples.ts';
import { createTestClock } from '../support/clock.ts';
import { parseMetrics, reportOf, type Sample } from './support.ts';

const PREFIX = 'dcs_migration_watch_';
const SINCE = '2026-01-05T02:12:00.000Z';

function status(tasks: readonly TaskStatus[], more: Partial<Status> = {}): Status {
  return { at: AT, tasks, groups: [], projects: [], channels: [], mutes: [], problems: [], ...more };
}

const monitor = (): Promise<Monitor> => createMonitor(createTestClock());

async function scrape(one: Monitor, known: Status | undefined): Promise<Sample[]> {
  return parseMetrics(await one.metrics(known));
}

function valueIn(samples: readonly Sample[], name: string, labels: Sample['labels'] = {}) {
  const found = samples.filter(
    (sample) =>
      sample.name === `${PREFIX}${name}` &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
  expect(found.length).toBeLessThan(2);
  return found[0]?.value;
}

describe('the metrics of a watcher', () => {
  it('count from its start, and show no tick before one has ended', async () => {
    const samples = await scrape(await monitor(), undefined);
    for (const name of ['ticks_total', 'failed_ticks_total', 'events_total', 'dead_letters_total'])
      expect(valueIn(samples, name)).toBe(0);
    for (const outcome of ['delivered', 'transient', 'pause', 'permanent', 'broken'])
      expect(valueIn(samples, 'deliveries_total', { outcome })).toBe(0);
    for (const name of ['pending_deliveries', 'healthy', 'blind_projects', 'last_tick_timestamp_seconds'])
      expect(valueIn(samples, name)).toBeUndefined();
  });

  it('add up over ticks, and show how things stand after the last one', async () => {
    const one = await monitor();
    const delivery = { kind: 'delivery', channel: 'ops', reason: '', ms: 1 } as const;
    one.observe({
      kind: 'tick',
      ...reportOf({ looks: 3, failedLooks: 1, events: 2, ms: 1500, pending: 4, pendingAgeMs: 61_900 }),
    });
    one.observe({ ...delivery, outcome: 'delivered', eventIds: ['a', 'b'] });
    one.observe({ ...delivery, outcome: 'transient', eventIds: ['c'] });
    one.observe({ kind: 'dead_letter', channel: 'ops', eventId: 'd', why: 'expired', attempts: 9 });
    const first = await scrape(one, undefined);
    expect(valueIn(first, 'pending_deliveries')).toBe(4);
    expect(valueIn(first, 'pending_age_seconds')).toBe(61);
    expect(valueIn(first, 'healthy')).toBe(1);

    const channel = { channel: 'ops', since: SINCE, nextTryAt: SINCE, reason: 'HTTP 404' };
    one.observe({
      kind: 'tick',
      ...reportOf({
        looks: 3,
        ms: 500,
        brokenChannels: 1,
        broken: [channel],
        silent: [channel],
        blind: [{ project: 'prod', since: SINCE, reason: 'unreachable', isLasting: false }],
      }),
    });
    const samples = await scrape(one, undefined);
    expect(valueIn(samples, 'ticks_total')).toBe(2);
    expect(valueIn(samples, 'looks_total')).toBe(6);
    expect(valueIn(samples, 'failed_looks_total')).toBe(1);
    expect(valueIn(samples, 'events_total')).toBe(2);
    expect(valueIn(samples, 'tick_duration_seconds_sum')).toBe(2);
    expect(valueIn(samples, 'tick_duration_seconds_count')).toBe(2);
    expect(valueIn(samples, 'deliveries_total', { outcome: 'delivered' })).toBe(2);
    expect(valueIn(samples, 'deliveries_total', { outcome: 'transient' })).toBe(1);
    expect(valueIn(samples, 'dead_letters_total')).toBe(1);
    expect(valueIn(samples, 'pending_deliveries')).toBe(0);
    expect(valueIn(samples, 'broken_channels')).toBe(2);
    expect(valueIn(samples, 'blind_projects')).toBe(1);
    expect(valueIn(samples, 'healthy')).toBe(0);
  });

  it('count a tick that could not save, and one that came to no end, as failed', async () => {
    const clock = createTestClock();
    const one = await createMonitor(clock);
    one.observe({ kind: 'tick', ...reportOf() });
    const goodAt = clock.now() / 1000;
    clock.advance(60_000);
    one.observe({ kind: 'tick', ...reportOf({ failedRecords: 1 }) });
    one.tickFailed('the state is locked');
    const samples = await scrape(one, undefined);
    expect(valueIn(samples, 'ticks_total')).toBe(1);
    expect(valueIn(samples, 'failed_ticks_total')).toBe(2);
    expect(valueIn(samples, 'last_tick_timestamp_seconds')).toBe(goodAt);
  });
});

describe('the metrics of tasks', () => {
  it('are what the state knows, and nothing where it knows nothing', async () => {
    const known = task('orders', {
      phase: 'full',
      progress: { percent: 64.2, remainingMs: 90_500 },
      lag: { bytes: 212_000, at: AT },
      readiness: { state: 'not ready', unmet: ['lag'], words: '' },
      lastLookAt: new Date(Date.parse(AT) - 42_000).toISOString(),
    });
    const unknown: TaskStatus = {
      id: 'new',
      project: { id: 'p', name: 'prod', region: 'cn-north-4' },
      labels: {},
      severity: 'info',
      readiness: { state: 'not known', unmet: [], words: '' },
      deliveries: { pending: 0, held: 0, dead: 0 },
      lastEvents: [],
      figures: [],
    };
    const samples = await scrape(await monitor(), status([known, unknown]));
    const orders = { task: known.id, name: 'orders', project: 'prod', region: 'cn-north-4' };
    expect(valueIn(samples, 'task_phase', { ...orders, phase: 'full' })).toBe(1);
    expect(valueIn(samples, 'task_progress_ratio', orders)).toBeCloseTo(0.642);
    expect(valueIn(samples, 'task_remaining_seconds', orders)).toBe(91);
    expect(valueIn(samples, 'task_lag_bytes', orders)).toBe(212_000);
    expect(valueIn(samples, 'task_ready', orders)).toBe(0);
    expect(valueIn(samples, 'task_stalled', orders)).toBe(0);
    expect(valueIn(samples, 'task_last_look_age_seconds', orders)).toBe(42);
    expect(valueIn(samples, 'tasks')).toBe(2);
    expect(samples.filter(({ labels }) => labels['task'] === 'new').map(({ name }) => name)).toEqual([
      `${PREFIX}task_stalled`,
      `${PREFIX}task_failing`,
    ]);
  });

  it('distinguish 0 from nothing', async () => {
    const fresh = task('a', { progress: { percent: 0, remainingMs: 0 }, lag: { bytes: 0, at: AT } });
    const samples = await scrape(await monitor(), status([fresh]));
    for (const name of ['task_progress_ratio', 'task_remaining_seconds', 'task_lag_bytes'])
      expect(valueIn(samples, name)).toBe(0);
  });

  it('vanish with their task, with its old phase, and while the state cannot be read', async () => {
    const one = await monitor();
    await scrape(one, status([task('a'), task('bb')]));
    const after = await scrape(one, status([task('a', { phase: 'incremental' })]));
    const phases = after.filter(({ name }) => name === `${PREFIX}task_phase`);
    expect(phases.map(({ labels }) => [labels['name'], labels['phase']])).toEqual([['a', 'incremental']]);
    expect(valueIn(after, 'state_readable')).toBe(1);

    const unreadable = await scrape(one, undefined);
    expect(unreadable.filter(({ labels }) => 'task' in labels)).toEqual([]);
    expect(valueIn(unreadable, 'tasks')).toBeUndefined();
    expect(valueIn(unreadable, 'state_readable')).toBe(0);
  });

  it('are for 5,000 tasks at most, and those that have ended are left out first', async () => {
    const ended = Array.from({ length: 5001 }, (_, i) => ({
      ...task('e', { phase: 'succeeded' }),
      id: `e${i}`,
    }));
    const samples = await scrape(await monitor(), status([...ended, task('running')]));
    const phases = samples.filter(({ name }) => name === `${PREFIX}task_phase`);
    expect(phases).toHaveLength(5000);
    expect(phases.map(({ labels }) => labels['name'])).toContain('running');
    expect(valueIn(samples, 'tasks')).toBe(5002);
    expect(valueIn(samples, 'tasks_left_out')).toBe(2);
  });

  it.each([
    'a"} 1\nfake_metric 1',
    'back\\slash\\"quote\\n',
    'tab\tand\rreturn\u2028line\u0000nul',
    '{}=,#\u202e',
    'lone \ud800 surrogate',
    '订单 🚀',
    'x'.repeat(5000),
  ])('take the name %j for data', async (name) => {
    const samples = await scrape(await monitor(), status([{ ...task('a'), name }]));
    expect(samples.filter(({ name }) => !name.startsWith(PREFIX))).toEqual([]);
    const [label = ''] = samples.flatMap(({ labels }) => labels['name'] ?? []);
    expect(label.length).toBeLessThanOrEqual(200);
    expect(label.isWellFormed()).toBe(true);
    expect(label).not.toMatch(/\p{Cc}|\p{Zl}/u);
  });
});

describe('the metrics of channels', () => {
  it('show what is pending, held and dead, and which one is broken', async () => {
    const channel = { type: 'slack', audience: 'people', pending: 3, held: 2, dead: 1 } as const;
    const channels = [
      { ...channel, name: 'ops', broken: { since: SINCE, reason: 'HTTP 404', nextTryAt: SINCE } },
      { ...channel, name: 'audit' },
    ];
    const samples = await scrape(await monitor(), status([], { channels }));
    const ops = { channel: 'ops', type: 'slack' };
    expect(valueIn(samples, 'channel_broken', ops)).toBe(1);
    expect(valueIn(samples, 'channel_broken', { channel: 'audit' })).toBe(0);
    expect(valueIn(samples, 'channel_pending_deliveries', ops)).toBe(3);
    expect(valueIn(samples, 'channel_held_deliveries', ops)).toBe(2);
    expect(valueIn(samples, 'channel_dead_letters', ops)).toBe(1);
  });
});
