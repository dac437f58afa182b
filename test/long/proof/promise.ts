import { createHash } from 'node:crypto';
import type { Audience } from '../../../lib/channels/channel.ts';
import { mergedIn } from '../../../lib/delivery/outbox/batching/merge.ts';
import { pending } from '../../../lib/delivery/outbox/outbox.ts';
import type { MigrationEvent } from '../../../lib/events/event.ts';
import type { StoredRecord } from '../../../lib/records/record.ts';
import type { Item } from '../../../lib/store/store.ts';
import { jsonLine, textLine } from '../../../lib/telemetry/describe.ts';
import type { LogEntry } from '../../../lib/telemetry/log.ts';
import { numberOf } from '../../support/number.ts';
import { showsSecret } from './canaries.ts';
import { type Copy, channelOf, createLedger, type DeliveryKey, deliveryKey } from './ledger.ts';
import { createTruth, type History, isUpToDate } from './truth.ts';

/** What one case showed, in counts. Everything but `deliveries`, and duplicates within their bound, must be 0. */
export interface Findings {
  /** Events of persisted changes, times the channels that were configured then. */
  readonly deliveries: number;
  /** Deliveries that ended as dead letters. */
  readonly dead: number;
  /** Neither arrived, nor a dead letter, nor cancelled. */
  readonly lost: number;
  /** Copies beyond the first. */
  readonly duplicates: number;
  /** Copies beyond the first of the delivery that has most of them. */
  readonly most: number;
  /** Copies that no crash, stall, failed acknowledgement or ambiguous answer accounts for. */
  readonly unexplained: number;
  /** A later event was attempted, or arrived for the first time, before an earlier one was settled. */
  readonly outOfOrder: number;
  /** A copy of an earlier event that arrived after a later one: receivers drop it by its id. */
  readonly lateRepeats: number;
  /** Changes, stored or sent, that never happened, or in another order, or that were not stored. */
  readonly invented: number;
  /** One id with two bodies. */
  readonly changedBytes: number;
  /** Secrets in what was stored, sent or logged. */
  readonly leaks: number;
  /** Arrived, yet still pending when everything had calmed down. */
  readonly stuck: number;
  /** Writes that were acknowledged, and are not what the store holds. */
  readonly forgotten: number;
  /** Tasks whose present status is not known, when everything had calmed down. */
  readonly unseen: number;
}

/** One request as a receiver saw it. */
export interface SentMessage {
  readonly channel: string;
  readonly audience: Audience;
  readonly run: number;
  readonly events: readonly MigrationEvent[];
  readonly body: string;
  /** How often the receiver took it, and of how many of these the sender cannot know. */
  readonly taken: number;
  readonly unknown: number;
}

export interface PromiseInput {
  readonly tasks: readonly string[];
  /** Names of the channels that are configured now; each wants every event. */
  channels(): readonly string[];
  /** All statuses that a task really had until now, in order. Nothing for what is no task. */
  history(subject: string): History | undefined;
  /** The subject of the events of a record, and the other way round. */
  subjectOf(recordId: string): string;
  recordIdOf(subject: string): string;
  /** Whether the records hold pending deliveries, so that every single write can be checked. */
  readonly hasOutbox: boolean;
}

/**
 * The checks of the delivery promise. They see what is stored, sent and logged, and nothing of how it came about. Each is
 * made at the very step that could break it.
 */
export interface Promised {
  /** @returns the events that this write adds */
  persisted(item: Item): readonly MigrationEvent[];
  /** The record that a later save builds on, as the checks know it. */
  record(recordId: string): StoredRecord | undefined;
  /** The store does not hold what it acknowledged. */
  forgot(items: number): void;
  arrived(message: SentMessage): void;
  /** Text that must show no secret. */
  shown(text: string): void;
  logged(entry: LogEntry, now: Date): void;
  /** From now on, what this run had on its way may have to be repeated, once. */
  accident(run: number): void;
  /** Whether anything up to here breaks the promise, whatever comes. */
  isBroken(): boolean;
  /** Whether nothing is pending any more and the state of all tasks is known. */
  isCalm(): boolean;
  pending(): number;
  /** How wrong a list of dead letters is. @see Ledger.miscounted */
  miscounted(listed: readonly DeliveryKey[]): number;
  findings(): Findings;
}

/** As whom the records themselves hear of changes. */
const RECORDS = '(the records)';

