import { describe, expect, it } from 'vitest';
import { loadSummary, rowFingerprint, type Summarised, saveSummary } from '../../lib/records/summary.ts';
import { createMemoryStore } from '../../lib/store/memory.ts';

const PROJECT = '254d2280acb74d36a8b839746bcd7352';
const NOW = new Date('2026-01-05T00:10:00.000Z');
const seen = (triedAt: number): Summarised => ({ row: 'row', lookedAt: triedAt, triedAt });

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
});
