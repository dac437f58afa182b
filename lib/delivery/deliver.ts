import type { Channel } from '../channels/channel.ts';
import { eachAtMost } from '../concurrency.ts';
import type { BrokenChannel } from '../health.ts';
import type { MigrationEvent } from '../migration/event.ts';
import type { WatchRecord } from '../migration/record.ts';
import type { HeldRecord } from '../records.ts';
import { createDesk, type Desk, type DeskRun, type DeskTally } from './desk.ts';
import { nextToTell } from './digest.ts';
import { leasedUntil, released } from './lease.ts';
import { ACKNOWLEDGE_MS, type Session, type ShiftInput, WRITES_AT_ONCE } from './message.ts';
import { pending, sinceOf } from './outbox.ts';
import { sayWhatIsHeldBack, sayWhoHasLeases } from './quiet.ts';
import { routesOf } from './routes.ts';
import { tell } from './shift.ts';
import { silentIn } from './silent.ts';

export interface DeliverInput extends ShiftInput, Pick<DeskRun, 'store' | 'owner'> {
  readonly channels: ReadonlyMap<string, Channel>;
  /** What a run keeps of its passes: see {@link DeskRun}. */
  readonly unsettled?: DeskRun['unsettled'];
  /** Whether what is owed to channels that are not among these is cancelled; by default it is. */
  readonly cancelsRemoved?: boolean;
}

