import { describe, expect, it } from 'vitest';
import { newRecord, type StoredRecord } from '../../lib/records/record.ts';
import { type HeldRecord, loadRecord, saveRecord } from '../../lib/records/records.ts';
import { update } from '../../lib/records/update.ts';
import { createMemoryStore } from '../../lib/store/memory.ts';

const NOW = new Date('2026-01-05T00:10:00.000Z');
const KEY = { partition: 'project:p', id: 'task:t1' };

/** A store with a record at sequence 0, and a run that is faster in the first of our tries. */
async function contested(times: number) {
  const store = createMemoryStore({ now: () => NOW.getTime() });
  const held = await saveRecord(store, { key: KEY, rev: 0 }, newRecord(NOW));
  if (held === undefined) throw new Error('it is there already');
  let left = times;
  const overtake = async () => {
    if (left === 0) return;
    left -= 1;
    const newest = await loadRecord(store, KEY);
    if (newest !== undefined) await saveRecord(store, newest, plus(newest.record, 100));
  };
  return { store, held, overtake };
}

function plus(record: StoredRecord, more: number): StoredRecord {
  return { ...record, sequence: record.sequence + more };
}

describe('an update of a record', () => {
  it('is written on top of the record that is held', async () => {
    const { store, held } = await contested(0);
    const updated = await update(store, held, {
      change: (record) => ({ record: plus(record, 1), word: 'one' }),
    });
    expect(updated).toMatchObject({
      kind: 'done',
      isWritten: true,
      change: { word: 'one' },
      held: { rev: 2 },
    });
    expect(await loadRecord(store, KEY)).toMatchObject({ rev: 2, record: { sequence: 1 } });
  });

  it.each<[string, (record: StoredRecord) => { record: StoredRecord } | undefined]>([
    ['is no change at all', () => undefined],
    ['leaves the record as it is', (record) => ({ record })],
  ])('is not written when it %s', async (_when, change) => {
    const { store, held } = await contested(0);
    const beforeWrite = () => Promise.reject(new Error('nothing is to be stored'));
    expect(await update(store, held, { change, beforeWrite })).toMatchObject({
      kind: 'done',
      isWritten: false,
      held,
    });
    expect(await loadRecord(store, KEY)).toMatchObject({ rev: 1 });
  });

  it('decides anew on what another run wrote meanwhile, and stores first what comes before the record', async () => {
    const { store, held, overtake } = await contested(2);
    const steps: string[] = [];
    const updated = await update(store, held, {
      change: (record) => {
        steps.push(`decides on ${record.sequence}`);
        return { record: plus(record, 1) };
      },
      beforeWrite: async ({ record }) => {
        steps.push(`stores before ${record.sequence}`);
        await overtake();
      },
      hold: ({ rev }) => steps.push(`holds ${rev}`),
    });
    expect(steps).toEqual([
      'decides on 0',
      'stores before 1',
      'holds 2',
      'decides on 100',
      'stores before 101',
      'holds 3',
      'decides on 200',
      'stores before 201',
      'holds 4',
    ]);
    expect(updated).toMatchObject({
      kind: 'done',
      isWritten: true,
      held: { rev: 4, record: { sequence: 201 } },
    });
  });

  it('ends when the record is not to be gone on from', async () => {
    const { store, held, overtake } = await contested(1);
    const states: HeldRecord[] = [];
    const updated = await update(store, held, {
      change: (record) => ({ record: plus(record, 1) }),
      beforeWrite: overtake,
      readAgain: async () => ({ kind: 'newer', version: 3 }),
      hold: (one) => states.push(one),
    });
    expect(updated).toEqual({ kind: 'newer', version: 3 });
    expect(states).toEqual([]);
    expect(await loadRecord(store, KEY)).toMatchObject({ record: { sequence: 100 } });
  });

  it('gives up after five conflicts', async () => {
    const { store, held, overtake } = await contested(9);
    const change = (record: StoredRecord) => ({ record: plus(record, 1) });
    expect(await update(store, held, { change, beforeWrite: overtake })).toEqual({ kind: 'busy' });
    expect(await loadRecord(store, KEY)).toMatchObject({ record: { sequence: 500 } });
  });
});
