import { describe, expect, it } from 'vitest';
import {
  emptied,
  type LookSummary,
  loadSummary,
  NO_SUMMARY,
  rowFingerprint,
  saveSummary,
} from '../../lib/records/summary.ts';
import { createMemoryStore } from '../../lib/store/memory.ts';

const PROJECT = '254d2280acb74d36a8b839746bcd7352';
const NOW = new Date('2026-01-05T00:10:00.000Z');
const seen = (triedAt: number): LookSummary => ({ row: 'row', lookedAt: triedAt, triedAt });

describe('summary of a project', () => {
  it('is empty at first, and read as it was saved', async () => {
    const store = createMemoryStore({ now: Date.now });
    const empty = await loadSummary(store, PROJECT);
    expect(empty.find('task-1')).toBeUndefined();
    await saveSummary(store, PROJECT, empty.with(new Map([['task-1', seen(7)]]), ['task-1']), NOW);
    expect((await loadSummary(store, PROJECT)).find('task-1')).toEqual(seen(7));
  });

  it('finds a task under both spellings of its id', async () => {
    const summary = await loadSummary(createMemoryStore({ now: Date.now }), PROJECT);
    const id = 'a276c1ff-a0a5-4c25-97fc-824b917db317';
    const known = summary.with(new Map([[id, seen(7)]]), [id]);
    expect(known.find(id.replaceAll('-', ''))).toEqual(seen(7));
  });

  it('keeps what it knew of tasks without a look, and forgets those that are watched no more', async () => {
    const summary = await loadSummary(createMemoryStore({ now: Date.now }), PROJECT);
    const before = summary.with(
      new Map([
        ['a', seen(1)],
        ['b', seen(2)],
      ]),
      ['a', 'b'],
    );
    const after = before.with(new Map([['c', seen(3)]]), ['a', 'c']);
    expect(['a', 'b', 'c'].map((id) => after.find(id)?.triedAt)).toEqual([1, undefined, 3]);
  });

  it('has no entry of a task that was never looked at', async () => {
    const summary = await loadSummary(createMemoryStore({ now: Date.now }), PROJECT);
    const known = summary.with(new Map([['b', seen(7)]]), ['a', 'b', 'c']);
    expect([...known.entries.values()]).toEqual([seen(7)]);
  });

  it('says in seconds when it began, and when it was saved last', async () => {
    const store = createMemoryStore({ now: Date.now });
    const save = async (now: Date) => saveSummary(store, PROJECT, await loadSummary(store, PROJECT), now);
    await save(NOW);
    const seconds = NOW.getTime() / 1000;
    expect(await loadSummary(store, PROJECT)).toMatchObject({ rev: 1, since: seconds, savedAt: seconds });
    await save(new Date(NOW.getTime() + 60_999));
    expect(await loadSummary(store, PROJECT)).toMatchObject({
      rev: 2,
      since: seconds,
      savedAt: seconds + 60,
    });
  });

  it('begins anew without entries and times, in the place of the one before', async () => {
    const store = createMemoryStore({ now: Date.now });
    const first = (await loadSummary(store, PROJECT)).with(new Map([['a', seen(1)]]), ['a']);
    await saveSummary(store, PROJECT, first, NOW);
    const before = await loadSummary(store, PROJECT);
    const { rev, since, savedAt, entries } = emptied(before);
    expect({ rev, since, savedAt, size: entries.size }).toEqual({
      rev: 1,
      since: undefined,
      savedAt: undefined,
      size: 0,
    });
    const later = new Date(NOW.getTime() + 60_000);
    await saveSummary(store, PROJECT, emptied(before), later);
    expect((await loadSummary(store, PROJECT)).since).toBe(later.getTime() / 1000);
  });

  it('that knows nothing may be the first one of a project', async () => {
    const store = createMemoryStore({ now: Date.now });
    await saveSummary(store, PROJECT, NO_SUMMARY, NOW);
    expect((await loadSummary(store, PROJECT)).rev).toBe(1);
  });

  it('stays within an item of DynamoDB, without the tasks that were looked at longest ago', async () => {
    const store = createMemoryStore({ now: Date.now });
    const ids = Array.from({ length: 9000 }, (_, i) => `task-${i}`);
    const news = new Map(ids.map((id, i) => [id, seen(1_900_000_000 + i)]));
    await saveSummary(store, PROJECT, (await loadSummary(store, PROJECT)).with(news, ids), NOW);
    const summary = await loadSummary(store, PROJECT);
    expect(summary.entries.size).toBe(8000);
    expect(summary.find('task-999')).toBeUndefined();
    expect(summary.find('task-1000')).toBeDefined();
    const item = await store.get({ partition: 'summaries', id: PROJECT });
    expect(item?.body.length).toBeLessThan(400_000);
    const keys = Object.keys(JSON.parse(item?.body ?? '').tasks);
    expect(new Set(keys.map((key) => key.length))).toEqual(new Set([12]));
  });

  it('gives way to the one that another run saved meanwhile', async () => {
    const store = createMemoryStore({ now: Date.now });
    const [mine, others] = [await loadSummary(store, PROJECT), await loadSummary(store, PROJECT)];
    await saveSummary(store, PROJECT, others.with(new Map([['a', seen(2)]]), ['a']), NOW);
    await saveSummary(store, PROJECT, mine.with(new Map([['a', seen(1)]]), ['a']), NOW);
    expect((await loadSummary(store, PROJECT)).find('a')).toEqual(seen(2));
  });
});

describe('fingerprint of a row', () => {
  it('changes with any of its fields', () => {
    const row = { taskId: 'a', status: 'RUNNING' };
    expect(rowFingerprint(row)).toBe(rowFingerprint({ ...row }));
    expect(rowFingerprint(row)).not.toBe(rowFingerprint({ ...row, errorMessage: 'no route' }));
  });

  it('takes ten characters, however long the row is', () => {
    expect(rowFingerprint({ errorMessage: 'x'.repeat(500) })).toHaveLength(10);
  });
});
