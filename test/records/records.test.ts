import { describe, expect, it } from 'vitest';
import { encodeRecord } from '../../lib/records/codec.ts';
import {
  discoveryRecordId,
  GROUPS_PARTITION,
  groupRecordId,
  projectPartition,
  projectRecordId,
  taskRecordId,
  WATCHER_KEY,
} from '../../lib/records/keys.ts';
import {
  loadPartitions,
  loadRecords,
  loadWatcher,
  partitionsIn,
  removedPartitions,
} from '../../lib/records/partition.ts';
import { newRecord, type StoredRecord } from '../../lib/records/record.ts';
import { isSameKnowledge, loadRecord, readRecord, saveRecord } from '../../lib/records/records.ts';
import { createMemoryStore } from '../../lib/store/memory.ts';
import type { Item, Store } from '../../lib/store/store.ts';
import { eventOf } from '../channels/support.ts';
import { recordWith, withFields } from '../support/records.ts';

const NOW = new Date('2026-01-05T00:10:11.000Z');
const PARTITION = 'project:p1';
const KEY = { partition: PARTITION, id: 'task:t1' };
const NEWER = JSON.stringify({ ...newRecord(NOW), schemaVersion: 3 });

function memory(): Store {
  return createMemoryStore({ now: () => NOW.getTime() });
}

function numbered(sequence: number): StoredRecord {
  return { ...newRecord(NOW), sequence };
}

/** The same with a delivery that is pending. */
function pending(sequence: number): StoredRecord {
  const delivery = { attempts: 0, nextAttemptAt: NOW.toISOString(), history: [] };
  return { ...numbered(sequence), outbox: [{ event: eventOf(), deliveries: { ops: delivery } }] };
}

const FAILING = {
  reason: 'unreachable',
  detail: 'HTTP 502',
  count: 5,
  since: NOW.toISOString(),
  announced: true,
} as const;

/** A store in which these bodies stand, each at revision 1. */
async function storing(bodies: Readonly<Record<string, string>>): Promise<Store> {
  const store = memory();
  for (const [id, body] of Object.entries(bodies)) {
    await store.save({ key: { partition: PARTITION, id }, rev: 1, nonce: 'n', body });
  }
  return store;
}

function revisions(items: readonly Item[]): [string, number][] {
  return items.map(({ key, rev }) => [key.id, rev]);
}

describe('one record', () => {
  it.each([
    ['not there', {}],
    ['not readable', { 'task:t1': '{"half":' }],
    ['of a newer version', { 'task:t1': NEWER }],
  ])('is absent where it is %s', async (_words, bodies) => {
    expect(await loadRecord(await storing(bodies), KEY)).toBeUndefined();
  });

  it.each([
    [{ kind: 'missing' }, {}],
    [{ kind: 'unreadable' }, { 'task:t1': '{"half":' }],
    [{ kind: 'newer', version: 3 }, { 'task:t1': NEWER }],
  ])('says why it cannot be used: %j', async (why, bodies) => {
    expect(await readRecord(await storing(bodies), KEY)).toEqual(why);
  });

  it('is read with its key and its revision', async () => {
    const store = await storing({ 'task:t1': encodeRecord(numbered(3)) });

    expect(await loadRecord(store, KEY)).toEqual({ key: KEY, rev: 1, nonce: 'n', record: numbered(3) });
  });

  it('is written with the second of its expiry, if there is one', async () => {
    const store = memory();
    const since = '2026-01-05T00:10:11.001Z';
    const gone = withFields(numbered(1), {
      discoveredBy: 'prod',
      standing: { status: 'DELETED', phase: 'gone', since },
    });
    await saveRecord(store, { key: KEY, rev: 0 }, gone);
    expect((await store.get(KEY))?.expiresAt).toBe(NOW.getTime() / 1000 + 90 * 86_400 + 1);
    await saveRecord(store, { key: KEY, rev: 1 }, numbered(2));
    expect(await store.get(KEY)).not.toHaveProperty('expiresAt');
  });

  it('is written on top of the known revision, and held at the next one', async () => {
    const store = memory();
    const first = await saveRecord(store, { key: KEY, rev: 0 }, numbered(1));

    expect(first).toEqual({ key: KEY, rev: 1, nonce: expect.any(String), record: numbered(1) });
    expect(await saveRecord(store, { key: KEY, rev: 1 }, numbered(2))).toMatchObject({ rev: 2 });
    expect(await loadRecord(store, KEY)).toEqual({
      key: KEY,
      rev: 2,
      nonce: expect.any(String),
      record: numbered(2),
    });
  });

  it('is not written when somebody else was faster, not even with the same content', async () => {
    const store = memory();
    await saveRecord(store, { key: KEY, rev: 0 }, numbered(1));

    expect(await saveRecord(store, { key: KEY, rev: 0 }, numbered(1))).toBeUndefined();
    expect(await loadRecord(store, KEY)).toMatchObject({ rev: 1 });
  });

  it('has an id that names its subject', () => {
    expect([taskRecordId('a'), projectRecordId('a')]).toEqual(['task:a', 'project:a']);
    expect([discoveryRecordId('a'), groupRecordId('a')]).toEqual(['discovery:a', 'group:a']);
    expect([projectPartition('p1'), GROUPS_PARTITION]).toEqual([PARTITION, 'groups']);
  });
});

