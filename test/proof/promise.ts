import { createHash } from 'node:crypto';
import { pending } from '../../lib/delivery/outbox.ts';
import type { MigrationEvent } from '../../lib/migration/event.ts';
import { decodeRecord, type WatchRecord } from '../../lib/migration/record.ts';
import { canonicalStatus, GONE_STATUS } from '../../lib/migration/status.ts';
import type { Item } from '../../lib/store/store.ts';

/** What one case showed, in counts. Everything but `deliveries`, and duplicates within their bound, must be 0. */
export interface Verdict {
  /** Events of persisted changes, times the channels that were configured then. */
  readonly deliveries: number;
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
  /** Told changes that never were, in another order than they were, or that were not persisted. */
  readonly invented: number;
  /** One id with two bodies. */
  readonly changedBytes: number;
  /** Secrets in what was stored, sent or logged. */
  readonly leaks: number;
  /** Arrived, yet still owed when everything had calmed down. */
  readonly stuck: number;
}

/** One request as a receiver saw it. */
export interface Arrival {
  readonly channel: string;
  readonly kind: 'chat' | 'webhook';
  readonly run: number;
  readonly events: readonly MigrationEvent[];
  readonly body: string;
  readonly isTaken: boolean;
  readonly isAmbiguous: boolean;
}

interface Delivery {
  expected: boolean;
  /** Lies as a dead letter that nobody has put back. */
  isDead: boolean;
  /** Was dead at some time: then it may arrive after later ones. */
  hasDied: boolean;
  isCancelled: boolean;
  readonly arrivals: { readonly run: number; readonly isAmbiguous: boolean }[];
}

/** What a receiver has been told of one task. */
interface Told {
  /** The place in the task's history of what was told last. */
  place: number;
  status: string | undefined;
  sequence: number;
  /** False when an event in between became a dead letter: then the status told last says nothing about the next. */
  isGapless: boolean;
}

export interface PromiseInput {
  /** Names of the channels that are configured now; each wants every event. */
  channels(): readonly string[];
  /** All statuses that a task really had until now, in order. Nothing for what is no task. */
  history(subject: string): readonly string[] | undefined;
  /** The subject of the events of a record. */
  subjectOf(recordId: string): string;
  readonly canaries: readonly string[];
  /** Whether what is owed stands in the records, so that every single write can be held to account. */
  readonly hasOutbox: boolean;
}

/** The checks of the delivery promise. They see what is stored, sent and logged, and nothing of how it came about. */
export interface Promised {
  persisted(item: Item): void;
  /** The record that a later save builds on, as the checks know it. */
  record(recordId: string): WatchRecord | undefined;
  arrived(arrival: Arrival): void;
  logged(text: string): void;
  /** From now on, what this run had on its way may have to be repeated. */
  accident(run: number): void;
  owed(): number;
  /**
   * How many are dead and not listed, listed twice, or listed though they never died or surely arrived.
   *
   * @param listed what is listed as dead now: `task-1 2 cutover`
   */
  miscounted(listed: readonly string[]): number;
  verdict(): Verdict;
}

