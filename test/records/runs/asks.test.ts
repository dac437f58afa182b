import { describe, expect, it } from 'vitest';
import { noteAsk } from '../../../lib/records/runs/asks.ts';
import { loadRuns } from '../../../lib/records/runs/runs.ts';
import { createMemoryStore } from '../../../lib/store/memory.ts';
import type { Store } from '../../../lib/store/store.ts';

const START = Date.parse('2026-01-05T00:00:00.000Z');

const at = (minute: number) => new Date(START + minute * 60_000);
const newStore = () => createMemoryStore({ now: Date.now });

function ask(store: Store, minute: number, projectIds: readonly string[] = ['one', 'two']) {
  return noteAsk(store, { projectIds, now: at(minute), keep: 2 });
}

describe('the asks for the runs of all projects', () => {
  it('are known to the next one, the newest of them last', async () => {
    const store = newStore();
    expect(await ask(store, 0)).toEqual([]);
    expect(await ask(store, 1)).toEqual([at(0).toISOString()]);
    expect(await ask(store, 2)).toEqual([at(0).toISOString(), at(1).toISOString()]);
    expect(await ask(store, 3)).toEqual([at(1).toISOString(), at(2).toISOString()]);
  });

  it('are counted anew with other projects, in whatever order they are named', async () => {
    const store = newStore();
    await ask(store, 0);
    expect(await ask(store, 1, ['two', 'one'])).toHaveLength(1);
    expect(await ask(store, 2, ['one', 'three'])).toEqual([]);
    expect(await ask(store, 3, ['one', 'three'])).toEqual([at(2).toISOString()]);
  });

  it.each(['not JSON', '{"projects":"x"}', '{"projects":"x","at":["soon"]}'])(
    'are counted anew where what is stored cannot be read: %s',
    async (body) => {
      const store = newStore();
      await store.save({ key: { partition: 'runs', id: 'asks' }, rev: 1, nonce: 'before', body });
      expect(await ask(store, 0)).toEqual([]);
      expect(await ask(store, 1)).toHaveLength(1);
    },
  );

  it('are no run of a project', async () => {
    const store = newStore();
    await ask(store, 0);
    expect(await loadRuns(store)).toEqual(new Map());
  });
});
