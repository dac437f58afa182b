import { compareText } from '../../../base/compare.ts';
import { pending, redriveCount } from '../../../delivery/outbox/outbox.ts';
import type { PendingDelivery } from '../../../delivery/outbox/types.ts';
import type { Inventory } from '../../../delivery/redrive/inventory.ts';
import type { MigrationEvent } from '../../../events/event.ts';
import type { SentEntry, WatchRecord } from '../../../migration/model/state.ts';
import { type HeldRecord, projectPartition, taskRecordId } from '../../../records/records.ts';

export const STATES = ['pending', 'dead', 'delivered'] as const;
export type DeliveryState = (typeof STATES)[number];

/** One attempt, as far as it is remembered. */
export interface KnownAttempt {
  readonly at: string;
  readonly class: string;
  readonly reason?: string;
  readonly status?: number;
  /** Milliseconds. */
  readonly ms?: number;
}

/** One event on its way to one channel, wherever that way ended. */
export interface KnownDelivery {
  readonly state: DeliveryState;
  readonly channel: string;
  readonly eventId: string;
  readonly type?: string;
  /** Of the event (ISO 8601, UTC). */
  readonly time?: string;
  readonly sequence?: string;
  /** The id of the task; of the project, for what concerns all its tasks. */
  readonly subject?: string;
  /** The name of what the event is about. */
  readonly task: string;
  readonly summary?: string;
  readonly attempts: number;
  /** The last attempts, newest last. */
  readonly history: readonly KnownAttempt[];
  /** How often it was put back after it was dead. */
  readonly redrives: number;
  /** How many more events it stands for: they are told with it as a sum. */
  readonly merged?: number;
  readonly why?: string;
  readonly diedAt?: string;
  readonly deliveredAt?: string;
  readonly nextAttemptAt?: string;
}

/** Which deliveries are meant; what is absent excludes nothing. */
export interface ListSelection {
  readonly channel?: string;
  readonly state?: DeliveryState;
  /** By the event's time if pending, by its end if dead or delivered. */
  readonly since?: Date;
}

/** What a project and its tasks are called in the configuration. */
export interface NamedProject {
  readonly id: string;
  readonly name?: string;
  readonly tasks: readonly { readonly id: string; readonly name?: string }[];
}

/** All known deliveries that are meant, in order of their events. */
export function listDeliveries(
  books: Inventory,
  projects: readonly NamedProject[],
  { channel, state, since }: ListSelection,
): KnownDelivery[] {
  return [...owedAndTold(books.records, projects), ...dead(books, projects)]
    .filter((one) => channel === undefined || one.channel === channel)
    .filter((one) => state === undefined || one.state === state)
    .filter((one) => since === undefined || Date.parse(decidingTime(one)) >= since.getTime())
    .toSorted((a, b) => compareText(orderOf(a), orderOf(b)));
}

function decidingTime({ diedAt, deliveredAt, time }: KnownDelivery): string {
  return diedAt ?? deliveredAt ?? time ?? '';
}

/** Of one channel what happened at the same time stays as it stands in the record: in order of sequence. */
function orderOf(one: KnownDelivery): string {
  return `${one.time ?? decidingTime(one)} ${one.channel}`;
}

function owedAndTold(records: readonly HeldRecord[], projects: readonly NamedProject[]): KnownDelivery[] {
  return records.flatMap((held) => [
    ...toldIn(held.record).map((told) => arrived(told, nameOf(held, projects))),
    ...pending(held.record).map((one) => owed(one, projects)),
  ]);
}

/** What an event was stands on one of its deliveries. */
function toldIn({ sent = [] }: WatchRecord): SentEntry[] {
  const known = new Map(sent.filter(({ time }) => time !== undefined).map((one) => [one.eventId, one]));
  return sent.map((one) => {
    const { type, time, summary } = known.get(one.eventId) ?? {};
    return { ...(type && { type }), ...(time && { time }), ...(summary && { summary }), ...one };
  });
}

function owed({ delivery, ...owed }: PendingDelivery, projects: readonly NamedProject[]): KnownDelivery {
  return { state: 'pending', ...described(owed, delivery, projects), nextAttemptAt: delivery.nextAttemptAt };
}

/** What was buried and is still owed is not dead yet, and what arrived nevertheless is not dead any more. */
function dead(
  { deadLetters: letters, records }: Inventory,
  projects: readonly NamedProject[],
): KnownDelivery[] {
  const known = new Set(
    records.flatMap(({ record }) => [...pending(record).map(keyOf), ...toldKeys(record)]),
  );
  return letters
    .map(({ letter }) => letter)
    .filter((letter) => !known.has(keyOf(letter)))
    .map((letter) => ({
      state: 'dead',
      ...described(letter, letter.delivery, projects),
      why: letter.why,
      diedAt: letter.diedAt,
    }));
}

function keyOf({ event, channel }: Pick<PendingDelivery, 'event' | 'channel'>): string {
  return `${event.id} ${channel}`;
}

function toldKeys({ sent = [] }: WatchRecord): string[] {
  return sent.map(({ eventId, channel }) => `${eventId} ${channel}`);
}

type Described = Omit<KnownDelivery, 'state'>;

function described(
  { event, channel }: Pick<PendingDelivery, 'event' | 'channel'>,
  delivery: PendingDelivery['delivery'],
  projects: readonly NamedProject[],
): Described {
  const { id, type, time, sequence, subject, data } = event;
  return {
    channel,
    eventId: id,
    type,
    time,
    sequence,
    subject,
    task: nameIn(event, projects),
    summary: data.summary,
    attempts: delivery.attempts,
    history: delivery.history,
    redrives: redriveCount(delivery),
    ...(delivery.merged !== undefined && { merged: delivery.merged.events }),
  };
}

/** What an event is about. What is said of a channel stands in the record of a project. */
function nameIn({ subject, data }: MigrationEvent, projects: readonly NamedProject[]): string {
  const project = data.project ?? projects.find(({ id }) => id === subject);
  return data.task?.name ?? project?.name ?? subject;
}

function arrived(told: SentEntry, task: string): KnownDelivery {
  const { channel, eventId, type, time, summary, attempts, at, status, ms } = told;
  const { before = [], redrives = 0 } = told;
  const last: KnownAttempt = {
    at,
    class: 'delivered',
    ...(status !== undefined && { status }),
    ...(ms !== undefined && { ms }),
  };
  return {
    state: 'delivered',
    channel,
    eventId,
    ...(type !== undefined && { type }),
    ...(time !== undefined && { time }),
    task,
    ...(summary !== undefined && { summary }),
    attempts,
    history: [...before, last],
    redrives,
    deliveredAt: at,
  };
}

/** An event that arrived is not kept, so what it was about is called by what its record knows. */
function nameOf({ key, record }: HeldRecord, projects: readonly NamedProject[]): string {
  const tasks = projects
    .filter(({ id }) => projectPartition(id) === key.partition)
    .flatMap(({ tasks }) => tasks);
  const named = tasks.find(({ id }) => taskRecordId(id) === key.id)?.name;
  return named ?? record.observation?.name ?? key.id.slice(key.id.indexOf(':') + 1);
}
