import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { StoreError } from '../../../lib/store/errors.ts';
import { createMemoryStore } from '../../../lib/store/memory.ts';
import { type ReadCacheLimits, withReadCache } from '../../../lib/store/read-cache/read-cache.ts';
import type { Item, Store } from '../../../lib/store/store.ts';
import { describeStore } from '../contract.ts';

const START = Date.parse('2026-01-05T00:10:00.000Z');
const MINUTE = 60_000;
const PARTITION = 'project:p';
const LIMITS = { leastCached: 4, leastAnnounced: 2, mostCached: 8 };

describeStore('A cached store', async (now) => {
  const shared = createMemoryStore({ now });
  const limits = { leastCached: 1, leastAnnounced: 1, mostCached: 1000 };
  const open = (): Store => {
    const cached = withReadCache(shared, now, limits);
    return { ...cached, load: (partition) => cached.load(partition, { mayBeCached: true }) };
  };
  return { open, close: () => shared.close() };
});

describe('The read cache', () => {
  let ms: number;
  let shared: Store;
  beforeEach(async () => {
    ms = START;
    shared = createMemoryStore({ now: () => ms });
    for (const id of ['a', 'b', 'c', 'd']) await shared.save(item(id));
  });

  it('reads a large partition twice, then no more as long as nobody writes', async () => {
    const { read, counts } = process();
    const [first, second, third, fourth] = [await read(), await read(), await read(), await read()];

    expect(counts).toEqual({ load: 2, get: 3, save: 0 });
    expect([second, third, fourth]).toStrictEqual([first, first, first]);
  });

  it('reads a small partition each time, and asks nothing else', async () => {
    const { read, counts } = process({ ...LIMITS, leastCached: 5 });
    for (let times = 1; times <= 3; times += 1) await read();

    expect(counts).toEqual({ load: 3, get: 0, save: 0 });
  });

  it('reads anew for whoever does not want what is cached', async () => {
    const { store, read, counts } = process();
    await read();
    await read();
    await shared.save(item('a', 2));

    expect(revisionsIn(await store.load(PARTITION))).toEqual([2, 1, 1, 1]);
    expect(counts.load).toBe(3);
    await read();
    expect(counts.load).toBe(3);
  });

  it('shows what this process wrote without another read', async () => {
    const { store, read, counts } = process();
    await read();
    await read();
    await store.save(item('b', 2, '"new"'));

    expect(revisionsIn(await read())).toEqual([1, 2, 1, 1]);
    expect(counts.load).toBe(2);
  });

  it('announces the writes of a tick twice, however many there are', async () => {
    const { store, read, counts } = process();
    await read();
    await read();
    await Promise.all(['a', 'b', 'c', 'd'].map((id) => store.save(item(id, 2))));
    expect(counts.save).toBe(4 + 1);
    await read();
    expect(counts.save).toBe(4 + 2);
    expect(revisionsIn(await read())).toEqual([2, 2, 2, 2]);
    expect(counts).toMatchObject({ save: 6, load: 2 });
  });

  it('announces nothing for a partition of which this process read little or nothing', async () => {
    const [stranger, newcomer] = [process({ ...LIMITS, leastAnnounced: 5 }), process()];
    await stranger.read();
    await stranger.store.save(item('a', 2));
    await newcomer.store.save(item('b', 2));

    expect(stranger.counts.save).toBe(1);
    expect(newcomer.counts.save).toBe(1);
  });

  it('reads what another process wrote, even if that one was killed right after', async () => {
    const [watcher, other] = [process(), process()];
    await watcher.read();
    await watcher.read();
    await other.read();
    await other.store.save(item('c', 2));

    expect(revisionsIn(await watcher.read())).toEqual([1, 1, 2, 1]);
    await watcher.read();
    expect(watcher.counts.load).toBe(3);
  });

  it.each([
    ['reads again', (other: Process) => other.read()],
    ['ends', (other: Process) => other.store.close()],
  ])('reads what another process wrote after it had announced that, once that one %s', async (_, go) => {
    const [watcher, other] = [process(), process()];
    await other.read();
    await other.store.save(item('c', 2));
    await watcher.read();
    await watcher.read();
    await other.store.save(item('c', 3));
    expect(revisionsIn(await watcher.read())).toEqual([1, 1, 2, 1]);

    await go(other);

    expect(revisionsIn(await watcher.read())).toEqual([1, 1, 3, 1]);
  });

  it('finds two processes that write by turns up to date', async () => {
    const [one, other] = [process(), process()];
    for (const { read } of [one, other, one, other]) await read();
    for (let rev = 2; rev < 8; rev += 1) {
      const [writer, reader] = rev % 2 === 0 ? [one, other] : [other, one];
      await writer.store.save(item('a', rev));
      expect(revisionsIn(await reader.read())).toEqual([rev, 1, 1, 1]);
    }
  });

  it.each([
    ['before', MINUTE - 1, 2],
    ['after', MINUTE, 3],
    ['after a clock that was set back by', -MINUTE, 3],
  ])('reads again %s ten minutes, whatever was announced', async (_, beyondNineMs, loads) => {
    const { read, counts } = process();
    await read();
    await read();
    ms += Math.sign(beyondNineMs) * 9 * MINUTE + beyondNineMs;
    await read();

    expect(counts.load).toBe(loads);
  });

  it('reads again after a save that was refused', async () => {
    const { store, read } = process();
    await read();
    await read();
    await shared.save(item('a', 2));
    expect(await store.save(item('a', 2))).toBe('conflict');

    expect(revisionsIn(await read())).toEqual([2, 1, 1, 1]);
  });

  it('reads again after a save whose end is not known', async () => {
    const { store, read, fail } = process();
    await read();
    await read();
    await store.save(item('b', 2));
    fail('save');
    await expect(store.save(item('a', 2))).rejects.toThrow('the answer was lost');

    expect(revisionsIn(await read())).toEqual([2, 2, 1, 1]);
  });

  it('saves nothing that could not be announced, and announces the next one', async () => {
    const { store, read, fail, counts } = process();
    await read();
    await read();
    fail('save');
    await expect(store.save(item('a', 2))).rejects.toThrow('the answer was lost');
    expect(revisionsIn(await shared.load(PARTITION))).toEqual([1, 1, 1, 1]);

    expect(await store.save(item('a', 2))).toBe('saved');
    expect(counts.save).toBe(4);
  });

  it('has a new item in its place', async () => {
    const { store, read } = process();
    await read();
    await read();
    await store.save(item('bb'));

    expect((await read()).map(({ key }) => key.id)).toEqual(['a', 'b', 'bb', 'c', 'd']);
  });

  it('leaves out an item from the second on at which it expires', async () => {
    const { store, read, counts } = process();
    await read();
    await read();
    await store.save({ ...item('d', 2), expiresAt: START / 1000 + 60 });

    ms = START + MINUTE - 1;
    expect(revisionsIn(await read())).toEqual([1, 1, 1, 2]);
    ms = START + MINUTE;
    expect(revisionsIn(await read())).toEqual([1, 1, 1]);
    expect(counts.load).toBe(2);
  });

  it('keeps an older save that is answered late from hiding a newer one', async () => {
    const { store, read, hold } = process();
    await read();
    await read();
    await store.save(item('d', 2));
    const release = hold('save');
    const late = store.save(item('a', 2));
    await store.save(item('a', 3));
    release();
    await late;

    expect(revisionsIn(await read())).toEqual([3, 1, 1, 2]);
  });

  it('has what a save wrote that was answered after a read', async () => {
    const { store, read, hold, counts } = process();
    await read();
    await store.save(item('b', 2));
    const release = hold('save');
    const saving = store.save(item('a', 2));
    await vi.waitFor(() => expect(counts.save).toBe(3));
    await read();
    release();
    await saving;

    expect(revisionsIn(await read())).toEqual([2, 2, 1, 1]);
    expect(revisionsIn(await read())).toEqual([2, 2, 1, 1]);
    expect(counts.load).toBe(3);
  });

  it('does not keep what it read before a save that ended first', async () => {
    const { store, read, hold, counts } = process();
    await read();
    const release = hold('load');
    const reading = read();
    await store.save(item('a', 2));
    release();
    expect(revisionsIn(await reading)).toEqual([1, 1, 1, 1]);

    expect(revisionsIn(await read())).toEqual([2, 1, 1, 1]);
    expect(counts.load).toBe(3);
  });

  it('does not keep what it read beside a save that was announced before', async () => {
    const { store, read, hold, counts } = process();
    await read();
    await store.save(item('b', 2));
    const write = hold('write');
    const saving = store.save(item('a', 2));
    await vi.waitFor(() => expect(counts.save).toBe(3));
    const load = hold('load');
    const reading = read();
    await vi.waitFor(() => expect(counts.load).toBe(2));
    write();
    await saving;
    load();
    expect(revisionsIn(await reading)).toEqual([1, 2, 1, 1]);

    expect(revisionsIn(await read())).toEqual([2, 2, 1, 1]);
  });

  it('counts nothing that it had to forget', async () => {
    const { store, counts } = process();
    const [first = '', second = '', third = ''] = await partitions(store);
    const read = (partition: string) => store.load(partition, { mayBeCached: true });
    await read(first);
    ms += 1;
    await read(second);
    const stale = { ...item('a', 3), key: { partition: second, id: 'a' } };
    expect(await store.save(stale)).toBe('conflict');
    ms += 1;
    await read(third);
    const before = counts.load;
    await read(first);
    expect(counts.load).toBe(before);
  });

  it('announces with an item that is kept for a month', async () => {
    const { store, read } = process();
    await read();
    await store.save(item('a', 2));

    expect(await shared.load('generations')).toMatchObject([
      { key: { id: PARTITION }, rev: 1, body: '', expiresAt: START / 1000 + 30 * 24 * 3600 },
    ]);
  });

  it('announces nothing at the end of a process that only read', async () => {
    const { store, read, counts } = process();
    await read();
    await read();
    await store.close();

    expect(counts.save).toBe(0);
  });

  it.each([
    ['cached from 100 items on', 100, [2, 2]],
    ['read each time with 99, but announced', 99, [3, 2]],
    ['announced from 50 items on', 50, [3, 2]],
    ['written in silence with 49', 49, [3, 1]],
  ])('has a usual size: %s', async (_words, size, [loads, saves]) => {
    const partition = 'project:many';
    for (let nth = 0; nth < size; nth += 1) {
      await shared.save({ ...item(`${nth}`), key: { partition, id: `${nth}` } });
    }
    const { store, counts } = process('usual');
    for (let times = 0; times < 3; times += 1) await store.load(partition, { mayBeCached: true });
    await store.save({ ...item('0', 2), key: { partition, id: '0' } });

    expect(counts).toMatchObject({ load: loads, save: saves });
  });

  it('keeps what was read last, whichever was read first', async () => {
    const { store, counts } = process();
    const [first = '', second = '', third = ''] = await partitions(store);
    const read = (partition: string) => store.load(partition, { mayBeCached: true });
    for (const partition of [first, second]) await read(partition);
    ms += 10 * MINUTE;
    await read(first);
    await read(third);
    const before = counts.load;
    for (const partition of [first, third]) await read(partition);
    expect(counts.load).toBe(before);
    await read(second);
    expect(counts.load).toBe(before + 1);
  });

  it('does not count what it read and does not keep', async () => {
    const { store, counts } = process();
    const [first = '', second = ''] = await partitions(store);
    for (const partition of [first, second]) await store.load(partition, { mayBeCached: true });
    const before = counts.load;
    for (const partition of [first, second]) await store.load(partition, { mayBeCached: true });

    expect(counts.load).toBe(before);
  });

  /** Three partitions that a process has read once. */
  async function partitions(store: Store): Promise<readonly string[]> {
    const names = ['p', 'q', 'r'].map((name) => `project:${name}`);
    for (const partition of names) {
      for (const id of ['a', 'b', 'c', 'd']) await shared.save({ ...item(id), key: { partition, id } });
      await store.load(partition);
    }
    return names;
  }

  it('keeps so many items at most, the last read first', async () => {
    const { store, counts } = process();
    const names = ['p', 'q', 'r'].map((name) => `project:${name}`);
    for (const partition of names) {
      for (const id of ['a', 'b', 'c', 'd']) await shared.save({ ...item(id), key: { partition, id } });
    }
    const read = (partition: string | undefined) => store.load(`${partition}`, { mayBeCached: true });
    for (const partition of [...names, ...names]) {
      await read(partition);
      ms += 1;
    }
    expect(counts.load).toBe(6);

    await read(names[2]);
    await read(names[1]);
    expect(counts.load).toBe(6);
    await read(names[0]);
    expect(counts.load).toBe(7);
  });

  type Held = 'load' | 'save' | 'write';

  interface Process {
    readonly store: Store;
    readonly counts: Record<'load' | 'get' | 'save', number>;
    /** A load that may be cached. */
    read(): Promise<Item[]>;
    /** The next request of this kind is made, and its answer lost; a save that announces is not made. */
    fail(operation: 'save'): void;
    /** The next request of this kind is made, and answered when that is released; a `write` is not even made. */
    hold(operation: Held): () => void;
  }

  function process(limits: ReadCacheLimits | 'usual' = LIMITS): Process {
    const counts = { load: 0, get: 0, save: 0 };
    let failing = false;
    const held = new Map<Held, Promise<void>>();
    const taken = (operation: Held): Promise<void> | undefined => {
      const wait = held.get(operation);
      held.delete(operation);
      return wait;
    };
    const counted: Store = {
      async load(partition) {
        counts.load += 1;
        const wait = taken('load');
        const items = await shared.load(partition);
        await wait;
        return items;
      },
      get(key) {
        counts.get += 1;
        return shared.get(key);
      },
      async save(one) {
        counts.save += 1;
        const [isFailing, wait] = [failing, taken('save')];
        failing = false;
        await taken('write');
        const saved = await shared.save(one);
        if (isFailing) throw new StoreError('unavailable', 'the answer was lost');
        await wait;
        return saved;
      },
      close: async () => undefined,
    };
    const store = withReadCache(counted, () => ms, limits === 'usual' ? undefined : limits);
    return {
      store,
      counts,
      read: () => store.load(PARTITION, { mayBeCached: true }),
      fail: () => {
        failing = true;
      },
      hold(operation) {
        const { promise, resolve } = Promise.withResolvers<void>();
        held.set(operation, promise);
        return resolve;
      },
    };
  }
});

function item(id: string, rev = 1, body = '{}'): Item {
  return { key: { partition: PARTITION, id }, rev, nonce: randomUUID(), body };
}

function revisionsIn(items: readonly Item[]): number[] {
  return items.map(({ rev }) => rev);
}