export function createPromised(input: PromiseInput): Promised {
  const { channels, history, subjectOf, canaries, hasOutbox } = input;
  const records = new Map<string, WatchRecord>();
  const recordOf = new Map<string, string>();
  const deliveries = new Map<string, Delivery>();
  const told = new Map<string, Told>();
  const bodies = new Map<string, string>();
  const accidents = new Set<number>();
  const counts = { outOfOrder: 0, lateRepeats: 0, invented: 0, changedBytes: 0, leaks: 0, vanished: 0 };

  const search = (text: string): void => {
    if (canaries.some((canary) => text.includes(canary))) counts.leaks += 1;
  };

  const deliveryOf = (subject: string, sequence: number, channel: string): Delivery => {
    const key = keyOf(subject, sequence, channel);
    const known = deliveries.get(key);
    if (known !== undefined) return known;
    const fresh = { expected: false, isDead: false, hasDied: false, isCancelled: false, arrivals: [] };
    deliveries.set(key, fresh);
    return fresh;
  };

  const isSettled = ({ isDead, isCancelled, arrivals }: Delivery): boolean =>
    isDead || isCancelled || arrivals.length > 0;

  /** Each new event is owed to every channel that is configured at this moment; that one broke, to the others. */
  const expectNew = (subject: string, before: WatchRecord | undefined, after: WatchRecord): string[] => {
    const from = before?.sequence ?? 0;
    const broken = Object.entries(after.channels ?? {}).filter(
      ([, { brokenSince }]) => brokenSince !== undefined,
    );
    const isAboutChannel = broken.some(
      ([name, { brokenSince }]) => before?.channels?.[name]?.brokenSince !== brokenSince,
    );
    const names = channels().filter((name) => !isAboutChannel || broken.every(([other]) => other !== name));
    const count = Math.max(0, after.sequence - from);
    const sequences = Array.from({ length: count }, (_, index) => from + index + 1);
    return sequences.flatMap((sequence) =>
      names.map((channel) => {
        deliveryOf(subject, sequence, channel).expected = true;
        return keyOf(subject, sequence, channel);
      }),
    );
  };

  /** Whatever a write does not owe any more, or not from the start, must have ended in one of the permitted ways. */
  const holdToAccount = (subject: string, before: WatchRecord | undefined, after: WatchRecord): void => {
    const fresh = expectNew(subject, before, after);
    if (!hasOutbox) return;
    const owed = new Set(keysOwed(subject, after));
    const owedBefore = before === undefined ? [] : keysOwed(subject, before);
    for (const key of [...owedBefore, ...fresh]) if (!owed.has(key)) justify(key);
    const known = new Set([...owedBefore, ...fresh]);
    for (const key of owed) if (!known.has(key)) putBack(key);
  };

  /** What is owed again was a dead letter, and must end anew. */
  const putBack = (key: string): void => {
    const delivery = deliveries.get(key);
    if (delivery?.isDead === true) delivery.isDead = false;
    else counts.invented += 1;
  };

  const justify = (key: string): void => {
    const delivery = deliveries.get(key);
    if (delivery === undefined || isSettled(delivery)) return;
    if (channels().includes(channelOf(key))) counts.vanished += 1;
    else delivery.isCancelled = true;
  };

  /** @param before what stands before it in the same message, a digest: told in order, acknowledged later */
  const checkOrder = (event: MigrationEvent, channel: string, before: readonly MigrationEvent[]): void => {
    const sequence = Number(event.sequence);
    const ofSubject = before.filter(({ subject }) => subject === event.subject);
    const inMessage = new Set(ofSubject.map((other) => Number(other.sequence)));
    const record = records.get(recordOf.get(event.subject) ?? '');
    const owed = (record === undefined ? [] : pending(record)).filter((one) => one.channel === channel);
    const isOwed = new Set(owed.map((one) => Number(one.event.sequence)));
    const isOpen = (earlier: number): boolean => {
      const delivery = deliveries.get(keyOf(event.subject, earlier, channel));
      // A run may be about to tell a later event when an earlier one is put back.
      if (delivery?.hasDied === true) return false;
      return isOwed.has(earlier) || (delivery?.expected === true && !isSettled(delivery));
    };
    const earlier = Array.from({ length: sequence - 1 }, (_, index) => index + 1);
    const overtakes = earlier.some((one) => !inMessage.has(one) && isOpen(one));
    if (overtakes || [...inMessage].some((one) => one > sequence)) counts.outOfOrder += 1;
  };

  const checkTruth = (event: MigrationEvent, channel: string): void => {
    const key = `${event.subject} ${channel}`;
    const sequence = Number(event.sequence);
    const last = told.get(key) ?? { place: -1, status: undefined, sequence: 0, isGapless: true };
    const { from, to } = event.data;
    const isGapless = last.isGapless && last.sequence === sequence - 1;
    if (isGapless && to !== undefined && from?.status !== last.status) counts.invented += 1;
    const place = to === undefined ? last.place : placeOf(to.status, history(event.subject), last.place);
    if (place === undefined) counts.invented += 1;
    told.set(key, {
      place: place ?? last.place,
      status: to?.status ?? last.status,
      sequence,
      isGapless: isGapless || to !== undefined,
    });
  };

  const checkBytes = (event: MigrationEvent, body: string): void => {
    const digest = createHash('sha256').update(body).digest('base64');
    const known = bodies.get(event.id);
    if (known !== undefined && known !== digest) counts.changedBytes += 1;
    bodies.set(event.id, known ?? digest);
  };

  const isLater = (event: MigrationEvent, channel: string): boolean =>
    (told.get(`${event.subject} ${channel}`)?.sequence ?? 0) > Number(event.sequence);

  const took = (event: MigrationEvent, arrival: Arrival): void => {
    const { channel, run, isAmbiguous } = arrival;
    const delivery = deliveryOf(event.subject, Number(event.sequence), channel);
    const isFirst = delivery.arrivals.length === 0;
    if (isLater(event, channel)) {
      if (!isFirst) counts.lateRepeats += 1;
      else if (!delivery.hasDied) counts.outOfOrder += 1;
    } else if (isFirst) checkTruth(event, channel);
    delivery.arrivals.push({ run, isAmbiguous });
  };

  const miscounted = (listed: readonly string[]): number => {
    const isListed = new Set(listed);
    const missing = [...deliveries].filter(
      ([key, { isDead, arrivals }]) => isDead && arrivals.length === 0 && !isListed.has(key),
    );
    const wrong = listed.filter((key) => {
      const delivery = deliveries.get(key);
      const surely = delivery?.arrivals.some((one) => !one.isAmbiguous && !accidents.has(one.run));
      return delivery?.isDead !== true || surely === true;
    });
    return missing.length + wrong.length + listed.length - isListed.size;
  };

  return {
    record: (id) => records.get(id),
    accident: (run) => void accidents.add(run),
    logged: search,

    persisted({ key, body }) {
      search(body);
      if (key.partition === 'dead') {
        const { event, channel, redrivenAt } = JSON.parse(body);
        const delivery = deliveryOf(event.subject, Number(event.sequence), channel);
        // That it was put back shows in its record.
        if (redrivenAt === undefined) delivery.isDead = true;
        delivery.hasDied = true;
      }
      if (!key.partition.startsWith('project:')) return;
      const decoded = decodeRecord(body);
      if (decoded.kind !== 'record') throw new Error(`${key.id} is unreadable: ${body}`);
      const subject = subjectOf(key.id);
      recordOf.set(subject, key.id);
      holdToAccount(subject, records.get(key.id), decoded.record);
      records.set(key.id, decoded.record);
    },

    arrived(arrival) {
      search(arrival.body);
      for (const [place, event] of arrival.events.entries()) {
        checkOrder(event, arrival.channel, arrival.events.slice(0, place));
        const known = deliveries.get(keyOf(event.subject, Number(event.sequence), arrival.channel));
        if (hasOutbox && known?.expected !== true) counts.invented += 1;
        if (arrival.kind === 'webhook') checkBytes(event, arrival.body);
        if (arrival.isTaken) took(event, arrival);
      }
    },

    owed: () => [...records.values()].reduce((sum, record) => sum + pending(record).length, 0),

    miscounted,

    verdict() {
      const all = [...deliveries.values()];
      const expected = all.filter((delivery) => delivery.expected);
      const extra = all.map(({ arrivals }) => Math.max(0, arrivals.length - 1));
      const reasons = all.map(
        ({ arrivals }) => arrivals.filter((one) => one.isAmbiguous || accidents.has(one.run)).length,
      );
      const owed = [...records].flatMap(([id, record]) => keysOwed(subjectOf(id), record));
      return {
        deliveries: expected.length,
        lost: counts.vanished + expected.filter((delivery) => !isSettled(delivery)).length,
        duplicates: sum(extra),
        most: Math.max(0, ...extra),
        unexplained: sum(extra.map((copies, index) => Math.max(0, copies - (reasons[index] ?? 0)))),
        outOfOrder: counts.outOfOrder,
        lateRepeats: counts.lateRepeats,
        invented: counts.invented,
        changedBytes: counts.changedBytes,
        leaks: counts.leaks,
        stuck: owed.filter((key) => (deliveries.get(key)?.arrivals.length ?? 0) > 0).length,
      };
    },
  };
}

export function keyOf(subject: string, sequence: number, channel: string): string {
  return `${subject} ${sequence} ${channel}`;
}

function channelOf(key: string): string {
  return key.slice(key.lastIndexOf(' ') + 1);
}

function keysOwed(subject: string, record: WatchRecord): string[] {
  return pending(record).map(({ event, channel }) => keyOf(subject, Number(event.sequence), channel));
}

/** Where in the history, after what was told last, the task was in this status; nothing if it never was. */
function placeOf(status: string, history: readonly string[] = [], after: number): number | undefined {
  const place = history.findIndex(
    (word, index) => index > after && canonicalStatus(word) === canonicalStatus(status),
  );
  return place === -1 ? undefined : place;
}

/** What a task that is not there is called in {@link PromiseInput.history}. */
export const MISSING = GONE_STATUS;

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
