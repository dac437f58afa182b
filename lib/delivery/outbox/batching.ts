import type { EventType, MigrationEvent, Standing } from '../../events/event.ts';
import { canonicalStatus } from '../../events/phase.ts';
import type { WatchRecord } from '../../migration/model/state.ts';
import { head, isDue, type PendingDelivery, pending } from './outbox.ts';
import { retractedBy } from './retraction.ts';
import type { Kind } from './retry-policy.ts';

/** From this many waiting messages of one task on, a chat gets them as one. */
const DIGEST_FROM = 4;
/** A task is flapping when it came to one status this often within the window. */
const FLAPS = 3;
const WINDOW_MS = 10 * 60_000;
/** A word comes and goes when it was said this often within this time: looks are too few for more in ten minutes. */
const COMINGS = 3;
const COMINGS_WINDOW_MS = 60 * 60_000;
/** What people may act on until it is taken back. */
const READY: ReadonlySet<EventType> = new Set(['dcs.migration.cutover_ready', 'dcs.group.ready']);
/** Words that are said and taken back, again and again where a figure is near its threshold or an API fails now and then. */
const COME_AND_GO: readonly (readonly [word: EventType, back: EventType])[] = [
  ['dcs.migration.cutover_ready', 'dcs.migration.cutover_unready'],
  ['dcs.group.ready', 'dcs.group.retracted'],
  ['dcs.watch.failing', 'dcs.watch.restored'],
];

/**
 * What a channel is to be told next from one record. Programs get every event as it comes, alone. A chat gets what one
 * look noticed as one message; when many messages wait, all of them as a digest; and hears of a flapping task at most
 * once in ten minutes, unless there is something new: what it was told before is no longer so, or the task came to where
 * it was not lately. Of a word that comes and goes it hears no more often, and at once when that takes back what it was
 * told; that the word has just come once more waits for its time.
 *
 * @param settings of the channel, where they are known: see {@link isDue}
 * @returns in order; empty when nothing is due
 */
export function nextBatch(
  record: WatchRecord,
  channel: string,
  kind: Kind,
  now: Date,
  settings?: string,
): readonly PendingDelivery[] {
  const { tell } = telling(record, channel, kind, now, settings);
  return tell;
}

/** What a chat is not told yet, and until when, because it goes to and fro; nothing when nothing is held back. */
export function suppressedFor(
  record: WatchRecord,
  channel: string,
  kind: Kind,
  now: Date,
  settings?: string,
): Suppressed | undefined {
  return telling(record, channel, kind, now, settings).heldBack;
}

export interface Suppressed {
  readonly waiting: readonly PendingDelivery[];
  /** ISO 8601, UTC. */
  readonly until: string;
}

interface Telling {
  readonly tell: readonly PendingDelivery[];
  readonly heldBack?: Suppressed;
}

function telling(
  record: WatchRecord,
  channel: string,
  kind: Kind,
  now: Date,
  settings: string | undefined,
): Telling {
  const first = head(record, channel);
  if (first === undefined || !isDue(first.delivery, now, settings)) return { tell: [] };
  if (kind === 'webhook') return { tell: [first] };
  const waiting = pending(record).filter((owed) => owed.channel === channel);
  const visits = recentVisits(record, now);
  const isFlapping = [...visits.values()].some((times) => times >= FLAPS);
  const wavering = waveringIn(record, channel, waiting, now);
  const isWavering = waiting.some(({ event }) => wavering.has(event.type));
  const isOld = ({ event }: PendingDelivery): boolean =>
    wavering.has(event.type) || (isFlapping && !isNews(event, visits));
  const lastTold = lastToldLately(record, channel, now);
  if (lastTold !== undefined && !takesBack(waiting) && waiting.every(isOld)) {
    return { tell: [], heldBack: { waiting, until: new Date(lastTold + WINDOW_MS).toISOString() } };
  }
  if (isWavering && waiting.every(isOld)) return { tell: withoutFreshHope(waiting, now) };
  const looks = new Set(waiting.map(({ event }) => event.time)).size;
  return { tell: isFlapping || isWavering || looks >= DIGEST_FROM ? waiting : ofOneLook(waiting) };
}

