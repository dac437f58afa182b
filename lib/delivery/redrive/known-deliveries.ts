import { compareText } from '../../base/compare.ts';
import { defined } from '../../base/defined.ts';
import type { Explanation } from '../../base/explanation.ts';
import type { EventFacts, MigrationEvent } from '../../events/event.ts';
import { projectPartition, taskRecordId } from '../../records/keys.ts';
import type { SentEntry, StoredRecord } from '../../records/record.ts';
import type { HeldRecord } from '../../records/records.ts';
import type { StoredDeadLetter } from '../dead-letters.ts';
import { type HeldBy, heldFor } from '../outbox/batching/quiet-time.ts';
import { deliveryName, pending, redriveCount } from '../outbox/outbox.ts';
import type { PendingDelivery, Recipient } from '../outbox/types.ts';
import type { Inventory } from './inventory.ts';

export const STATES = ['pending', 'dead', 'delivered'] as const;
export type DeliveryState = (typeof STATES)[number];

/** One attempt, as far as the record has it. */
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

/** One event on its way to one channel, wherever that way ended. */
export interface KnownDelivery {
  readonly state: DeliveryState;
  readonly channel: string;
  readonly eventId: string;
  readonly type?: string;
  /** The time of the event (ISO 8601, UTC). */
  readonly time?: string;
  readonly sequence?: string;
  /** The id of the task; of the project, for what concerns all its tasks. */
  readonly subject?: string;
  /** The name of what the event is about. */
  readonly task: string;
  readonly summary?: string;
  /** The facts behind the summary. */
  readonly facts?: EventFacts;
  readonly attempts: number;
  /** The last attempts, newest last. */
  readonly history: readonly KnownAttempt[];
  /** How often it was requeued after it was dead. */
  readonly redrives: number;
  /** How many more events it stands for: they are sent with it as a sum. */
  readonly merged?: number;
  readonly why?: string;
  readonly diedAt?: string;
  readonly deliveredAt?: string;
  readonly nextAttemptAt?: string;
  /** Quiet hours or a mute hold it until then (ISO 8601, UTC). */
  readonly heldUntil?: string;
  /** The one of them that ends last. */
  readonly heldBy?: HeldBy;
}

/** The deliveries that are meant; an absent property excludes none. */
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

/** Until when a delivery is held (ISO 8601, UTC), and by what. */
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
        const { held, until, by } = heldFor(record, channel, now) ?? { held: [], until: 0, by: 'mute' };
        const hold = { heldUntil: new Date(until).toISOString(), heldBy: by };
        return held.map(({ event }) => [deliveryName(event.id, channel.name), hold] as const);
      }),
    );
}

const NOTHING_HELD: HeldUntil = () => new Map();

/** All known deliveries that are meant, in order of their events. */
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

/** Deliveries to one channel at the same time stay in the order of the record: that of their sequence. */
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

/** Type, time and summary of an event stand on one of its deliveries alone. */
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

/** A dead letter that is still pending is not dead yet, and one that arrived nevertheless is not dead any more. */
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

/** How far a delivery has come. */
interface Stage {
  readonly state: DeliveryState;
  readonly why?: string;
  readonly diedAt?: string;
  readonly nextAttemptAt?: string;
  readonly heldUntil?: string;
  readonly heldBy?: HeldBy;
}

/** An event and the channel that it goes to. */
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

/** The name of an event's subject. Events about a channel stand in the record of a project. */
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

/** The name of a subject whose event arrived: the event is not kept, so its record has to know it. */
function nameOf({ key, record }: HeldRecord, projects: readonly NamedProject[]): string {
  const tasks = projects
    .filter(({ id }) => projectPartition(id) === key.partition)
    .flatMap(({ tasks }) => tasks);
  const named = tasks.find(({ id }) => taskRecordId(id) === key.id)?.name;
  return named ?? record.state.observation?.name ?? key.id.slice(key.id.indexOf(':') + 1);
}
