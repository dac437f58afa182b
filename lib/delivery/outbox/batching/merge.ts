import { defined } from '../../../base/defined.ts';
import type { MigrationEvent } from '../../../events/event.ts';
import type { Merged } from '../../../events/merged.ts';
import type { Delivery, OutboxEntry } from '../../../records/record.ts';
import { concernsEnding } from '../backoff/retry-policy.ts';
import { deliveryTo } from '../outbox.ts';
import { retractedBy } from '../retraction.ts';

/**
 * Events of one record that wait in full for one chat; the others are merged. The number shows the course of things,
 * and leaves programs their room in the outbox.
 */
const MOST_IN_FULL = 16;
/** The gravest events among those; the others are the newest. */
const GRAVEST_IN_FULL = 8;
/** There are fewer phases and types of events. The bound keeps a tampered record from growing. */
const MOST_KINDS = 40;
const LONGEST_KIND = 40;

/**
 * Merges waiting events for one chat, which gets them in one message anyway: each merged event is counted at the next
 * one that stays. The last event of each kind, retractions of sent events, the gravest and the newest ones stay in
 * full. Deliveries to other channels do not change.
 */
export function mergeEventsFor(outbox: readonly OutboxEntry[], channel: string): readonly OutboxEntry[] {
  const waiting = outbox.filter(({ deliveries }) => Object.hasOwn(deliveries, channel));
  if (waiting.length <= MOST_IN_FULL) return outbox;
  const kept = inFull(waiting, channel);
  let carried: Carried | undefined;
  return outbox.flatMap((entry) => {
    const { [channel]: delivery, ...others } = entry.deliveries;
    if (delivery === undefined || !Object.hasOwn(entry.deliveries, channel)) return [entry];
    if (kept.has(entry)) {
      const [deliveries, before] = [{ ...entry.deliveries }, carried];
      carried = undefined;
      return [
        before === undefined
          ? entry
          : { ...entry, deliveries: { ...deliveries, [channel]: taking(delivery, before) } },
      ];
    }
    carried = added(carried, entry.event, delivery);
    return Object.keys(others).length === 0 ? [] : [{ ...entry, deliveries: others }];
  });
}

/** The events merged so far, and among their deliveries the one with the most attempts. */
interface Carried {
  readonly merged: Merged;
  readonly tried: Delivery;
}

function added(before: Carried | undefined, event: MigrationEvent, delivery: Delivery): Carried {
  const own = joined(delivery.merged, mergedOf(event));
  const isTried = before === undefined || delivery.attempts > before.tried.attempts;
  return {
    merged: before === undefined ? own : joined(before.merged, own),
    tried: isTried ? delivery : before.tried,
  };
}

/** The wait for the next attempt goes on, because a new event is no reason to try a failing channel at once. */
function taking(delivery: Delivery, { merged, tried }: Carried): Delivery {
  const { attempts, nextAttemptAt, history, settings } =
    tried.attempts > delivery.attempts ? tried : delivery;
  return {
    ...delivery,
    ...defined({ attempts, nextAttemptAt, history, settings }),
    merged: delivery.merged === undefined ? merged : joined(merged, delivery.merged),
  };
}

/**
 * Merges one event into the next one that waits for the same chat.
 *
 * @returns the same outbox when the event does not wait for the chat, or no later event does
 */
export function mergeIntoNext(
  outbox: readonly OutboxEntry[],
  position: number,
  channel: string,
): readonly OutboxEntry[] {
  const entry = outbox[position];
  const next = outbox.findIndex(
    ({ deliveries }, index) => index > position && Object.hasOwn(deliveries, channel),
  );
  const target = outbox[next];
  const delivery = entry && deliveryTo(entry.deliveries, channel);
  const later = target && deliveryTo(target.deliveries, channel);
  if (entry === undefined || delivery === undefined || target === undefined || later === undefined) {
    return outbox;
  }
  const { [channel]: _merged, ...others } = entry.deliveries;
  const taken = taking(later, added(undefined, entry.event, delivery));
  return outbox
    .with(position, { ...entry, deliveries: others })
    .with(next, { ...target, deliveries: { ...target.deliveries, [channel]: taken } });
}

function inFull(waiting: readonly OutboxEntry[], channel: string): ReadonlySet<OutboxEntry> {
  const byKind = new Map(waiting.map((entry) => [kindOf(entry.event), entry]));
  const last = new Set(byKind.values());
  const retracted = new Set([...last].map(({ event }) => retractedBy(event)));
  // Requeued events stay in full, because somebody asked for them.
  const bound = waiting.filter(
    (entry) => last.has(entry) || retracted.has(entry.event.id) || isAskedFor(entry.deliveries[channel]),
  );
  const kept = new Set(bound);
  const fill = (most: number, candidates: readonly OutboxEntry[]): void => {
    for (const entry of candidates) if (kept.size < most) kept.add(entry);
  };
  const newest = waiting.toReversed();
  const room = Math.max(kept.size, MOST_IN_FULL);
  fill(
    Math.min(room, kept.size + GRAVEST_IN_FULL),
    newest.filter(({ event }) => isGrave(event)),
  );
  fill(room, newest);
  return kept;
}

function isAskedFor(delivery: Delivery | undefined): boolean {
  return delivery?.redrive !== undefined || delivery?.reminder === true;
}

function isGrave(event: MigrationEvent): boolean {
  return event.data.severity === 'failure' || concernsEnding(event);
}

/** Events of one kind say the same: a task came to the same phase, or the same announcement was made. */
function kindOf({ type, data: { to, group } }: MigrationEvent): string {
  return [type, to?.phase, group?.retracts?.type].join(' ');
}

/** One event as it is counted. */
function mergedOf({ type, time, data: { from, to } }: MigrationEvent): Merged {
  const kind = String(to?.phase ?? type).slice(0, LONGEST_KIND);
  return defined({
    events: 1,
    since: time,
    until: time,
    kinds: { [kind]: 1 },
    from: from?.status,
    to: to?.status,
  });
}

function joined(before: Merged | undefined, after: Merged): Merged {
  if (before === undefined) return after;
  const kinds = new Map(Object.entries(before.kinds));
  for (const [kind, times] of Object.entries(after.kinds)) {
    const known = kinds.has(kind) || kinds.size < MOST_KINDS ? kind : 'other';
    kinds.set(known, (kinds.get(known) ?? 0) + times);
  }
  const [from, to] = [before.from ?? after.from, after.to ?? before.to];
  return defined({
    events: before.events + after.events,
    since: before.since < after.since ? before.since : after.since,
    until: before.until > after.until ? before.until : after.until,
    kinds: Object.fromEntries(kinds),
    from,
    to,
  });
}

type Deliveries = readonly { readonly delivery: Delivery }[];

/** The sum of the events merged into these deliveries; nothing when all are in full. */
export function mergedIn(deliveries: Deliveries): Merged | undefined {
  return deliveries.reduce<Merged | undefined>(
    (sum, { delivery: { merged } }) => (merged === undefined ? sum : joined(sum, merged)),
    undefined,
  );
}

/** Events of these deliveries, merged ones included. */
export function countEvents(deliveries: Deliveries): number {
  return deliveries.length + (mergedIn(deliveries)?.events ?? 0);
}