describe('the records of a project', () => {
  it('are the readable ones of its partition', async () => {
    const store = await storing({
      'task:good': encodeRecord(numbered(3)),
      'task:damaged': '{"half":',
      'task:newer': NEWER,
    });
    await store.save({ key: { partition: 'project:p2', id: 'task:other' }, rev: 1, nonce: 'n', body: '{}' });
    const records = await loadRecords(store, PARTITION);

    expect(records.all()).toEqual([
      { key: { partition: PARTITION, id: 'task:good' }, rev: 1, nonce: 'n', record: numbered(3) },
    ]);
    expect([...records.unreadable]).toEqual(['task:damaged']);
    expect([...records.newer]).toEqual(['task:newer']);
    expect(records.find('task:good')).toEqual(numbered(3));
    for (const id of ['task:damaged', 'task:newer', 'task:other']) expect(records.find(id)).toBeUndefined();
  });

  it('are only those that are to be kept', async () => {
    const body = encodeRecord(numbered(3));
    const store = await storing({ 'task:t1': body, 'task:t2': body });
    const records = await loadRecords(store, PARTITION, { keeps: (id) => id === 'task:t2' });
    expect(records.tasks().map(({ taskId }) => taskId)).toEqual(['t2']);
  });

  it('begin at revision 0 where there is none yet', async () => {
    const records = await loadRecords(memory(), PARTITION);

    expect(records.held('task:t1', NOW)).toEqual({ key: KEY, rev: 0, record: newRecord(NOW) });
    expect(records.all()).toEqual([]);
  });

  it('are held as last saved', async () => {
    const store = memory();
    const records = await loadRecords(store, PARTITION);

    expect(await records.save('task:t1', numbered(1))).toBe(true);
    expect(await records.save('task:t1', numbered(2))).toBe(true);

    expect(records.find('task:t1')).toEqual(numbered(2));
    expect(records.held('task:t1', NOW)).toEqual({
      key: KEY,
      rev: 2,
      nonce: expect.any(String),
      record: numbered(2),
    });
    expect(revisions(await store.load(PARTITION))).toEqual([['task:t1', 2]]);
  });

  it('include those of tasks, and others', async () => {
    const body = encodeRecord(numbered(3));
    const records = await loadRecords(await storing({ 'task:t1': body, 'project:prod': body }), PARTITION);

    expect(records.all()).toHaveLength(2);
    expect(records.tasks()).toEqual([{ taskId: 't1', record: numbered(3) }]);
  });

  it('hide tasks where they cannot be read, until they are written again', async () => {
    const bodies = {
      'task:t1': encodeRecord(numbered(1)),
      'task:t2': '?',
      'task:t3': NEWER,
      'project:prod': '?',
    };
    const records = await loadRecords(await storing(bodies), PARTITION);
    expect(records.hiddenTasks()).toEqual(['t2', 't3']);
    await records.save('task:t2', numbered(1));
    await records.save('task:t3', numbered(1));

    expect(records.hiddenTasks()).toEqual(['t3']);
  });

  it('of a task are found by its id in either spelling, and saved where they are', async () => {
    const older = encodeRecord(numbered(4));
    const store = await storing({
      'task:AA-11': older,
      'task:bb22': older,
      'task:CC-33': '?',
      'task:DD-44': NEWER,
    });
    const records = await loadRecords(store, PARTITION);

    expect(records.find('task:aa11')?.sequence).toBe(4);
    expect(records.find('task:BB-22')?.sequence).toBe(4);
    expect(records.isNewer('task:dd44')).toBe(true);
    expect(records.isNewer('task:aa11')).toBe(false);
    expect(await records.save('task:aa11', numbered(5))).toBe(true);
    expect(await records.save('task:cc33', numbered(6))).toBe(true);
    expect(await records.save('task:dd44', numbered(7))).toBe(false);
    expect(revisions(await store.load(PARTITION))).toEqual([
      ['task:AA-11', 2],
      ['task:CC-33', 2],
      ['task:DD-44', 1],
      ['task:bb22', 1],
    ]);
  });

  it('of a task that is stored in both spellings are two', async () => {
    const store = await storing({
      'task:AA-11': encodeRecord(numbered(1)),
      'task:aa11': encodeRecord(numbered(2)),
    });
    const records = await loadRecords(store, PARTITION);
    expect(records.find('task:AA-11')?.sequence).toBe(1);
    expect(records.find('task:aa11')?.sequence).toBe(2);
  });

  it('of anything but a task have one spelling', async () => {
    const records = await loadRecords(
      await storing({ 'group:a-b task:': encodeRecord(numbered(1)) }),
      PARTITION,
    );
    expect(records.find('group:a-b task:')?.sequence).toBe(1);
    expect(records.find('group:ab task:')).toBeUndefined();
  });

  it('are outdated once a save was refused', async () => {
    const store = memory();
    const [records, other] = [await loadRecords(store, PARTITION), await loadRecords(store, PARTITION)];

    await records.save('task:t1', numbered(1));
    expect(records.isOutdated()).toBe(false);
    await other.save('task:t1', numbered(2));
    expect(other.isOutdated()).toBe(true);
  });

  it('are left as another run wrote them meanwhile', async () => {
    const store = await storing({ 'task:t1': encodeRecord(numbered(1)) });
    const records = await loadRecords(store, PARTITION);
    const other = await loadRecords(store, PARTITION);
    await other.save('task:t1', numbered(7));

    expect(await records.save('task:t1', numbered(2))).toBe(false);

    expect(records.find('task:t1')).toEqual(numbered(1));
    expect(await loadRecord(store, KEY)).toMatchObject({ rev: 2, record: numbered(7) });
  });

  it('of a newer version are left alone: no write is even tried', async () => {
    const store = await storing({ 'task:t1': NEWER });
    let writes = 0;
    const counting: Store = {
      ...store,
      save: (item) => {
        writes += 1;
        return store.save(item);
      },
    };
    const records = await loadRecords(counting, PARTITION);

    expect(await records.save('task:t1', numbered(1))).toBe(false);
    expect(writes).toBe(0);
    expect(await store.get(KEY)).toMatchObject({ rev: 1, body: NEWER });

    expect(await records.save('task:t2', numbered(1))).toBe(true);
    expect(writes).toBe(1);
  });

  it('that cannot be read are set aside byte for byte before they are replaced', async () => {
    const store = await storing({ 'task:t1': '{"half":' });
    const records = await loadRecords(store, PARTITION);

    expect(await records.save('task:t1', numbered(1))).toBe(true);

    expect(records.find('task:t1')).toEqual(numbered(1));
    expect(await loadRecord(store, KEY)).toMatchObject({ rev: 2 });
    expect(await store.load('aside')).toMatchObject([
      { key: { id: expect.stringMatching(/^project:p1\/task:t1\/[0-9a-f]{12}$/) }, rev: 1, body: '{"half":' },
    ]);
  });

  it('that cannot be read are replaced only once', async () => {
    const store = await storing({ 'task:t1': '{"half":' });
    const [records, other] = [await loadRecords(store, PARTITION), await loadRecords(store, PARTITION)];
    await records.save('task:t1', numbered(1));

    expect(await other.save('task:t1', numbered(9))).toBe(false);
    expect(await records.save('task:t1', numbered(2))).toBe(true);

    expect(await store.load('aside')).toHaveLength(1);
    expect(await loadRecord(store, KEY)).toMatchObject({ rev: 3, record: numbered(2) });
  });
});

