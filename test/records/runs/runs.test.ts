import { describe, expect, it } from 'vitest';
import {
  abandonRun,
  askForRun,
  endRun,
  type HeldRun,
  loadRuns,
  takeRun,
} from '../../../lib/records/runs/runs.ts';
import { createMemoryStore } from '../../../lib/store/memory.ts';
import type { Store } from '../../../lib/store/store.ts';

const PROJECT = '254d2280acb74d36a8b839746bcd7352';
const OTHER = '0123456789abcdef0123456789abcdef';
const START = Date.parse('2026-01-05T00:00:00.000Z');
const MINUTE = 60_000;

const at = (minute: number) => new Date(START + minute * MINUTE);
const newStore = () => createMemoryStore({ now: Date.now });

function take(store: Store, owner: string, now: Date, forMs = 5 * MINUTE): Promise<HeldRun | undefined> {
  return takeRun(store, PROJECT, { owner, now, forMs });
}

/** A store that holds this text about the runs of the project. */
async function storeWith(body: string): Promise<Store> {
  const store = newStore();
  await store.save({ key: { partition: 'runs', id: PROJECT }, rev: 1, nonce: 'before', body });
  return store;
}

async function heldBy(store: Store, owner: string, now: Date): Promise<HeldRun> {
  const held = await take(store, owner, now);
  if (held === undefined) throw new TypeError('another run has it');
  return held;
}

describe('the right to the run of a project', () => {
  it('belongs to one run until it ends', async () => {
    const store = newStore();
    expect(await take(store, 'one', at(0))).toEqual({
      projectId: PROJECT,
      owner: 'one',
      rev: 1,
      endedRunAt: undefined,
      askedAt: at(0).toISOString(),
    });
    expect(await take(store, 'two', new Date(START + 5 * MINUTE - 1))).toBeUndefined();
    expect(await take(store, 'two', at(5))).toMatchObject({ owner: 'two', rev: 2 });
  });

  it('belongs to one of two runs that ask at the same moment', async () => {
    const store = newStore();
    const both = await Promise.all([take(store, 'one', at(0)), take(store, 'two', at(0))]);
    expect(both.filter((held) => held !== undefined)).toHaveLength(1);
  });

  it('was asked for at a time that is known until a run has come to its end', async () => {
    const store = newStore();
    const askedAt = async () => (await loadRuns(store)).get(PROJECT)?.askedAt;
    await askForRun(store, PROJECT, at(0));
    await askForRun(store, PROJECT, at(1));
    expect(await askedAt()).toBe(at(0).toISOString());
    await abandonRun(store, await heldBy(store, 'one', at(2)), at(3));
    expect(await askedAt()).toBe(at(0).toISOString());
    await endRun(store, await heldBy(store, 'two', at(3)), at(3), at(4));
    expect(await askedAt()).toBeUndefined();
    await abandonRun(store, await heldBy(store, 'three', at(5)), at(6));
    expect((await loadRuns(store)).get(PROJECT)).toMatchObject({ endedRunAt: at(3).toISOString() });
    expect(await askedAt()).toBeUndefined();
  });

  it('is one for each project', async () => {
    const store = newStore();
    await take(store, 'one', at(0));
    const other = await takeRun(store, OTHER, { owner: 'two', now: at(0), forMs: MINUTE });
    expect(other).toMatchObject({ projectId: OTHER, rev: 1 });
    expect([...(await loadRuns(store)).keys()].toSorted()).toEqual([OTHER, PROJECT]);
  });

  it('lasts as long as was asked for, twenty minutes at most', async () => {
    const store = newStore();
    const until = async () => (await loadRuns(store)).get(PROJECT)?.until;
    await take(store, 'one', at(0), 5 * MINUTE);
    expect(await until()).toBe(at(5).toISOString());
    await take(store, 'two', at(5), 60 * MINUTE);
    expect(await until()).toBe(at(25).toISOString());
  });

  it('is free where it ends later than any can: a wrong clock wrote it', async () => {
    const until = (ms: number) => JSON.stringify({ owner: 'one', until: new Date(ms).toISOString() });
    const longest = START + 20 * MINUTE;
    expect(await take(await storeWith(until(longest)), 'two', at(0))).toBeUndefined();
    expect(await take(await storeWith(until(longest + 1)), 'two', at(0))).toMatchObject({ rev: 2 });
  });

  it.each(['not JSON', '{"owner":"one"}', '{"owner":"one","until":"soon"}'])(
    'is free where what is stored cannot be read: %s',
    async (body) => {
      const store = await storeWith(body);
      expect(await loadRuns(store)).toEqual(new Map());
      expect(await take(store, 'two', at(0))).toMatchObject({ owner: 'two', rev: 2 });
    },
  );
});

describe('a run that ends', () => {
  it('gives the right back, and says when it began', async () => {
    const store = newStore();
    await endRun(store, await heldBy(store, 'one', at(1)), at(1), at(2));
    const ended = { owner: 'one', until: at(2).toISOString(), endedRunAt: at(1).toISOString() };
    expect(await loadRuns(store)).toEqual(new Map([[PROJECT, ended]]));
    expect(await take(store, 'two', at(2))).toMatchObject({ endedRunAt: at(1).toISOString() });
    expect((await loadRuns(store)).get(PROJECT)).toMatchObject({ endedRunAt: at(1).toISOString() });
  });

  it('leaves the right to the run that took it meanwhile', async () => {
    const store = newStore();
    const late = await heldBy(store, 'one', at(0));
    await take(store, 'two', at(6));
    await endRun(store, late, at(0), at(7));
    expect((await loadRuns(store)).get(PROJECT)).toMatchObject({
      owner: 'two',
      until: at(11).toISOString(),
    });
  });
});
