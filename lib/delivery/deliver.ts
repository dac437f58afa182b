import { eachAtMost } from '../base/concurrency.ts';
import type { Channel } from '../channels/channel.ts';
import type { MigrationEvent } from '../events/event.ts';
import type { WatchRecord } from '../migration/model/state.ts';
import type { HeldRecord } from '../records/records.ts';
import type { BrokenChannel } from '../telemetry/health.ts';
import { ACKNOWLEDGE_MS, type ShiftInput, type WorkerContext, WRITES_AT_ONCE } from './attempt.ts';
import { createChannelWorker, isLookedAt } from './channel-worker.ts';
import { reportLeases, reportSuppressed } from './notices.ts';
import { nextBatch } from './outbox/batching/batching.ts';
import { leasedUntil, withoutLease } from './outbox/lease.ts';
import { pending, pendingSince } from './outbox/outbox.ts';
import { routesOf } from './outbox/routing.ts';
import {
  createRecordSession,
  type RecordSession,
  recordName,
  type SessionContext,
  type SessionTally,
} from './record-session.ts';
import { silentIn } from './silent.ts';

export interface DeliverInput extends ShiftInput, Pick<SessionContext, 'store' | 'owner'> {
  readonly channels: ReadonlyMap<string, Channel>;
  /** When the next run begins: it goes on with what is left. By {@link Clock.elapsed}. */
  readonly nextTickAt?: number;
  /** Whether what is owed to channels that are not among these is cancelled; by default it is. */
  readonly cancelsRemoved?: boolean;
}

export interface DeliverSummary {
  /** What arrived, and was acknowledged: what was not is still owed, and told again. */
  readonly delivered: number;
  readonly dead: number;
  /** Channels that are broken now. */
  readonly broken: readonly BrokenChannel[];
  /** Channels that are not, and take nothing for a while all the same. */
  readonly silent: readonly BrokenChannel[];
  /** How often a record could not be written. */
  readonly failedRecords: number;
  /** What is still owed in all records. */
  readonly pending: number;
  /**
   * Since when the oldest of that is owed: when it happened, or was put back after it was dead (milliseconds since the
   * epoch); absent when nothing is owed.
   */
  readonly pendingSince?: number;
  /** When all is free that other runs have leases of, who may be dead (ISO 8601); absent when nothing waits for that. */
  readonly leasedUntil?: string;
  /** What was noticed when events were looked at again, and stored. */
  readonly events: readonly MigrationEvent[];
}

/** A record from which something may be told. */
export interface DeliverableRecord extends HeldRecord {
  /** To no other channels than these. */
  readonly only?: ReadonlySet<string>;
  /** What is owed to these channels is not cancelled, whether they are configured or not. */
  readonly keeps?: ReadonlySet<string>;
}

/** Whom what is handed over is told: programs alone, or chats as well. */
export type Recipients = 'programs' | 'all';

/**
 * Tells what is due from records that are handed over one after the other: each channel at its own pace, so that none
 * holds up another; each record's events in order; each attempt acknowledged by its own write. Stops in time before the run
 * ends, or the next one begins; what stays is due again.
 */
export interface Delivery {
  /** Resolves when telling has begun. A record that was handed over before is looked at anew. */
  handOver(records: readonly DeliverableRecord[], listeners?: Recipients): Promise<void>;
  /** A record as it stands here, if it was handed over. */
  heldAt(key: HeldRecord['key']): HeldRecord | undefined;
  /** Nothing more is handed over. Resolves when everything is told that can be told in this run. */
  end(): Promise<DeliverSummary>;
}

/** However late in a run something is handed over, its telling may take so long. Milliseconds. */
export const TELLING_MS = 30_000;
/** Waits before acknowledgements that failed are tried once more. Milliseconds. */
const ACKNOWLEDGE_AGAIN_MS = [0, 1000, 3000];

