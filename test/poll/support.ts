import type { MigrationEvent } from '../../lib/events/event.ts';
import { MARK_KEY } from '../../lib/records/mark.ts';
import type { Simulator } from '../../lib/simulator/simulator.ts';
import type { Item, Store } from '../../lib/store/store.ts';
import { useWorld } from '../support/use-world.ts';
import { keptOpen, type TickOptions, type World } from '../support/world.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const WEBHOOK = { cutover: { type: 'webhook' } } as const;

/** A world that goes with its test. */
export const world = useWorld();

/** Source and target hold the same, without a lag. */
const IN_STEP = {
  full_migration_progress: 100,
  offset: 0,
  source_dbsize: 1000,
  target_dbsize: 1000,
  is_migrating: true,
};

/** The task replicates without a lag from now on. */
export function replicates(
  { status, simulator }: Pick<World, 'status' | 'simulator'>,
  ...tasks: readonly string[]
): void {
  for (const id of tasks) {
    status(id, 'INCRMIGEATING');
    simulator.setStats(id, IN_STEP);
  }
}

/** The target is behind the source by this offset from now on; without a figure by more than any burst of writes makes. */
export function lags(simulator: Simulator, taskId: string, offset = 900_000_000): void {
  simulator.setStats(taskId, { ...IN_STEP, offset });
}

/** Ticks, a minute apart; the next one would come at once. */
export async function ticks({ tick, clock }: World, times: number, options?: TickOptions): Promise<void> {
  for (let i = 0; i < times; i += 1) {
    await tick(options);
    clock.advance(MINUTE);
  }
}

/** The events that a webhook channel received, in this order. */
export function eventsAt({ receiver }: World, channel = 'cutover'): MigrationEvent[] {
  return receiver.at(`/${channel}`).map(({ body }) => JSON.parse(body));
}

/** Their types, without `dcs.`. */
export function typesAt(world: World, channel?: string): string[] {
  return eventsAt(world, channel).map(({ type }) => type.slice('dcs.'.length));
}

/** How often the simulated API was called since a moment. */
export function callsSince({ simulator }: Pick<World, 'simulator'>, before: Simulator['calls']) {
  const { calls } = simulator;
  return {
    show: calls.show - before.show,
    list: calls.list - before.list,
    stats: calls.stats - before.stats,
    logs: calls.logs - before.logs,
  };
}

/** What one tick asks of the simulated API and of the store. */
export async function costOfTick(world: World, options: TickOptions = {}) {
  const before = { ...world.simulator.calls };
  const counted = countingStore(options.store ?? world.store);
  const summary = await world.tick({ ...options, store: counted.store });
  return { calls: callsSince(world, before), store: counted.calls, summary };
}

export function countingStore(store: Store) {
  const calls = { load: 0, get: 0, save: 0 };
  return {
    calls,
    store: {
      ...keptOpen(store),
      load: (partition: string) => {
        calls.load += 1;
        return store.load(partition);
      },
      get: (key: Item['key']) => {
        if (key.id !== MARK_KEY.id) calls.get += 1;
        return store.get(key);
      },
      // The mark of a tick is no record: see test/poll/mark.test.ts.
      save: (item: Item) => {
        if (item.key.id !== MARK_KEY.id) calls.save += 1;
        return store.save(item);
      },
    },
  };
}

/** The lines that the program wrote in words of one kind. */
export function logged<K extends World['log'][number]['kind']>({ log }: World, kind: K) {
  return log.filter((entry): entry is Extract<typeof entry, { kind: K }> => entry.kind === kind);
}

/** The problems that were logged. */
export function problems({ log }: World): string[] {
  return log.flatMap((entry) => (entry.kind === 'problem' ? [entry.message] : []));
}

/** Does something right after the `number`th save of this store, before its caller goes on. */
export function afterSave(
  store: Store,
  number: number,
  work: () => unknown,
  isCounted: (item: Item) => boolean = () => true,
) {
  let saves = 0;
  let fired = 0;
  return {
    fired: () => fired,
    store: {
      ...keptOpen(store),
      async save(item: Item) {
        const saved = await store.save(item);
        if (isCounted(item)) saves += 1;
        if (saves === number && fired === 0) {
          fired += 1;
          await work();
        }
        return saved;
      },
    },
  };
}

/** What is dead, as it is stored. */
export async function deadLetters({ store }: Pick<World, 'store'>) {
  const items = await store.load('dead');
  return items.map(({ body }): { why: string; channel: string; event: MigrationEvent } => JSON.parse(body));
}
