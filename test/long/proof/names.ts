import type { Store } from '../../../lib/store/store.ts';

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const EVENT_ID = /evt_[0-9a-f]{24}/g;
const LEASE_OWNER = /"lease":\{"owner":"([^"]+)"/;

/** Gives names to random ids. */
export interface Names {
  /** A value as text, in which each random id is called by what it is. */
  of(value: unknown): string;
  /** A store that learns from what a run saves how it calls itself. */
  learning(store: Store, run: number): Store;
}

/** Nothing depends on what ids are, so traces go without. */
export function createNames(): Names {
  const owners = new Map<string, string>();
  return {
    of: (value) =>
      (JSON.stringify(value) ?? '')
        .replace(UUID, (uuid) => owners.get(uuid) ?? 'nonce')
        .replace(EVENT_ID, 'event'),
    learning: (store, run) => ({
      ...store,
      save(item) {
        const owner = LEASE_OWNER.exec(item.body)?.[1];
        if (owner !== undefined && !owners.has(owner)) owners.set(owner, `run ${run}`);
        return store.save(item);
      },
    }),
  };
}
