import { describe, expect, test } from 'vitest';
import type { Store } from '../lib/store/store.ts';
import { isWorking } from '../lib/telemetry/health.ts';
import { type LogEntry, summaryOf, type TickReport } from '../lib/telemetry/log.ts';
import { useWorld } from './support/use-world.ts';
import { PROJECT_ID } from './support/world.ts';

const MINUTE = 60_000;
const HOOK = { cutover: { type: 'webhook' } };

const world = useWorld();

/** How the last tick was logged. */
function reportOf(log: readonly LogEntry[]): TickReport {
  const report = log.findLast((entry) => entry.kind === 'tick');
  if (report === undefined) throw new TypeError('no tick came to its end');
  return report;
}

/** A store of which some writes fail. */
function failing(store: Store, fails: (write: number) => boolean): { store: Store; fired(): number } {
  let writes = 0;
  let fired = 0;
  return {
    fired: () => fired,
    store: {
      ...store,
      save: async (item) => {
        writes += 1;
        if (!fails(writes)) return store.save(item);
        fired += 1;
        throw new Error('the disk is full');
      },
    },
  };
}

describe('the report of a tick', () => {
  test('counts the looks that were made, not those left for later', async () => {
    const { tick, status, simulator, log } = await world({ tasks: ['task-1', 'task-2'] });
    status('task-1', 'RUNNING');
    status('task-2', 'RUNNING');
    await tick();
    expect(reportOf(log)).toMatchObject({ tasks: 2, looks: 2, failedLooks: 0 });

    await tick({ remainingMs: 1 });
    expect(reportOf(log)).toMatchObject({ tasks: 2, looks: 0 });

    simulator.fault('internal error', 1);
    await tick();
    expect(simulator.fired['internal error']).toBe(1);
    expect(reportOf(log)).toMatchObject({ tasks: 2, looks: 2, failedLooks: 1 });
  });

  test('has the age of the oldest pending event, if there is one', async () => {
    const { tick, status, receiver, clock, log } = await world({ channels: HOOK });
    receiver.answer('/cutover', { status: 500 });
    status('task-1', 'RUNNING');
    await tick();
    expect(reportOf(log)).toMatchObject({ pending: 1, pendingAgeMs: 0 });

    clock.advance(10 * MINUTE);
    status('task-1', 'FULLMIGRATING');
    await tick();
    expect(reportOf(log)).toMatchObject({ pending: 2, pendingAgeMs: 10 * MINUTE });

    receiver.answer('/cutover', { status: 200 });
    clock.advance(10 * MINUTE);
    await tick();
    expect(reportOf(log)).toMatchObject({ pending: 0, pendingAgeMs: 0 });
  });

  test('counts broken channels while they are broken', async () => {
    const { tick, status, receiver, clock, log } = await world({
      channels: { ...HOOK, other: { type: 'webhook' } },
    });
    status('task-1', 'RUNNING');
    receiver.answer('/cutover', { status: 410 });
    await tick();
    expect(reportOf(log)).toMatchObject({ brokenChannels: 1 });
    for (let minute = 0; minute < 3; minute += 1) {
      clock.advance(MINUTE);
      await tick();
      expect(reportOf(log)).toMatchObject({ brokenChannels: 1 });
    }
    receiver.answer('/cutover', { status: 200 });
    clock.advance(60 * MINUTE);
    await tick();
    expect(reportOf(log)).toMatchObject({ brokenChannels: 0 });
  });

  test('is more than the summary, which the function returns', async () => {
    const { tick, status } = await world();
    status('task-1', 'RUNNING');
    expect(Object.keys(summaryOf(await tick()))).toEqual([
      'tasks',
      'changed',
      'events',
      'delivered',
      'pending',
      'dead',
      'failedLooks',
      'ms',
    ]);
  });
});

describe('a tick is good', () => {
  test('even if all looks fail and no channel answers', async () => {
    const { tick, status, simulator, receiver, log } = await world({ channels: HOOK });
    status('task-1', 'RUNNING');
    receiver.answer('/cutover', 'reset');
    await tick();
    simulator.fault('internal error', 1);
    await tick();
    expect(simulator.fired['internal error']).toBe(1);
    expect(reportOf(log)).toMatchObject({ failedLooks: 1, pending: 1, failedRecords: 0 });
    expect(isWorking(reportOf(log))).toBe(true);
  });

  test('even if another run was faster: what that saw is in the records', async () => {
    const { tick, status, log } = await world();
    status('task-1', 'RUNNING');
    await Promise.all([tick(), tick()]);
    const reports = log.filter((entry) => entry.kind === 'tick');
    expect(reports).toHaveLength(2);
    expect(reports.every(isWorking)).toBe(true);
  });
});

describe('a tick is bad', () => {
  test('when its state could not be saved', async () => {
    const { tick, status, store, log } = await world();
    status('task-1', 'RUNNING');
    const full = failing(store, () => true);
    await tick({ store: full.store });
    expect(full.fired()).toBeGreaterThan(0);
    expect(isWorking(reportOf(log))).toBe(false);

    await tick();
    expect(isWorking(reportOf(log))).toBe(true);
  });

  test('when a delivery could not be acknowledged, and will be repeated', async () => {
    const { tick, status, store, receiver, clock, log } = await world({ channels: HOOK });
    status('task-1', 'RUNNING');
    const full = failing(store, (write) => write > 2);
    expect(await tick({ store: full.store })).toMatchObject({ events: 1, delivered: 0, pending: 1 });
    expect(receiver.at('/cutover')).toHaveLength(1);
    expect(full.fired()).toBeGreaterThan(0);
    expect(isWorking(reportOf(log))).toBe(false);

    clock.advance(3 * MINUTE);
    expect(await tick()).toMatchObject({ events: 0, delivered: 1, pending: 0 });
    expect(isWorking(reportOf(log))).toBe(true);
  });

  test('when the lease for delivery could not be taken', async () => {
    const { tick, status, store, receiver, clock, log } = await world({ channels: HOOK });
    status('task-1', 'RUNNING');
    receiver.answer('/cutover', { status: 500 });
    await tick();
    clock.advance(10 * MINUTE);
    const full = failing(store, () => true);
    expect(await tick({ store: full.store })).toMatchObject({ delivered: 0, pending: 1 });
    // Programs get deliveries before the look at their task as well as after it.
    expect(full.fired()).toBe(2);
    expect(receiver.at('/cutover')).toHaveLength(1);
    expect(isWorking(reportOf(log))).toBe(false);
  });

  test('when it could not store that a channel is broken', async () => {
    const { tick, status, store, receiver, log } = await world({ channels: HOOK });
    status('task-1', 'RUNNING');
    receiver.answer('/cutover', { status: 410 });
    const full: Store = {
      ...store,
      save: async (item) => {
        if (!item.body.includes('brokenSince')) return store.save(item);
        fired += 1;
        throw new Error('the disk is full');
      },
    };
    let fired = 0;
    await tick({ store: full });
    expect(fired).toBe(1);
    expect(reportOf(log)).toMatchObject({ failedRecords: 1 });
  });

  test('when a newer version wrote a record, because it leaves that task alone', async () => {
    const { tick, status, store, log } = await world();
    status('task-1', 'RUNNING');
    const key = { partition: `project:${PROJECT_ID}`, id: 'task:task-1' };
    await store.save({ key, rev: 1, nonce: 'n', body: JSON.stringify({ schemaVersion: 99 }) });
    await tick();
    expect(reportOf(log)).toMatchObject({ tasks: 1, looks: 0, failedRecords: 1 });
  });
});
