import { describe, expect, it } from 'vitest';
import { loadMark, MARK_KEY } from '../../lib/records/mark.ts';
import type { Item, Store } from '../../lib/store/store.ts';
import { keptOpen } from '../support/world.ts';
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
