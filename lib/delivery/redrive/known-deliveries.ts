import { compareText } from '../../base/compare.ts';
import { defined } from '../../base/defined.ts';
import type { Explanation } from '../../base/explanation.ts';
import type { EventFacts, MigrationEvent } from '../../events/event.ts';
import { projectPartition, taskRecordId } from '../../records/keys.ts';
import type { SentEntry, StoredRecord } from '../../records/record.ts';
import type { HeldRecord } from '../../records/records.ts';
import type { StoredDeadLetter } from '../dead-letters.ts';
import { type HeldBy, heldDeliveriesIn } from '../outbox/batching/quiet-time.ts';
import { deliveryName, pending, redriveCount } from '../outbox/outbox.ts';
import type { PendingDelivery, Recipient } from '../outbox/types.ts';
import type { Inventory } from './inventory.ts';

export const STATES = ['pending', 'dead', 'delivered'] as const;
export type DeliveryState = (typeof STATES)[number];

/** The stored facts of one attempt. */
export interface KnownAttempt {
  readonly at: string;
  readonly class: string;
  readonly reason?: string;
  /** The reason as codes. */
  readonly explanation?: Explanation;
  readonly status?: number;
  /** Milliseconds. */
  readonly ms?: number;
}

/** One event for one channel: pending, delivered or dead. */
export interface KnownDelivery {
  readonly state: DeliveryState;
  readonly channel: string;
  readonly eventId: string;
  readonly type?: string;
  /** The time of the event (ISO 8601, UTC). */
  readonly time?: string;
  readonly sequence?: string;
  /** The id of the task, or of the project for an event that concerns all its tasks. */
  readonly subject?: string;
  /** The name of the event's subject. */
  readonly task: string;
  readonly summary?: string;
  /** The facts behind the summary. */
  readonly facts?: EventFacts;
  readonly attempts: number;
  /** The last attempts, newest last. */
  readonly history: readonly KnownAttempt[];
  /** Times that it was requeued. */
  readonly redrives: number;
  /** Further events that were merged into it. */
  readonly merged?: number;
  readonly why?: string;
  readonly diedAt?: string;
  readonly deliveredAt?: string;
  readonly nextAttemptAt?: string;
  /** The end of the quiet hours or the mute that hold it (ISO 8601, UTC). */
  readonly heldUntil?: string;
  /** The hold that ends last. */
  readonly heldBy?: HeldBy;
}

/** Selects deliveries. An absent property selects all. */
export interface ListSelection {
  readonly channel?: string;
  readonly state?: DeliveryState;
  /** By the event's time if pending, by its end if dead or delivered. */
  readonly since?: Date;
}

/** A project and its tasks, with their names in the configuration. */
export interface NamedProject {
  readonly id: string;
  readonly name?: string;
  readonly tasks: readonly { readonly id: string; readonly name?: string }[];
}

/** The end of a hold (ISO 8601, UTC), and its kind. */
interface Hold {
  readonly heldUntil: string;
  readonly heldBy: HeldBy;
}

/** The pending deliveries of a record that are held, by their names. */
export type HeldUntil = (record: StoredRecord) => ReadonlyMap<string, Hold>;

/** @param channels as they are configured now, with their mutes */
export function heldUntil(channels: Iterable<Recipient>, now: Date): HeldUntil {
  const all = [...channels];
  return (record) =>
    new Map(
      all.flatMap((channel) => {
        const { held, until, by } = heldDeliveriesIn(record, channel, now) ?? {
          held: [],
          until: 0,
          by: 'mute',
        };
        const hold = { heldUntil: new Date(until).toISOString(), heldBy: by };
        return held.map(({ event }) => [deliveryName(event.id, channel.name), hold] as const);
      }),
    );
}

const NOTHING_HELD: HeldUntil = () => new Map();

/** All selected deliveries, in order of their events. */
export function listDeliveries(
  inventory: Inventory,
  projects: readonly NamedProject[],
  { channel, state, since }: ListSelection,
  heldIn = NOTHING_HELD,
): KnownDelivery[] {
  return [...pendingAndSent(inventory.records, projects, heldIn), ...dead(inventory, projects)]
    .filter((one) => channel === undefined || one.channel === channel)
    .filter((one) => state === undefined || one.state === state)
    .filter((one) => since === undefined || Date.parse(decidingTime(one)) >= since.getTime())
    .toSorted((a, b) => compareText(orderOf(a), orderOf(b)));
}

function decidingTime({ diedAt, deliveredAt, time }: KnownDelivery): string {
  return diedAt ?? deliveredAt ?? time ?? '';
}

/** Sorts by time and channel. Deliveries with both in common keep the order of the record, which is their sequence. */
function orderOf(one: KnownDelivery): string {
  return `${one.time ?? decidingTime(one)} ${one.channel}`;
}