export function createPromised(input: PromiseInput): Promised {
  const { tasks, channels, history, subjectOf, recordIdOf, hasOutbox } = input;
  const records = new Map<string, StoredRecord>();
  const bodies = new Map<string, string>();
  const ledger = createLedger();
  const truth = createTruth(history);
  /** What breaks the promise at the step that does it. */
  const breaches = { unexplained: 0, outOfOrder: 0, invented: 0, changedBytes: 0, leaks: 0, forgotten: 0 };
  const vanished = new Set<DeliveryKey>();
  let lateRepeats = 0;

  const shown = (text: string): void => {
    breaches.leaks += Number(showsSecret(text));
  };

  const unseen = (): number =>
    tasks.filter((task) => !isUpToDate(records.get(recordIdOf(task)), history(task) ?? [])).length;

  /** Each new event is pending for every channel configured at this moment; one about broken channels, for the others. */
  const expectNew = (
    subject: string,
    before: StoredRecord | undefined,
    after: StoredRecord,
  ): DeliveryKey[] => {
    const broken = brokenIn(after);
    const isAboutChannel = broken.some(
      ([key, announcedAt]) => before?.state.channels?.[key]?.announcedAt !== announcedAt,
    );
    const isBroken = (name: string) => broken.some(([key]) => key.startsWith(`${name} `));
    const names = channels().filter((name) => !isAboutChannel || !isBroken(name));
    const fresh = numbersAfter(before, after).flatMap((number) =>
      names.map((channel) => deliveryKey(subject, number, channel)),
    );
    for (const key of fresh) ledger.expect(key);
    return fresh;
  };

  /** A delivery that a write does not enqueue, or that is no longer pending after it, must have ended as permitted. */
  const holdToAccount = (subject: string, before: StoredRecord | undefined, after: StoredRecord): void => {
    const fresh = expectNew(subject, before, after);
    if (!hasOutbox) return;
    const pending = new Set(pendingKeys(subject, after));
    const known = new Set([...pendingKeys(subject, before), ...fresh]);
    const gone = [...known].filter((key) => !pending.has(key) && !ledger.isSettled(key));
    const merged = mergedBy(gone, { subject, before, after });
    for (const [key, into] of merged) ledger.merge(key, into);
    for (const key of gone.filter((one) => !merged.has(one))) justify(key);
    // A delivery that is pending again was a dead letter, and must end again.
    for (const key of pending) if (!known.has(key)) breaches.invented += Number(!ledger.requeue(key));
    const added = addedEvents(before, after);
    for (const event of added) breaches.invented += truth.hear(RECORDS, event);
    const sequences = [before?.sequence ?? 0, ...added.map(({ sequence }) => Number(sequence))];
    breaches.outOfOrder += sequences.slice(1).filter((one, index) => one <= (sequences[index] ?? 0)).length;
  };

  const justify = (key: DeliveryKey): void => {
    if (channels().includes(channelOf(key))) vanished.add(key);
    else ledger.cancel(key);
  };

  /** @param before what stands before it in the same message, a digest: sent in order, acknowledged later */
  const checkOrder = (event: MigrationEvent, channel: string, before: readonly MigrationEvent[]): void => {
    const { subject } = event;
    const number = numberOf(event);
    const inMessage = before.filter((other) => other.subject === subject).map(numberOf);
    const record = records.get(recordIdOf(subject));
    const pending = new Set(pendingKeys(subject, record));
    const isOpen = (earlier: number): boolean => {
      const key = ledger.bearerOf(deliveryKey(subject, earlier, channel));
      const isInMessage = [...inMessage, number].includes(sequenceIn(key));
      // A run may be about to send a later event when an earlier one is requeued.
      if (ledger.hasDied(key)) return false;
      return !isInMessage && (pending.has(key) || !ledger.isSettled(key));
    };
    const earlier = Array.from({ length: number - 1 }, (_, index) => index + 1);
    const overtakes = earlier.some(isOpen) || inMessage.some((one) => one > number);
    breaches.outOfOrder += Number(overtakes);
  };

  const checkBytes = ({ id }: MigrationEvent, body: string): void => {
    const digest = createHash('sha256').update(body).digest('base64');
    const known = bodies.get(id);
    breaches.changedBytes += Number(known !== undefined && known !== digest);
    bodies.set(id, known ?? digest);
  };

  const take = (event: MigrationEvent, channel: string, copy: Copy): void => {
    const key = deliveryKey(event.subject, numberOf(event), channel);
    const isFirst = !ledger.hasArrived(key);
    if (truth.lastHeard(channel, event.subject) > numberOf(event)) {
      if (!isFirst) lateRepeats += 1;
      else if (!ledger.hasDied(key)) breaches.outOfOrder += 1;
    } else if (isFirst) breaches.invented += truth.hear(channel, event);
    breaches.unexplained += ledger.arrive(key, copy);
  };

  const pendingNow = (): DeliveryKey[] =>
    [...records].flatMap(([id, record]) => pendingKeys(subjectOf(id), record));

  return {
    shown,
    forgot(items) {
      breaches.forgotten += items;
    },
    record: (id) => records.get(id),
    accident: ledger.accident,
    miscounted: ledger.miscounted,
    isBroken: () => vanished.size > 0 || Object.values(breaches).some((count) => count > 0),
    isCalm: () => pendingNow().length === 0 && unseen() === 0,
    pending: () => pendingNow().length,

    logged(entry, now) {
      shown(textLine(entry, now));
      shown(jsonLine(entry, now));
    },

    persisted({ key, nonce, body }) {
      for (const text of [key.partition, key.id, nonce, body]) shown(text);
      if (key.partition === 'dead') {
        const { event, channel, redrivenAt } = JSON.parse(body);
        const state = redrivenAt === undefined ? 'dead' : 'redriven';
        ledger.storeDeadLetter(deliveryKey(event.subject, numberOf(event), channel), state);
      }
      if (!/^(project:|watcher$)/.test(key.partition)) return [];
      const after = recordIn(body);
      const before = records.get(key.id);
      holdToAccount(subjectOf(key.id), before, after);
      records.set(key.id, after);
      return addedEvents(before, after);
    },

    arrived(message) {
      const { channel, audience, run, events, body, taken, unknown } = message;
      for (const [place, event] of events.entries()) {
        checkOrder(event, channel, events.slice(0, place));
        const isExpected = ledger.isExpected(deliveryKey(event.subject, numberOf(event), channel));
        if (hasOutbox && !isExpected) breaches.invented += 1;
        if (audience === 'programs') checkBytes(event, body);
        for (let copy = 1; copy <= taken; copy += 1)
          take(event, channel, { run, isAmbiguous: copy <= unknown });
      }
    },

    findings() {
      const lost = new Set([...vanished, ...ledger.open()]).size;
      const stuck = pendingNow().filter(ledger.hasArrived).length;
      return { ...ledger.totals(), ...breaches, lost, lateRepeats, stuck, unseen: unseen() };
    },
  };
}