describe('two states of a record', () => {
  it('hold the same knowledge when only their deliveries differ', () => {
    expect(isSameKnowledge(numbered(1), pending(1))).toBe(true);
  });

  it.each([
    ['born', { born: '2026-01-04T00:00:00.000Z' }],
    ['sequence', { sequence: 2 }],
    ['event count', { eventCount: 1 }],
    ['state', { discoveredBy: 'prod' }],
    ['reminders', { reminders: [] }],
  ])('hold other knowledge when their %s differs', (_words, fields) => {
    expect(isSameKnowledge(numbered(1), withFields(numbered(1), fields))).toBe(false);
  });
});

describe('a record whose save was refused, read again,', () => {
  /** A record that another run wrote since it was read, and refused because of that. */
  async function refused(record: StoredRecord, id = KEY.id) {
    const store = await storing({ [id]: encodeRecord(numbered(1)) });
    const records = await loadRecords(store, PARTITION);
    await (await loadRecords(store, PARTITION)).save(id, record);
    expect(await records.save(id, numbered(2))).toBe(false);
    return { store, records };
  }

  it('is no longer outdated when only its deliveries changed, under any spelling of its id', async () => {
    const { records } = await refused(pending(1), 'task:AA-11');

    expect(await records.readAgain('task:aa11')).toEqual(pending(1));

    expect(records.isOutdated()).toBe(false);
    expect(records.find('task:aa11')).toEqual(pending(1));
    expect(await records.save('task:aa11', numbered(2))).toBe(true);
  });

  it('stays as it was read when more than its deliveries changed', async () => {
    const { records } = await refused(numbered(7));

    expect(await records.readAgain(KEY.id)).toBeUndefined();

    expect(records.isOutdated()).toBe(true);
    expect(records.find(KEY.id)).toEqual(numbered(1));
  });

  it('stays as it was read when it cannot be read any more', async () => {
    const { store, records } = await refused(pending(1));
    await store.save({ key: KEY, rev: 3, nonce: 'n', body: '{"half":' });

    expect(await records.readAgain(KEY.id)).toBeUndefined();

    expect(records.find(KEY.id)).toEqual(numbered(1));
  });

  it('is none where there was none', async () => {
    const records = await loadRecords(memory(), PARTITION);
    expect(await records.readAgain(KEY.id)).toBeUndefined();
  });
});

