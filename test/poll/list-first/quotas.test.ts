import { describe, expect, it } from 'vitest';
import type { Phase } from '../../../lib/events/phase.ts';
import type { TaskState } from '../../../lib/migration/model/state.ts';
import { quotasOf } from '../../../lib/poll/list-first/quotas.ts';
import type { LimitedEntry } from '../../../lib/poll/pass/pass.ts';
import { taskRecordId } from '../../../lib/records/keys.ts';
import { loadRecords, type PartitionRecords } from '../../../lib/records/partition.ts';
import { createMemoryStore } from '../../../lib/store/memory.ts';
import { WATCH } from '../../migration/support.ts';
import { createTestClock } from '../../support/clock.ts';
import { recordWith } from '../../support/records.ts';

const NOW = new Date('2026-01-05T12:00:00.000Z');
const SECOND = 1000;

/** A task that has been where it is for twelve hours; a look at one that replicates takes two requests, else one. */
function standing(phase: Phase, more: Partial<TaskState> = {}): TaskState {
  const [status, since] = [phase.toUpperCase(), '2026-01-05T00:00:00.000Z'];
  return { observation: { status }, standing: { status, phase, since }, timeline: [], ...more };
}

async function recordsOf(states: Readonly<Record<string, TaskState>>): Promise<PartitionRecords> {
  const records = await loadRecords(createMemoryStore({ now: Date.now }), 'project:p');
  for (const [id, state] of Object.entries(states)) {
    await records.save(taskRecordId(id), recordWith(NOW, state));
  }
  return records;
}

function idsOf(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `task-${n}`);
}

/** Records of so many tasks that are being configured: a look takes one request. */
function configuring(count: number): Promise<PartitionRecords> {
  return recordsOf(Object.fromEntries(idsOf(count).map((id) => [id, standing('configuring')])));
}

/** An entry with so many named tasks, at one request a second, each of which takes ten seconds at most. */
function entryOf(count: number, more: Partial<LimitedEntry> = {}): LimitedEntry {
  return {
    name: 'prod',
    watches: idsOf(count).map((taskId) => ({ ...WATCH, taskId })),
    pace: { requestsPerSecond: 1, timeoutMs: 10 * SECOND },
    endpointFingerprint: 'endpoint',
    ...more,
  };
}

function rounded(quota: number | undefined): number | undefined {
  return quota === undefined ? undefined : Number(quota.toFixed(2));
}

interface Time {
  /** Seconds after the beginning of the tick. */
  readonly lookUntil?: number;
  readonly nextTickAt?: number;
}

/** The quotas of entries; so many requests may begin in time as there are seconds until ten before the end of the looks. */
function quotas(
  entries: readonly (readonly [PartitionRecords, LimitedEntry])[],
  { lookUntil = 30, nextTickAt = 60 }: Time = {},
): (number | undefined)[] {
  const clock = createTestClock(NOW.getTime());
  const startedAt = clock.elapsed();
  const byProject = new Map(entries.map(([records, entry]) => [records, [entry]]));
  const time = { clock, nextTickAt: startedAt + nextTickAt * SECOND };
  const found = quotasOf(byProject, startedAt + lookUntil * SECOND, time);
  return entries.map(([, entry]) => rounded(found.get(entry)));
}

describe('an entry of which every task can be looked at in time', () => {
  it('has no quota', async () => {
    const records = await configuring(21);
    expect(quotas([[records, entryOf(20)]])).toEqual([undefined]);
    expect(quotas([[records, entryOf(21)]])).toEqual([16]);
  });

  it('is one in whose time the requests end before the looks must, and begin before the next tick', async () => {
    const records = await configuring(20);
    expect(quotas([[records, entryOf(20)]], { lookUntil: 29 })).toEqual([15.2]);
    expect(quotas([[records, entryOf(20)]], { lookUntil: 90, nextTickAt: 15 })).toEqual([12]);
    expect(quotas([[records, entryOf(20)]], { lookUntil: 90, nextTickAt: 20 })).toEqual([undefined]);
  });

  it('asks twice for tasks that replicate, or were never seen, and not for those that ended long ago', async () => {
    const replicating = Object.fromEntries(idsOf(11).map((id) => [id, standing('incremental')]));
    expect(quotas([[await recordsOf(replicating), entryOf(10)]])).toEqual([undefined]);
    expect(quotas([[await recordsOf(replicating), entryOf(11)]])).toEqual([16]);
    expect(quotas([[await recordsOf({}), entryOf(11)]])).toEqual([16]);
    const ended = Object.fromEntries(idsOf(30).map((id) => [id, standing('stopped')]));
    expect(quotas([[await recordsOf(ended), entryOf(30)]])).toEqual([undefined]);
  });
});

describe('the quota of an entry', () => {
  it('is nothing when the time for looks is over', async () => {
    expect(quotas([[await configuring(9), entryOf(9)]], { lookUntil: 5 })).toEqual([0]);
  });

  it('is a share of what its endpoint takes, by the requests that each entry wants', async () => {
    const [one, other, apart] = [await configuring(30), await configuring(10), await configuring(20)];
    const elsewhere = entryOf(20, { endpointFingerprint: 'elsewhere' });
    expect(
      quotas([
        [one, entryOf(30)],
        [other, entryOf(10)],
        [apart, elsewhere],
      ]),
    ).toEqual([12, 4, undefined]);
  });

  it('keeps to the slowest rate that any entry has for its endpoint', async () => {
    const slow = entryOf(10, { pace: { requestsPerSecond: 0.5, timeoutMs: 10 * SECOND } });
    const [one, other] = [await configuring(10), await configuring(10)];
    expect(
      quotas([
        [one, slow],
        [other, entryOf(10)],
      ]),
    ).toEqual([4, 4]);
  });

  it('is none for an entry with fewer than five tasks: its list costs as much as they do', async () => {
    const [one, few, five] = [await configuring(30), await configuring(4), await configuring(5)];
    const shares = quotas([
      [one, entryOf(30)],
      [few, entryOf(4)],
      [five, entryOf(5)],
    ]);
    expect(shares).toEqual([12.31, undefined, 2.05]);
  });

  it('counts the tasks that the entry discovered, and no others', async () => {
    const found = (name: string, count: number) =>
      idsOf(count).map((id): [string, TaskState] => [
        `${name}-${id}`,
        standing('configuring', { discoveredBy: name }),
      ]);
    const recordsWith = (count: number) =>
      recordsOf(Object.fromEntries([...found('prod', count), ...found('other', 30)]));
    const discovering = entryOf(0, { discover: { labels: {} } });
    expect(quotas([[await recordsWith(20), discovering]])).toEqual([undefined]);
    expect(quotas([[await recordsWith(21), discovering]])).toEqual([16]);
    expect(quotas([[await recordsWith(21), entryOf(0)]])).toEqual([undefined]);
  });
});
