import { describe, expect, it } from 'vitest';
import { loadRecords } from '../../lib/records/partition.ts';
import { newRecord, type StoredRecord } from '../../lib/records/record.ts';
import { loadRecord, saveRecord } from '../../lib/records/records.ts';
import { update } from '../../lib/records/update.ts';
import { createFailoverStore, type FailoverStore } from '../long/proof/failover.ts';

const NOW = new Date('2026-01-05T00:10:11.000Z');
const KEY = { partition: 'project:p1', id: 'task:t1' };

function numbered(sequence: number): StoredRecord {
  return { ...newRecord(NOW), sequence };
}

/** A store with revision 1 of a record on both sides, and revision 2 on the master alone. */
async function unconfirmed(): Promise<FailoverStore> {
  const store = createFailoverStore(() => NOW.getTime());
  const first = await saveRecord(store, { key: KEY, rev: 0 }, numbered(1));
  store.loseReplica();
  await expect(saveRecord(store.open(), first ?? { key: KEY, rev: 1 }, numbered(2))).rejects.toThrow(
    'no replica confirmed',
  );
  return store;
}

/** The new master takes over with revision 1, and makes another revision 2. */
async function failOver(store: FailoverStore): Promise<void> {
  store.failOver();
  const first = await loadRecord(store, KEY);
  expect(first).toMatchObject({ rev: 1 });
  if (first !== undefined) await saveRecord(store, first, numbered(20));
}

describe('a record that a failover took away after a run read it', () => {
  it('is not written over another one with its revision', async () => {
    const store = await unconfirmed();
    const read = await loadRecord(store.open(), KEY);
    if (read === undefined) throw new Error('it is not there');
    await failOver(store);

    expect(await saveRecord(store, read, numbered(3))).toBeUndefined();

    expect(await loadRecord(store, KEY)).toMatchObject({ rev: 2, record: { sequence: 20 } });
  });

  it('is not written over it by a pass over its partition either', async () => {
    const store = await unconfirmed();
    const records = await loadRecords(store.open(), KEY.partition);
    await failOver(store);

    expect(await records.save(KEY.id, numbered(3))).toBe(false);

    expect(await loadRecord(store, KEY)).toMatchObject({ record: { sequence: 20 } });
  });

  it('is not written over it where it could not be read', async () => {
    const store = createFailoverStore(() => NOW.getTime());
    await saveRecord(store, { key: KEY, rev: 0 }, numbered(1));
    store.loseReplica();
    const damaged = { key: KEY, rev: 2, nonce: 'damaged', body: '{"half":' };
    await expect(store.open().save(damaged)).rejects.toThrow('no replica confirmed');
    const records = await loadRecords(store.open(), KEY.partition);
    expect([...records.unreadable]).toEqual([KEY.id]);
    await failOver(store);

    expect(await records.save(KEY.id, numbered(3))).toBe(false);
  });

  it('is decided anew by an update, on the one that is stored', async () => {
    const store = await unconfirmed();
    const read = await loadRecord(store.open(), KEY);
    if (read === undefined) throw new Error('it is not there');
    await failOver(store);

    const change = (record: StoredRecord) => ({ record: { ...record, sequence: record.sequence + 1 } });
    expect(await update(store, read, { change })).toMatchObject({ kind: 'done', held: { rev: 3 } });

    expect(await loadRecord(store, KEY)).toMatchObject({ rev: 3, record: { sequence: 21 } });
  });
});