/** A record as it is stored. */
export function recordIn(body: string): StoredRecord {
  return JSON.parse(body);
}

/** The channels that are broken, by name and settings, each with the time of the last announcement. */
function brokenIn({
  state: { channels = {} },
}: StoredRecord): [key: string, announcedAt: string | undefined][] {
  return Object.entries(channels).flatMap(
    ([key, { brokenSince, announcedAt }]): [string, string | undefined][] =>
      brokenSince === undefined ? [] : [[key, announcedAt]],
  );
}

/** The numbers of the events that a write adds. */
function numbersAfter(before: StoredRecord | undefined, after: StoredRecord): number[] {
  const from = before?.eventCount ?? 0;
  return Array.from({ length: Math.max(0, (after.eventCount ?? 0) - from) }, (_, index) => from + index + 1);
}

function addedEvents(before: StoredRecord | undefined, after: StoredRecord): MigrationEvent[] {
  const last = before?.eventCount ?? 0;
  return after.outbox.flatMap(({ event }) => (numberOf(event) > last ? [event] : []));
}

/**
 * Of what a write lets go, what it counts at a later delivery to the same channel instead: all of it, or else none, for
 * then something is missing in the sum.
 */
function mergedBy(
  gone: readonly DeliveryKey[],
  { subject, before, after }: { subject: string; before: StoredRecord | undefined; after: StoredRecord },
): ReadonlyMap<DeliveryKey, DeliveryKey> {
  const byChannel = Map.groupBy(gone, channelOf);
  return new Map(
    [...byChannel].flatMap(([channel, keys]): [DeliveryKey, DeliveryKey][] => {
      if (mergedTo(after, channel) - mergedTo(before, channel) !== keys.length) return [];
      const bearers = pending(after).filter((one) => one.channel === channel && one.delivery.merged);
      return keys.flatMap((key): [DeliveryKey, DeliveryKey][] => {
        const bearer = bearers.find(({ event }) => numberOf(event) > sequenceIn(key));
        return bearer === undefined ? [] : [[key, deliveryKey(subject, numberOf(bearer.event), channel)]];
      });
    }),
  );
}

/** The number of pending events for a channel that its record only counts. */
function mergedTo(record: StoredRecord | undefined, channel: string): number {
  const waiting = record === undefined ? [] : pending(record).filter((one) => one.channel === channel);
  return mergedIn(waiting)?.events ?? 0;
}

function sequenceIn(key: DeliveryKey): number {
  return Number(key.split(' ').at(-2));
}

function pendingKeys(subject: string, record: StoredRecord | undefined): DeliveryKey[] {
  if (record === undefined) return [];
  return pending(record).map(({ event, channel }) => deliveryKey(subject, numberOf(event), channel));
}
