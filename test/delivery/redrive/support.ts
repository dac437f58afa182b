import type { Config } from '../../../lib/config/schema/file.ts';
import { loadInventory } from '../../../lib/delivery/redrive/inventory.ts';
import {
  type HeldUntil,
  type KnownDelivery,
  type ListSelection,
  listDeliveries,
} from '../../../lib/delivery/redrive/known-deliveries.ts';
import { type RedriveReport, redrive } from '../../../lib/delivery/redrive/redrive.ts';
import type { RedriveResult } from '../../../lib/delivery/redrive/result.ts';
import { type RetryReport, retry } from '../../../lib/delivery/redrive/retry.ts';
import type { RedriveSelection } from '../../../lib/delivery/redrive/selection.ts';
import { createHttpClient } from '../../../lib/http/undici.ts';
import { createChannels } from '../../../lib/runtime/channels.ts';
import { tickGroups, watchedProject } from '../../../lib/runtime/tick/targets.ts';
import { StoreError } from '../../../lib/store/errors.ts';
import type { Item, Store } from '../../../lib/store/store.ts';
import type { LogEntry } from '../../../lib/telemetry/log.ts';
import { numberOf } from '../../support/number.ts';
import { STAMP } from '../../support/stamp.ts';
import { PROJECT_ID, type World } from '../../support/world.ts';

interface RedriveOptions extends RedriveSelection {
  readonly dryRun?: boolean;
  readonly store?: Store;
  readonly config?: Config;
  readonly log?: (entry: LogEntry) => void;
}

/** Sends dead letters of a world again, as the command does it. */
export async function redriveIn(world: World, options: RedriveOptions = {}): Promise<RedriveReport> {
  const { dryRun = false, store = world.store, config = world.config, log, ...selection } = options;
  const http = createHttpClient();
  try {
    return await redrive({
      projects: config.projects.map((project) => watchedProject(project, config, STAMP)),
      groups: tickGroups(config, STAMP),
      channels: await createChannels(config, http),
      store,
      log: log ?? (() => undefined),
      clock: world.clock,
      random: () => 0.5,
      budgetMs: 60_000,
      selection,
      dryRun,
    });
  } finally {
    await http.close();
  }
}

/** Tries what is pending in a world now, as the command does it. */
export async function retryIn(
  world: World,
  options: Pick<RedriveOptions, 'channel' | 'store' | 'config' | 'log'> = {},
): Promise<RetryReport> {
  const { channel, store = world.store, config = world.config, log } = options;
  const http = createHttpClient();
  try {
    return await retry({
      projects: config.projects.map((project) => watchedProject(project, config, STAMP)),
      groups: tickGroups(config, STAMP),
      channels: await createChannels(config, http),
      store,
      log: log ?? (() => undefined),
      clock: world.clock,
      random: () => 0.5,
      budgetMs: 60_000,
      ...(channel !== undefined && { channel }),
    });
  } finally {
    await http.close();
  }
}

/** The result for each dead letter, with the reason: `1 cutover delivered`, `2 ops skipped: it arrived meanwhile`. */
export function inShort({ results }: RedriveReport): string[] {
  return results.map(shortResult).toSorted();
}

function shortResult({ deadLetter: { event, channel }, kind, why }: RedriveResult): string {
  return `${numberOf(event)} ${channel} ${kind}${why === undefined ? '' : `: ${why}`}`;
}

export async function listIn(
  world: World,
  selection: ListSelection = {},
  held?: HeldUntil,
): Promise<KnownDelivery[]> {
  const inventory = await loadInventory(world.store, [PROJECT_ID]);
  return listDeliveries(inventory, world.config.projects, selection, held);
}

/** How each delivery stands: `1 cutover dead`. */
export async function statesIn(world: World, selection?: ListSelection): Promise<string[]> {
  const found = await listIn(world, selection);
  return Promise.all(
    found.map(async ({ eventId, channel, state }) => `${await numberIn(world, eventId)} ${channel} ${state}`),
  );
}

/** Every event is pending, a dead letter, or received. */
async function numberIn(world: World, eventId: string): Promise<number> {
  const { records, deadLetters } = await loadInventory(world.store, [PROJECT_ID]);
  const kept = [
    ...records.flatMap(({ record }) => record.outbox.map(({ event }) => event)),
    ...deadLetters.map(({ deadLetter }) => deadLetter.event),
  ];
  const bodies = Object.keys(world.config.channels).flatMap((name) => world.receiver.at(`/${name}`));
  const received = bodies.map(({ body }) => JSON.parse(body));
  return numberOf([...kept, ...received].find(({ id }) => id === eventId));
}

/** The numbers of the events that arrived at a webhook, refused ones included. */
export function numbersAt(world: World, channel: string): number[] {
  return world.receiver.at(`/${channel}`).map(({ body }) => numberOf(JSON.parse(body)));
}

/** Everything that is stored, to compare. */
export async function everythingIn({ store }: World): Promise<Item[]> {
  const partitions = [`project:${PROJECT_ID}`, 'watcher', 'dead', 'aside'];
  return (await Promise.all(partitions.map((partition) => store.load(partition)))).flat();
}

/** A store whose n-th save fails, before or after it was made; everything after it fails too, as when a process dies. */
export function dyingAt(
  store: Store,
  nth: number,
  ending: 'before' | 'after',
): { readonly store: Store; readonly fired: () => boolean } {
  let saves = 0;
  const isDead = (): boolean => saves >= nth;
  const unlessDead = <T>(work: () => Promise<T>): Promise<T> =>
    isDead() ? Promise.reject(new StoreError('unavailable', 'the process is gone')) : work();
  return {
    fired: isDead,
    store: {
      load: (partition) => unlessDead(() => store.load(partition)),
      get: (key) => unlessDead(() => store.get(key)),
      async save(item) {
        return unlessDead(async () => {
          saves += 1;
          if (isDead() && ending === 'before') throw new StoreError('unavailable', 'the process dies');
          const saved = await store.save(item);
          if (isDead()) throw new StoreError('unavailable', 'the process dies');
          return saved;
        });
      },
      close: async () => undefined,
    },
  };
}
