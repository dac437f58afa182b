import { describe, expect, it, onTestFinished } from 'vitest';
import { loadMark, MARK_KEY } from '../../lib/records/mark.ts';
import { createApp } from '../../lib/runtime/app.ts';
import type { Item, Store } from '../../lib/store/store.ts';
import { keptOpen, type World } from '../support/world.ts';
import { HOUR, MINUTE, problems, SECOND, world } from './support.ts';

/** Counts the writes of marks, and all others. */
function writesTo(store: Store) {
  const writes = { marks: 0, records: 0 };
  const save = (item: Item) => {
    if (item.key.id === MARK_KEY.id) writes.marks += 1;
    else writes.records += 1;
    return store.save(item);
  };
  return { writes, store: { ...keptOpen(store), save } };
}

describe('the mark of a good tick', () => {
  it('says when the tick began, and what it came to', async () => {
    const made = await world({ tasks: ['task-1', 'task-2'] });
    made.status('task-1', 'FULLMIGRATING');
    const at = new Date(made.clock.now()).toISOString();
    await made.tick();
    expect(await loadMark(made.store)).toEqual({
      at,
      tasks: 2,
      failedLooks: 1,
      skippedLooks: 0,
      ms: expect.any(Number),
      outline: {
        intervalMs: made.config.settings.intervalMs,
        projects: made.config.projects.map(({ id, name, region }) =>
          expect.objectContaining({
            id,
            name,
            region,
            keyFingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
          }),
        ),
        channels: Object.entries(made.config.channels).map(([name, { type }]) =>
          expect.objectContaining({ name, type, settings: expect.stringMatching(/^[0-9a-f]{16}$/) }),
        ),
      },
    });
  });

  it('is written at most every two minutes, and at most thirty times an hour, while records are not', async () => {
    const made = await world();
    made.status('task-1', 'FULLMIGRATING');
    await made.tick();
    const { writes, store } = writesTo(made.store);
    for (let ms = 0; ms < HOUR; ms += 15 * SECOND) {
      made.clock.advance(15 * SECOND);
      await made.tick({ store });
    }
    expect(writes).toEqual({ marks: 30, records: 0 });
  });

  it('is left alone where every look failed, or none was made', async () => {
    const made = await world();
    made.status('task-1', 'FULLMIGRATING');
    await made.tick();
    const mark = await loadMark(made.store);
    made.simulator.fault('internal error', 100);
    for (let n = 0; n < 5; n += 1) {
      made.clock.advance(MINUTE);
      await made.tick();
    }
    expect(await loadMark(made.store)).toEqual(mark);
  });

  it('is left alone where a record could not be saved', async () => {
    const made = await world();
    made.status('task-1', 'FULLMIGRATING');
    const store: Store = {
      ...keptOpen(made.store),
      save: async (item) => {
        if (item.key.id.startsWith('task:')) throw new Error('disk full');
        return made.store.save(item);
      },
    };
    expect(await made.tick({ store })).toMatchObject({ failedRecords: 1 });
    expect(await loadMark(made.store)).toBeUndefined();
  });

  it('is written where nothing was due', async () => {
    const made = await world();
    made.status('task-1', 'SUCCESS');
    await made.tick();
    made.clock.advance(2 * HOUR);
    await made.tick();
    made.clock.advance(3 * MINUTE);
    expect(await made.tick()).toMatchObject({ looks: 0 });
    expect((await loadMark(made.store))?.at).toBe(new Date(made.clock.now()).toISOString());
  });

  it('replaces one that cannot be read, and one that a wrong clock dated ahead', async () => {
    const made = await world();
    made.status('task-1', 'FULLMIGRATING');
    for (const [i, body] of ['damaged', JSON.stringify({ at: '2050-01-01T00:00:00Z' })].entries()) {
      await made.store.save({ key: MARK_KEY, rev: 2 * i + 1, nonce: String(i), body });
      await made.tick();
      expect((await loadMark(made.store))?.tasks).toBe(1);
      expect(problems(made)).toEqual([]);
      made.clock.advance(3 * MINUTE);
    }
  });

  it('that is not saved is said, and stops nothing', async () => {
    const made = await world();
    made.status('task-1', 'FULLMIGRATING');
    const store: Store = {
      ...keptOpen(made.store),
      save: async (item) => {
        if (item.key.id === MARK_KEY.id) throw new Error('somewhere');
        return made.store.save(item);
      },
    };
    expect(await made.tick({ store })).toMatchObject({ failedRecords: 0, delivered: 2 });
    expect(problems(made)).toEqual(['the mark of this tick was not saved: internal error (Error)']);
  });
});

describe('marks of a warm process', () => {
  /** A process that stays, and how often it reads and writes marks. */
  async function warm({ config, clock, store }: World) {
    const calls = { gets: 0, saves: 0, conflicts: 0 };
    const counting: Store = {
      ...keptOpen(store),
      get: (key) => {
        if (key.id === MARK_KEY.id) calls.gets += 1;
        return store.get(key);
      },
      save: async (item) => {
        const saved = await store.save(item);
        if (item.key.id !== MARK_KEY.id) return saved;
        if (saved === 'saved') calls.saves += 1;
        else calls.conflicts += 1;
        return saved;
      },
    };
    const app = await createApp({ config, store: counting, log: () => undefined, clock });
    onTestFinished(() => app.close());
    return { calls, tick: () => app.tick(60_000) };
  }

  it('are read once, and written as often as before', async () => {
    const made = await world();
    made.status('task-1', 'FULLMIGRATING');
    const { calls, tick } = await warm(made);
    for (let ms = 0; ms < HOUR; ms += 15 * SECOND) {
      await tick();
      made.clock.advance(15 * SECOND);
    }
    expect(calls).toEqual({ gets: 1, saves: 30, conflicts: 0 });
  });

  it('stay two minutes apart while two processes leave them', async () => {
    const made = await world();
    made.status('task-1', 'FULLMIGRATING');
    const both = [await warm(made), await warm(made)];
    const seen = new Set<string>();
    for (let minute = 0; minute < 60; minute += 1) {
      for (const { tick } of both) {
        await tick();
        seen.add((await loadMark(made.store))?.at ?? '');
        made.clock.advance(30 * SECOND);
      }
      expect(made.clock.now() - Date.parse((await loadMark(made.store))?.at ?? '')).toBeLessThan(4 * MINUTE);
    }
    const times = [...seen].map((at) => Date.parse(at));
    const gaps = times.slice(1).map((at, i) => at - (times[i] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(2 * MINUTE);
    const [one, other] = both.map(({ calls }) => calls);
    expect((one?.saves ?? 0) + (other?.saves ?? 0)).toBe(seen.size);
    expect((one?.gets ?? 0) + (other?.gets ?? 0)).toBeLessThanOrEqual(2 + 30);
  });

  it('go on after another process put an older one in their place', async () => {
    const made = await world();
    made.status('task-1', 'FULLMIGRATING');
    const { tick } = await warm(made);
    await tick();
    const backup = await made.store.get(MARK_KEY);
    for (let n = 0; n < 3; n += 1) {
      made.clock.advance(3 * MINUTE);
      await tick();
    }
    const now = await made.store.get(MARK_KEY);
    await made.store.save({ ...backupOf(backup), rev: (now?.rev ?? 0) + 1 });
    made.clock.advance(3 * MINUTE);
    await tick();
    expect((await loadMark(made.store))?.at).toBe(new Date(made.clock.now()).toISOString());
  });
});

function backupOf(item: Item | undefined): Item {
  if (item === undefined) throw new Error('there is no mark');
  return item;
}
