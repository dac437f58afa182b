import { randomUUID } from 'node:crypto';
import { eachAtMost } from '../../base/concurrency.ts';
import { loadRecord } from '../../records/records.ts';
import type { Log, LogEntry } from '../../telemetry/log.ts';
import type { ChannelBook } from '../channel-health.ts';
import type { HeldLetter } from '../dead-letters.ts';
import { type DeliverInput, deliver } from '../deliver.ts';
import { type AtRecord, putBackInto } from './requeue-records.ts';
import { type Aftermath, type Fate, fateOf, isOnItsWay, skipped, WHY_NOT } from './result.ts';
import type { Group } from './selection.ts';

export interface PassInput extends Omit<DeliverInput, 'owner' | 'book' | 'endsAt' | 'cancelsRemoved'> {
  /** How long the delivering of one pass may take. Milliseconds. */
  readonly patienceMs: number;
}

/** How many records are worked on at a time. */
const RECORDS_AT_ONCE = 16;

/** What became of the letters of one record in one pass. */
interface Passed {
  readonly fates: readonly Fate[];
  /** What there was no room for, if there is some now. */
  readonly left?: Group;
}

/**
 * Puts back what there is room for, delivers what is due there, and looks what became of it.
 *
 * @throws {StoreError}
 */
export async function pass(groups: readonly Group[], book: ChannelBook, input: PassInput): Promise<Passed[]> {
  const { store, clock, patienceMs } = input;
  const puts: [group: Group, at: AtRecord][] = [];
  await eachAtMost(RECORDS_AT_ONCE, groups, async (group) => {
    const now = new Date(clock.now());
    const at = await putBackInto(group.key, group.letters, { store, now, dryRun: false });
    logPutBack(at, input.log);
    puts.push([group, at]);
  });
  const records = puts.flatMap(([, { held, verdicts }]) =>
    held !== undefined && [...verdicts.values()].some(isOnItsWay) ? [held] : [],
  );
  const arrived = new Set<string>();
  const log = (entry: LogEntry): void => {
    noteArrivals(entry, arrived);
    input.log(entry);
  };
  const endsAt = clock.elapsed() + patienceMs;
  // Whoever sends letters again may do it with a part of the configuration: what is removed, a tick says.
  await deliver(records, { ...input, log, book, endsAt, owner: randomUUID(), cancelsRemoved: false });
  const passed: Passed[] = [];
  const mayTell = (name: string): boolean => {
    const channel = input.channels.get(name);
    return channel === undefined || book.mayTell(channel, new Date(clock.now()));
  };
  for (const [group, { verdicts }] of puts) {
    passed.push(await judge(group, verdicts, { store, arrived, mayTell }));
  }
  return passed;
}

function logPutBack({ verdicts }: AtRecord, log: Log): void {
  for (const [{ letter }, verdict] of verdicts) {
    const { channel, event, why, diedAt } = letter;
    if (verdict === 'put back') log({ kind: 'put_back', channel, eventId: event.id, why, diedAt });
  }
}

function noteArrivals(entry: LogEntry, arrived: Set<string>): void {
  if (entry.kind !== 'delivery' || entry.outcome !== 'delivered') return;
  for (const id of entry.eventIds) arrived.add(`${id} ${entry.channel}`);
}

async function judge(
  { key }: Group,
  verdicts: AtRecord['verdicts'],
  aftermath: Omit<Aftermath, 'record'>,
): Promise<Passed> {
  const record = (await loadRecord(aftermath.store, key))?.record;
  const fates: Fate[] = [];
  const waiting: HeldLetter[] = [];
  for (const [held, verdict] of verdicts) {
    if (verdict === 'no room') waiting.push(held);
    else if (isOnItsWay(verdict)) fates.push(await fateOf(held, { ...aftermath, record }));
    else fates.push(skipped(held, WHY_NOT[verdict]));
  }
  if (waiting.length === 0) return { fates };
  const isEmptier = fates.some(({ kind }) => kind === 'delivered' || kind === 'dead');
  if (isEmptier) return { fates, left: { key, letters: waiting } };
  return { fates: [...fates, ...waiting.map((held) => skipped(held, WHY_NOT['no room']))] };
}