function pendingAndSent(
  records: readonly HeldRecord[],
  projects: readonly NamedProject[],
  heldIn: HeldUntil,
): KnownDelivery[] {
  return records.flatMap((held) => {
    const holds = heldIn(held.record);
    const holdOn = ({ event, channel }: PendingDelivery) => holds.get(deliveryName(event.id, channel));
    return [
      ...sentIn(held.record).map((entry) => arrived(entry, nameOf(held, projects))),
      ...pending(held.record).map((one) => pendingDelivery(one, projects, holdOn(one))),
    ];
  });
}

/** Copies type, time and summary of an event to all its deliveries: the log keeps them with one alone. */
function sentIn({ sent = [] }: StoredRecord): SentEntry[] {
  const known = new Map(sent.filter(({ time }) => time !== undefined).map((one) => [one.eventId, one]));
  return sent.map((one) => {
    const { type, time, summary, facts } = known.get(one.eventId) ?? {};
    return defined({ type, time, summary, facts, ...one });
  });
}

function pendingDelivery(
  { delivery, ...addressed }: PendingDelivery,
  projects: readonly NamedProject[],
  hold: Hold | undefined,
): KnownDelivery {
  const { nextAttemptAt } = delivery;
  const { heldUntil, heldBy } = hold ?? {};
  const stage = defined<Stage>({ state: 'pending', nextAttemptAt, heldUntil, heldBy });
  return described(addressed, delivery, projects, stage);
}

/** Dead letters whose delivery is neither still pending nor has arrived nevertheless. */
export function deadIn({ deadLetters, records }: Inventory): readonly StoredDeadLetter[] {
  const known = new Set(records.flatMap(({ record }) => namesIn(record)));
  return deadLetters
    .map(({ deadLetter }) => deadLetter)
    .filter(({ event, channel }) => !known.has(deliveryName(event.id, channel)));
}

function dead(inventory: Inventory, projects: readonly NamedProject[]): KnownDelivery[] {
  return deadIn(inventory).map((deadLetter) => {
    const { why, diedAt } = deadLetter;
    return described(deadLetter, deadLetter.delivery, projects, { state: 'dead', why, diedAt });
  });
}

/** The state of a delivery, with the facts of that state. */
interface Stage {
  readonly state: DeliveryState;
  readonly why?: string;
  readonly diedAt?: string;
  readonly nextAttemptAt?: string;
  readonly heldUntil?: string;
  readonly heldBy?: HeldBy;
}

/** An event and its channel. */
interface Addressed {
  readonly event: MigrationEvent;
  readonly channel: string;
}

function namesIn(record: StoredRecord): string[] {
  return [
    ...pending(record).map(({ event, channel }) => deliveryName(event.id, channel)),
    ...(record.sent ?? []).map(({ eventId, channel }) => deliveryName(eventId, channel)),
  ];
}

function described(
  { event, channel }: Addressed,
  delivery: PendingDelivery['delivery'],
  projects: readonly NamedProject[],
  { state, why, diedAt, nextAttemptAt, heldUntil, heldBy }: Stage,
): KnownDelivery {
  const { id, type, time, sequence, subject, data } = event;
  return defined({
    state,
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
    merged: delivery.merged?.events,
    why,
    diedAt,
    nextAttemptAt,
    heldUntil,
    heldBy,
  });
}

/** The name of an event's subject. Events about a channel have the project as their subject. */
function nameIn({ subject, data }: MigrationEvent, projects: readonly NamedProject[]): string {
  const project = data.project ?? projects.find(({ id }) => id === subject);
  return data.task?.name ?? project?.name ?? subject;
}

function arrived(entry: SentEntry, task: string): KnownDelivery {
  const { channel, eventId, type, time, summary, facts, attempts, at, status, ms } = entry;
  const { before = [], redrives = 0 } = entry;
  const last: KnownAttempt = defined({ at, class: 'delivered', status, ms });
  return defined({
    state: 'delivered',
    channel,
    eventId,
    type,
    time,
    task,
    summary,
    facts,
    attempts,
    history: [...before, last],
    redrives,
    deliveredAt: at,
  });
}

/** The name of a subject whose event arrived, from its record: the event itself is not kept. */
function nameOf({ key, record }: HeldRecord, projects: readonly NamedProject[]): string {
  const tasks = projects
    .filter(({ id }) => projectPartition(id) === key.partition)
    .flatMap(({ tasks }) => tasks);
  const named = tasks.find(({ id }) => taskRecordId(id) === key.id)?.name;
  return named ?? record.state.observation?.name ?? key.id.slice(key.id.indexOf(':') + 1);
}