export function startDelivery(input: DeliverInput): Delivery {
  const { channels, health, clock, endsAt, nextTickAt = endsAt } = input;
  const run = sessionContext(input);
  const sessions = new Map<string, RecordSession>();
  const works = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const leased = new Set<string>();
  /** Everything that was handed over, what owes nothing too. */
  const given = new Map<string, HeldRecord>();
  let handedOverAt = clock.elapsed();
  let opening = 0;
  let isFirst = true;
  let announcing = false;
  const isOver = () => clock.elapsed() + ACKNOWLEDGE_MS > endsAt;

  const track = (work: Promise<void>): void => {
    const tracked = work
      .catch((error: unknown) => void failures.push(error))
      .finally(() => works.delete(tracked));
    works.add(tracked);
  };
  const contexts = [...channels.values()].map(
    (channel): WorkerContext => ({
      channel,
      state: { resting: false, nextAt: 0, isLate: false },
      input,
      sessions: () => sessions.values(),
      isOpening: () => opening > 0,
      until: () => Math.min(endsAt, Math.max(nextTickAt, handedOverAt + TELLING_MS)),
      reopen: async (session) => (isOver() ? undefined : open([session], 'all')),
      broke() {
        if (announcing) return;
        announcing = true;
        track(Promise.all(works).then(announce));
      },
    }),
  );
  const workers = contexts.map((worker) => createChannelWorker(worker, track));

  /** Those that broke while others were on their way are told together. */
  async function announce(): Promise<void> {
    announcing = false;
    const news = isOver() ? undefined : await health.announceBroken(new Date(clock.now()));
    if (news === undefined) return;
    const isKnown = sessions.has(recordName(news.key));
    await open([sessionOf(isKnown ? news : unclaimed(news, run))], 'all');
  }

  function sessionOf({ only, keeps, ...held }: DeliverableRecord): RecordSession {
    const known = sessions.get(recordName(held.key));
    known?.renew(held);
    const session =
      known ?? createRecordSession(held, only === undefined ? keeping(run, keeps) : within(run, only));
    sessions.set(session.name, session);
    return session;
  }

  async function open(some: readonly RecordSession[], listeners: Recipients): Promise<void> {
    opening += 1;
    const leases: string[] = [];
    try {
      await eachAtMost(WRITES_AT_ONCE, some, async (session) => {
        const able = channelsFor(session, contexts, listeners);
        const lease = leasedUntil(session.record(), run.owner, clock.now());
        if (lease !== undefined && able.length > 0 && !leased.has(session.name)) {
          leased.add(session.name);
          leases.push(lease);
        }
        await session.open(able);
      });
    } finally {
      opening -= 1;
    }
    reportLeases(leases, input.log);
    for (const worker of workers) worker.wake();
  }

  return {
    heldAt: (key) => sessions.get(recordName(key))?.held(),

    async handOver(records, listeners = 'all') {
      const news = isFirst ? await health.announceBroken(new Date(clock.now())) : undefined;
      isFirst = false;
      const newest = withNewest(records, news);
      for (const held of newest) given.set(recordName(held.key), held);
      const owed = newest.filter(({ record }) => record.outbox.length > 0);
      if (owed.length === 0) return;
      handedOverAt = clock.elapsed();
      if (listeners === 'all') {
        reportSuppressed(
          owed.map(({ record }) => record),
          input,
        );
      }
      const opened = owed.map(sessionOf);
      // There is more time now, also for what there was too little for before.
      const isLate = contexts.some(({ state }) => state.isLate);
      await open(isLate ? [...sessions.values()] : opened, listeners);
    },

    async end() {
      while (works.size > 0) await Promise.race(works);
      await acknowledgeAgain([...sessions.values()], input);
      await health.savePaces(new Date(clock.now()));
      if (failures.length > 0) throw failures[0];
      const all = [...sessions.values()];
      const total = (count: (tally: SessionTally) => number) =>
        all.reduce((sum, { tally }) => sum + count(tally), 0);
      return {
        delivered: total(({ delivered }) => delivered),
        dead: total(({ dead }) => dead) + health.deadLetters(),
        broken: health.broken(),
        silent: silentAfter([...given.values()], all, input),
        failedRecords: total(({ failed }) => failed) + health.failedWrites(),
        events: all.flatMap(({ tally }) => tally.events),
        ...countPending(all.map((session) => session.held())),
        ...leasesOfOthers(all, run),
      };
    },
  };
}

/** What was just written counts instead of what was read before. */
function withNewest(
  records: readonly DeliverableRecord[],
  newest: HeldRecord | undefined,
): readonly DeliverableRecord[] {
  if (newest === undefined) return records;
  const name = recordName(newest.key);
  return [...records.filter(({ key }) => recordName(key) !== name), newest];
}

/** Of all records, as they are now. A channel that is broken is not called silent as well. */
function silentAfter(
  records: readonly HeldRecord[],
  sessions: readonly RecordSession[],
  { channels, health }: Pick<DeliverInput, 'channels' | 'health'>,
): readonly BrokenChannel[] {
  const newest = new Map([
    ...records.map(({ key, record }) => [recordName(key), record] as const),
    ...sessions.map((session) => [session.name, session.record()] as const),
  ]);
  const broken = new Set(health.broken().map(({ channel }) => channel));
  return silentIn([...newest.values()], channels).filter(({ channel }) => !broken.has(channel));
}