describe('the record of a project under an old name', () => {
  const announced = (sequence: number) => withFields(numbered(sequence), { failing: FAILING });
  /** The number of the record that is found for a project that has none of its own. */
  async function found(bodies: Readonly<Record<string, string | StoredRecord>>) {
    const texts = Object.entries(bodies).map(([id, body]) => [
      id,
      typeof body === 'string' ? body : encodeRecord(body),
    ]);
    const records = await loadRecords(await storing(Object.fromEntries(texts)), PARTITION);
    return records.find(projectRecordId('p1'))?.sequence;
  }

  it.each([
    ['any, where there is one', { 'project:a': numbered(1) }, 1],
    ['the first of equals', { 'project:a': numbered(1), 'project:b': numbered(2) }, 1],
    ['one that can be read', { 'project:a': '?', 'project:b': numbered(2) }, 2],
    ['the first, when it has deliveries pending', { 'project:a': pending(1), 'project:b': numbered(2) }, 1],
    ['the second, when it has deliveries pending', { 'project:a': numbered(1), 'project:b': pending(2) }, 2],
    ['the first, when it is announced as failing', { 'project:a': announced(1), 'project:b': pending(2) }, 1],
    [
      'the second, when it is announced as failing',
      { 'project:a': pending(1), 'project:b': announced(2) },
      2,
    ],
    [
      'none that fails without an announcement before one with deliveries',
      {
        'project:a': withFields(numbered(1), { failing: { ...FAILING, announced: false } }),
        'project:b': pending(2),
      },
      2,
    ],
    ['none of a task', { 'project:a': numbered(1), 'task:t1': pending(9) }, 1],
    ['its own before any other', { 'project:a': announced(1), 'project:p1': numbered(2) }, 2],
  ])('is %s', async (_words, bodies, sequence) => {
    expect(await found(bodies)).toBe(sequence);
  });

  it('is none where only tasks have records', async () => {
    expect(await found({ 'task:t1': numbered(1) })).toBeUndefined();
  });
});