export interface DeliverSummary {
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

/** So often other channels are told, in the same run, what a second look for one of them noticed. */
const MOST_ROUNDS = 3;

/** A record from which something may be told. */
export interface Source extends HeldRecord {
  /** To no other channels than these. */
  readonly only?: ReadonlySet<string>;
  /** What is owed to these channels is not cancelled, whether they are configured or not. */
  readonly keeps?: ReadonlySet<string>;
}

/**
 * Tells what is due, from all records: channel by channel, so that none holds up another; each record's events in
 * order; each attempt acknowledged by its own write. Stops in time before the run ends; what stays is due again.
 */
export async function deliver(records: readonly Source[], input: DeliverInput): Promise<DeliverSummary> {
  const { channels, book, clock, endsAt } = input;
  const news = await book.takeNews(new Date(clock.now()));
  const owed = withNewest(records, news).filter(({ record }) => record.outbox.length > 0);
  const run = deskRun(input);
  const desks = owed.map(({ only, keeps, ...held }) =>
    createDesk(held, only === undefined ? keeping(run, keeps) : within(run, only)),
  );
  const sessions = new Map(
    [...channels.keys()].map((name): [string, Session] => [
      name,
      { resting: false, isWaiting: false, sent: 0 },
    ]),
  );
  sayWhatIsHeldBack(
    owed.map(({ record }) => record),
    input,
  );
  let busy = desks;
  for (let round = 0; round < MOST_ROUNDS && busy.length > 0; round += 1) {
    const open = await openDesks(busy, sessions, run, input);
    await Promise.all(
      [...channels.values()].map(async (channel) => {
        const session = sessions.get(channel.name);
        if (session !== undefined) await tell({ channel, desks: open, session, input });
      }),
    );
    const warning = await book.takeNews(new Date(clock.now()));
    const warned = warning === undefined ? [] : [createDesk(unclaimed(warning, run), run)];
    desks.push(...warned);
    const hasTime = clock.elapsed() + ACKNOWLEDGE_MS <= endsAt;
    busy = hasTime ? [...open.filter((desk) => desk.hasNews()), ...warned] : [];
  }

  const tallies = desks.map(({ tally }) => tally);
  const total = (count: (tally: DeskTally) => number) =>
    tallies.reduce((sum, tally) => sum + count(tally), 0);
  return {
    delivered: total(({ delivered }) => delivered),
    dead: total(({ dead }) => dead) + book.dead(),
    broken: book.broken(),
    silent: silentAfter(records, desks, input),
    failedRecords: total(({ failed }) => failed) + book.failed(),
    events: tallies.flatMap(({ events }) => events),
    ...owedBy(newestOfEach(desks)),
    ...leasesOfOthers(newestOfEach(desks), run),
  };
}

/** What was just written counts instead of what was read before. */
function withNewest(records: readonly Source[], newest: HeldRecord | undefined): readonly Source[] {
  if (newest === undefined) return records;
  const { partition, id } = newest.key;
  return [...records.filter(({ key }) => key.partition !== partition || key.id !== id), newest];
}

/** To the other channels nothing is told from there, nothing is cancelled, and at its deadline all of it is given up. */
function within(run: DeskRun, only: ReadonlySet<string>): DeskRun {
  return {
    ...run,
    isConfigured: () => true,
    blockedKind: (name) => (only.has(name) ? run.blockedKind(name) : 'webhook'),
  };
}

function keeping(run: DeskRun, keeps: ReadonlySet<string> = new Set()): DeskRun {
  return { ...run, isConfigured: (name, record) => keeps.has(name) || run.isConfigured(name, record) };
}

/** Channels of which the record that speaks for all says that some configuration has them. */
function isNamedIn({ partitions = {} }: WatchRecord, channel: string): boolean {
  return Object.values(partitions).some((channels) => Object.hasOwn(channels, channel));
}

/** What was read anew under our own lease may be out of date: the lease is taken once more, which shows it. */
function unclaimed(held: HeldRecord, { owner }: Pick<DeskRun, 'owner'>): HeldRecord {
  return held.record.lease?.owner === owner ? { ...held, record: released(held.record) } : held;
}

/** That a channel broke may come to a record that was worked on before: what stands there at last counts. */
function newestOfEach(desks: readonly Desk[]): Pick<HeldRecord, 'record'>[] {
  const byRecord = new Map(desks.map((desk) => [desk.name, desk.record()]));
  return [...byRecord.values()].map((record) => ({ record }));
}

/** Of all records, as they are now. A channel that is broken is not called silent as well. */
function silentAfter(
  records: readonly HeldRecord[],
  desks: readonly Desk[],
  { channels, book }: Pick<DeliverInput, 'channels' | 'book'>,
): readonly BrokenChannel[] {
  const newest = new Map([
    ...records.map(({ key, record }) => [`${key.partition} ${key.id}`, record] as const),
    ...desks.map((desk) => [desk.name, desk.record()] as const),
  ]);
  const broken = new Set(book.broken().map(({ channel }) => channel));
  return silentIn([...newest.values()], channels).filter(({ channel }) => !broken.has(channel));
}

function deskRun(input: DeliverInput): DeskRun {
  const { store, log, owner, endsAt, channels, book, clock, cancelsRemoved = true } = input;
  const { unsettled = new Set() } = input;
  const now = () => new Date(clock.now());
  return {
    store,
    log,
    owner,
    leftMs: () => endsAt - clock.elapsed(),
    now,
    unsettled,
    isConfigured: (name, record) => channels.has(name) || !cancelsRemoved || isNamedIn(record, name),
    routes: (event, record) => routesOf(event, record, channels),
    isChat: (name) => channels.get(name)?.kind === 'chat',
    blockedKind(name) {
      const channel = channels.get(name);
      return channel === undefined || book.mayTell(channel, now()) ? undefined : channel.kind;
    },
  };
}

/** Takes the leases of the records from which some channel can be told something now. */
async function openDesks(
  desks: readonly Desk[],
  sessions: ReadonlyMap<string, Session>,
  { blockedKind, now, owner, log }: DeskRun,
  { channels }: DeliverInput,
): Promise<Desk[]> {
  const able = [...channels.values()].filter(
    ({ name }) => blockedKind(name) === undefined && sessions.get(name)?.resting !== true,
  );
  const open: Desk[] = [];
  const leases: string[] = [];
  await eachAtMost(WRITES_AT_ONCE, desks, async (desk) => {
    const working = able.filter(
      ({ name, kind, settings }) =>
        !desk.isBlocked(name) && nextToTell(desk.record(), name, kind, now(), settings).length > 0,
    );
    const lease = leasedUntil(desk.record(), owner, now().getTime());
    if (lease !== undefined && working.length > 0) leases.push(lease);
    if (await desk.open(working.map(({ name }) => name))) open.push(desk);
  });
  sayWhoHasLeases(leases, log);
  return open;
}

function leasesOfOthers(
  records: readonly Pick<HeldRecord, 'record'>[],
  { owner, now }: Pick<DeskRun, 'owner' | 'now'>,
): Pick<DeliverSummary, 'leasedUntil'> {
  const leases = records.flatMap(({ record }) => leasedUntil(record, owner, now().getTime()) ?? []);
  const last = leases.toSorted().at(-1);
  return last === undefined ? {} : { leasedUntil: last };
}

/** How many deliveries are still owed in these records, and since when. */
export function owedBy(
  records: readonly Pick<HeldRecord, 'record'>[],
): Pick<DeliverSummary, 'pending' | 'pendingSince'> {
  const times = records.flatMap(({ record }) =>
    pending(record).map(({ event, delivery }) => Date.parse(sinceOf(delivery) ?? event.time)),
  );
  if (times.length === 0) return { pending: 0 };
  return { pending: times.length, pendingSince: times.reduce((a, b) => Math.min(a, b)) };
}