function leasesOfOthers(
  sessions: readonly RecordSession[],
  { owner, now }: Pick<SessionContext, 'owner' | 'now'>,
): Pick<DeliverSummary, 'leasedUntil'> {
  const leases = sessions.flatMap((session) => leasedUntil(session.record(), owner, now().getTime()) ?? []);
  const last = leases.toSorted().at(-1);
  return last === undefined ? {} : { leasedUntil: last };
}

/** Tells what is due from these records. */
export async function deliver(
  records: readonly DeliverableRecord[],
  input: DeliverInput,
): Promise<DeliverSummary> {
  const delivery = startDelivery(input);
  await delivery.handOver(records);
  return delivery.end();
}

/** Who can be told something from a record now. */
function channelsFor(
  session: RecordSession,
  contexts: readonly WorkerContext[],
  listeners: Recipients,
): string[] {
  return contexts.flatMap(({ channel, state, input }) => {
    const { name, audience } = channel;
    if (state.resting || session.isBlocked(name) || (audience === 'people' && listeners === 'programs'))
      return [];
    const [first] = nextBatch(session.record(), channel, new Date(input.clock.now()));
    return first !== undefined && (audience === 'people' || isLookedAt(first.event, input)) ? [name] : [];
  });
}

/** What was told and could not be acknowledged would be told again: it is tried once more before the run ends. */
async function acknowledgeAgain(
  sessions: readonly RecordSession[],
  { clock, endsAt }: DeliverInput,
): Promise<void> {
  let left = sessions.filter((session) => session.hasUnacknowledged());
  for (const waitMs of ACKNOWLEDGE_AGAIN_MS) {
    if (left.length === 0 || clock.elapsed() + waitMs + ACKNOWLEDGE_MS > endsAt) return;
    if (waitMs > 0) await clock.sleep(waitMs);
    await eachAtMost(WRITES_AT_ONCE, left, async (session) => void (await session.acknowledgeAgain()));
    left = left.filter((session) => session.hasUnacknowledged());
  }
}

/** To the other channels nothing is told from there, nothing is cancelled, and at its deadline all of it is given up. */
function within(run: SessionContext, only: ReadonlySet<string>): SessionContext {
  return {
    ...run,
    isConfigured: () => true,
    blockedAudience: (name) => (only.has(name) ? run.blockedAudience(name) : 'programs'),
  };
}

function keeping(run: SessionContext, keeps: ReadonlySet<string> = new Set()): SessionContext {
  return { ...run, isConfigured: (name, record) => keeps.has(name) || run.isConfigured(name, record) };
}

/** Channels of which the record that speaks for all says that some configuration has them. */
function isNamedIn({ partitions = {} }: WatchRecord, channel: string): boolean {
  return Object.values(partitions).some((channels) => Object.hasOwn(channels, channel));
}

/** What was read anew under our own lease may be out of date: the lease is taken once more, which shows it. */
function unclaimed(held: HeldRecord, { owner }: Pick<SessionContext, 'owner'>): HeldRecord {
  return held.record.lease?.owner === owner ? { ...held, record: withoutLease(held.record) } : held;
}

function sessionContext(input: DeliverInput): SessionContext {
  const { store, log, owner, endsAt, channels, health, clock, cancelsRemoved = true } = input;
  const now = () => new Date(clock.now());
  return {
    store,
    log,
    owner,
    leftMs: () => endsAt - clock.elapsed(),
    now,
    withStoredDeadLetters: new Set(),
    isConfigured: (name, record) => channels.has(name) || !cancelsRemoved || isNamedIn(record, name),
    routes: (event, record) => routesOf(event, record, channels),
    isForPeople: (name) => channels.get(name)?.audience === 'people',
    remindEvery: (name) => channels.get(name)?.remindEveryMs,
    blockedAudience(name) {
      const channel = channels.get(name);
      return channel === undefined || health.allows(channel, now()) ? undefined : channel.audience;
    },
  };
}

/** How many deliveries are still owed in these records, and since when. */
export function countPending(
  records: readonly Pick<HeldRecord, 'record'>[],
): Pick<DeliverSummary, 'pending' | 'pendingSince'> {
  const times = records.flatMap(({ record }) =>
    pending(record).map(({ event, delivery }) => Date.parse(pendingSince(delivery) ?? event.time)),
  );
  if (times.length === 0) return { pending: 0 };
  return { pending: times.length, pendingSince: times.reduce((a, b) => Math.min(a, b)) };
}
