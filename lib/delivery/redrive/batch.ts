import { randomUUID } from 'node:crypto';
import { AT_ONCE, eachAtMost } from '../../base/concurrency.ts';
import { loadRecord } from '../../records/records.ts';
import type { Log, LogEntry } from '../../telemetry/log.ts';
import type { ChannelHealth } from '../channel-health.ts';
import type { DeliveryContext } from '../context.ts';
import type { HeldDeadLetter } from '../dead-letters.ts';
import { deliver } from '../deliver.ts';
import { type RequeuedRecord, requeueIntoRecord } from './requeue-records.ts';
import { type AfterDelivery, isOnItsWay, type RedriveResult, resultOf, skipped, WHY_NOT } from './result.ts';
import type { RecordDeadLetters } from './selection.ts';

export interface BatchInput extends Omit<DeliveryContext, 'owner' | 'health' | 'endsAt' | 'cancelRemoved'> {
  /** How long the delivering of one pass may take. Milliseconds. */
  readonly patienceMs: number;
}

/** What became of the letters of one record in one pass. */
interface Passed {
  readonly results: readonly RedriveResult[];
  /** What there was no room for, if there is some now. */
  readonly left?: RecordDeadLetters;
}

/**
 * Puts back what there is room for, delivers what is due there, and looks what became of it.
 *
 * @throws {StoreError}
 */
export async function redriveBatch(
  groups: readonly RecordDeadLetters[],
  health: ChannelHealth,
  input: BatchInput,
): Promise<Passed[]> {
  const { store, clock, patienceMs } = input;
  const puts: [group: RecordDeadLetters, at: RequeuedRecord][] = [];
  await eachAtMost(AT_ONCE.records, groups, async (group) => {
    const now = new Date(clock.now());
    const at = await requeueIntoRecord(group.key, group.letters, { store, now, dryRun: false });
    logPutBack(at, input.log);
    puts.push([group, at]);
  });
  const records = puts.flatMap(([, { held, outcomes }]) =>
    held !== undefined && [...outcomes.values()].some(isOnItsWay) ? [held] : [],
  );
  const arrived = new Set<string>();
  const log = (entry: LogEntry): void => {
    noteArrivals(entry, arrived);
    input.log(entry);
  };
  const endsAt = clock.elapsed() + patienceMs;
  // Whoever sends letters again may do it with a part of the configuration: what is removed, a tick says.
  await deliver(records, { ...input, log, health, endsAt, owner: randomUUID(), cancelRemoved: false });
  const passed: Passed[] = [];
  const mayTell = (name: string): boolean => {
    const channel = input.channels.get(name);
    return channel === undefined || health.allows(channel, new Date(clock.now()));
  };
  for (const [group, { outcomes }] of puts) {
    passed.push(await judge(group, outcomes, { store, arrived, mayTell }));
  }
  return passed;
}

function logPutBack({ outcomes }: RequeuedRecord, log: Log): void {
  for (const [{ letter }, outcome] of outcomes) {
    const { channel, event, why, diedAt } = letter;
    if (outcome === 'requeued') log({ kind: 'put_back', channel, eventId: event.id, why, diedAt });
  }
}

function noteArrivals(entry: LogEntry, arrived: Set<string>): void {
  if (entry.kind !== 'delivery' || entry.outcome !== 'delivered') return;
  for (const id of entry.eventIds) arrived.add(`${id} ${entry.channel}`);
}

async function judge(
  { key }: RecordDeadLetters,
  outcomes: RequeuedRecord['outcomes'],
  aftermath: Omit<AfterDelivery, 'record'>,
): Promise<Passed> {
  const record = (await loadRecord(aftermath.store, key))?.record;
  const results: RedriveResult[] = [];
  const waiting: HeldDeadLetter[] = [];
  for (const [held, outcome] of outcomes) {
    if (outcome === 'no room') waiting.push(held);
    else if (isOnItsWay(outcome)) results.push(await resultOf(held, { ...aftermath, record }));
    else results.push(skipped(held, WHY_NOT[outcome]));
  }
  if (waiting.length === 0) return { results };
  const isEmptier = results.some(({ kind }) => kind === 'delivered' || kind === 'dead');
  if (isEmptier) return { results, left: { key, letters: waiting } };
  return { results: [...results, ...waiting.map((held) => skipped(held, WHY_NOT['no room']))] };
}
