import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { StoreError } from '../../lib/store/errors.ts';
import { createMemoryStore } from '../../lib/store/memory.ts';
import { withReadCache } from '../../lib/store/read-cache.ts';
import type { Item, Store } from '../../lib/store/store.ts';
import { describeStore } from './contract.ts';

const START = Date.parse('2026-01-05T00:10:00.000Z');
const MINUTE = 60_000;
const PARTITION = 'project:p';
const LIMITS = { leastCached: 4, leastAnnounced: 2, mostCached: 10 };

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
    const release = hold();
    const late = store.save(item('a', 2));
    await store.save(item('a', 3));
    release();
    await late;

    expect(revisionsIn(await read())).toEqual([3, 1, 1, 2]);
  });

  it('does not keep what it read while a save was under way', async () => {
    const { store, read, hold, counts } = process();
    await read();
    const release = hold();
    const saving = store.save(item('a', 2));
    await read();
    release();
    await saving;
    await read();

    expect(counts.load).toBe(3);
    expect(revisionsIn(await read())).toEqual([2, 1, 1, 1]);
  });

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

  interface Process {
    readonly store: Store;
    readonly counts: Record<'load' | 'get' | 'save', number>;
    /** A load that may be cached. */
    read(): Promise<Item[]>;
    /** The next request of this kind is made, and its answer lost; a save that announces is not made. */
    fail(operation: 'save'): void;
    /** The next save is made, and answered when that is released. */
    hold(): () => void;
  }

  function process(limits = LIMITS): Process {
    const counts = { load: 0, get: 0, save: 0 };
    let failing = false;
    let held: Promise<void> | undefined;
    const counted: Store = {
      load(partition) {
        counts.load += 1;
        return shared.load(partition);
      },
      get(key) {
        counts.get += 1;
        return shared.get(key);
      },
      async save(one) {
        counts.save += 1;
        const [isFailing, wait] = [failing, held];
        failing = false;
        held = undefined;
        const saved = await shared.save(one);
        if (isFailing) throw new StoreError('unavailable', 'the answer was lost');
        await wait;
        return saved;
      },
      close: async () => undefined,
    };
    const store = withReadCache(counted, () => ms, limits);
    return {
      store,
      counts,
      read: () => store.load(PARTITION, { mayBeCached: true }),
      fail: () => {
        failing = true;
      },
      hold() {
        let release = () => {};
        held = new Promise((resolve) => {
          release = resolve;
        });
        return release;
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