/** The words of which a channel heard, or is to hear, again and again, with what takes them back. */
function waveringIn(
  { told = [] }: WatchRecord,
  channel: string,
  waiting: readonly PendingDelivery[],
  now: Date,
): ReadonlySet<EventType> {
  const heard = told.filter((one) => one.channel === channel).map(({ type, at }) => ({ type, at }));
  const toHear = waiting.map(({ event: { type, time } }) => ({ type, at: time }));
  const words = [...heard, ...toHear].filter(({ at }) => isWithin(at, now, COMINGS_WINDOW_MS));
  const times = Map.groupBy(words, ({ type }) => type);
  const isOften = (type: EventType) => (times.get(type)?.length ?? 0) >= COMINGS;
  return new Set(COME_AND_GO.filter((pair) => pair.some(isOften)).flat());
}

/**
 * What a digest tells of a word that comes and goes: how it went, but not yet that it came once more, if that was just
 * now. It would have to be taken back at once, which would be a message more every time.
 */
function withoutFreshHope(waiting: readonly PendingDelivery[], now: Date): readonly PendingDelivery[] {
  const hope = waiting.findLastIndex(({ event }) => READY.has(event.type) && isWithin(event.time, now));
  return hope === waiting.length - 1 && waiting.length > 1 ? waiting.slice(0, -1) : waiting;
}

/** The events of one look have its time in common. */
function ofOneLook(waiting: readonly PendingDelivery[]): readonly PendingDelivery[] {
  const end = waiting.findIndex(({ event }) => event.time !== waiting[0]?.event.time);
  return end === -1 ? waiting : waiting.slice(0, end);
}

/** Whether something is among it that takes back what was told before: somebody may be acting on that. */
function takesBack(waiting: readonly PendingDelivery[]): boolean {
  const untold = new Set(waiting.map(({ event }) => event.id));
  return waiting.some(({ event }) => {
    const retracted = retractedBy(event);
    return retracted !== undefined && !untold.has(retracted);
  });
}

/**
 * How often a task came to each place within the window. A place is a status with its phase: while IP addresses are
 * switched the status stays what it was, and that is no flapping.
 */
function recentVisits({ timeline, standing }: WatchRecord, now: Date): ReadonlyMap<string, number> {
  const all = [...timeline, ...(standing === undefined ? [] : [standing])];
  const places = Map.groupBy(
    all.filter(({ since }) => isWithin(since, now)),
    placeOf,
  );
  return new Map([...places].map(([place, visits]) => [place, visits.length]));
}

function placeOf({ status, phase }: Pick<Standing, 'status' | 'phase'>): string {
  return `${canonicalStatus(status)} ${phase}`;
}

/** How an IP switch ended: nobody waits for that because the status goes to and fro. */
const ALWAYS_NEWS: ReadonlySet<EventType> = new Set([
  'dcs.migration.ip_switched',
  'dcs.migration.ip_rolled_back',
]);

/** Whether the task came somewhere for the first time in the window: a failure, an end. That is no part of the flapping. */
function isNews({ type, data }: MigrationEvent, visits: ReadonlyMap<string, number>): boolean {
  return ALWAYS_NEWS.has(type) || (data.to !== undefined && visits.get(placeOf(data.to)) === 1);
}

/** When the channel was last told something of the task, if that was within the window. */
function lastToldLately({ told = [] }: WatchRecord, channel: string, now: Date): number | undefined {
  const times = told.flatMap((one) =>
    one.channel === channel && isWithin(one.at, now) ? [Date.parse(one.at)] : [],
  );
  return times.length === 0 ? undefined : Math.max(...times);
}

/** A time that is ahead of ours (clocks differ) is no reason to wait. */
function isWithin(time: string, now: Date, windowMs = WINDOW_MS): boolean {
  const age = now.getTime() - Date.parse(time);
  return age >= 0 && age < windowMs;
}