describe('the record of the whole configuration', () => {
  const storeKnowing = async (names: readonly string[]) => {
    const partitions = Object.fromEntries(names.map((name) => [name, ['ops']]));
    const store = memory();
    const body = encodeRecord(recordWith(NOW, { partitions }));
    await store.save({ key: WATCHER_KEY, rev: 1, nonce: 'n', body });
    return store;
  };

  it('is read alone, and written on top of what was read', async () => {
    const store = await storeKnowing(['a']);
    const watcher = await loadWatcher(store);
    expect(watcher.all()).toEqual([
      { key: WATCHER_KEY, rev: 1, nonce: 'n', record: recordWith(NOW, { partitions: { a: ['ops'] } }) },
    ]);
    expect(await watcher.save(WATCHER_KEY.id, numbered(2))).toBe(true);
    expect(await store.get(WATCHER_KEY)).toMatchObject({ rev: 2 });
    expect(await (await loadWatcher(store)).save(WATCHER_KEY.id, numbered(3))).toBe(true);
    expect(await watcher.save(WATCHER_KEY.id, numbered(4))).toBe(false);
  });

  it('is absent at first, and then knows no partition', async () => {
    const watcher = await loadWatcher(memory());
    expect(watcher.all()).toEqual([]);
    expect(watcher.held(WATCHER_KEY.id, NOW)).toMatchObject({ key: WATCHER_KEY, rev: 0 });
    expect(partitionsIn(watcher)).toEqual({});
    const empty = memory();
    await empty.save({ key: WATCHER_KEY, rev: 1, nonce: 'n', body: encodeRecord(numbered(1)) });
    expect(partitionsIn(await loadWatcher(empty))).toEqual({});
  });

  it('knows the partitions, and which of them are no longer configured', async () => {
    const watcher = await loadWatcher(await storeKnowing(['a', 'b', 'groups']));
    expect(partitionsIn(watcher)['b']).toEqual(['ops']);
    expect(removedPartitions(watcher, ['b', 'c'])).toEqual(['a', 'groups']);
    expect(removedPartitions(watcher, [])).toEqual(['a', 'b', 'groups']);
  });

  it('names partitions that are read by name', async () => {
    const store = await storing({ 'task:t1': encodeRecord(numbered(3)) });
    const read = await loadPartitions(store, [PARTITION, 'project:p2']);
    expect([...read.keys()]).toEqual([PARTITION, 'project:p2']);
    expect(read.get(PARTITION)?.find('task:t1')).toEqual(numbered(3));
    expect(read.get('project:p2')?.all()).toEqual([]);
  });
});
