import type { Channel } from '../channels/channel.ts';
import { eachAtMost } from '../concurrency.ts';
import type { Desk } from './desk.ts';
import {
  ACKNOWLEDGE_MS,
  mayBegin,
  type Owed,
  type Shift,
  type ShiftInput,
  tellTogether,
  WRITES_AT_ONCE,
} from './message.ts';
import type { PendingDelivery } from './outbox.ts';
import { needsReview, type Verdict } from './review.ts';

/** A receiver of webhooks takes several at a time; a chat is one conversation. */
const AT_ONCE = { webhook: 8, chat: 1 } as const;

/** Everything that one channel is to be told from these desks, the oldest first. */
export async function tell(shift: Shift): Promise<void> {
  const { channel, desks, session, input } = shift;
  // A channel that was broken is tried at one desk after the other, until one attempt shows how it is.
  for (const { desk } of input.book.isTrial(channel) ? waitingFor(shift) : []) {
    if (session.resting || !input.book.isTrial(channel)) break;
    await tellInOrder(desk, shift);
  }
  const waiting = waitingFor(shift);
  const postponed = new Set<Desk>();
  for (const group of messagesForMany(channel, waiting)) {
    for (const { desk } of await tellTogether(group, shift)) postponed.add(desk);
  }
  const alone = waiting.filter(({ desk }) => !postponed.has(desk));
  await eachAtMost(AT_ONCE[channel.kind], alone, ({ desk }) => tellInOrder(desk, shift));
  const left = desks.some((desk) => desk.next(channel).length > 0);
  if (left && !session.resting && !session.isWaiting) {
    input.log({ kind: 'deliveries_postponed', channel: channel.name, why: 'this run is nearly out of time' });
  }
  await eachAtMost(WRITES_AT_ONCE, desks, (desk) => desk.leave(channel.name));
}

function waitingFor({ channel, desks }: Shift): readonly Owed[] {
  return desks
    .map((desk) => ({ desk, owed: desk.next(channel) }))
    .filter(({ owed }) => owed.length > 0)
    .sort((a, b) => compare(a.owed[0]?.event.time, b.owed[0]?.event.time));
}

/** What is due from one desk, one after the other. What cannot be judged now waits, and all that is after it. */
async function tellInOrder(desk: Desk, shift: Shift): Promise<void> {
  const { channel, session } = shift;
  const next = () => desk.next(channel);
  let renewedId: string | undefined;
  for (let owed = next(); owed.length > 0 && mayBegin(owed.length, shift); owed = next()) {
    // What was renewed a moment ago was looked at a moment ago.
    const isFresh = owed[0]?.event.id === renewedId;
    const verdict = isFresh ? STANDS : await review(desk, owed, shift);
    if (verdict.kind === 'stands') await tellTogether([{ desk, owed }], shift);
    renewedId = verdict.kind === 'renewed' ? verdict.event.id : undefined;
    const isOpen = verdict.kind === 'unknown' || verdict.kind === 'overtaken';
    if (!isOpen || next()[0]?.event.id !== owed[0]?.event.id) continue;
    session.isWaiting = true;
    return;
  }
}

function compare(a = '', b = ''): number {
  return a < b ? -1 : Number(a > b);
}

/** So many tasks that change in one run are a storm: a chat gets them as one message. */
const STORM_FROM = 10;

/** What a chat is told of several tasks at once: what belongs together, and storms. */
function messagesForMany(channel: Channel, waiting: readonly Owed[]): readonly (readonly Owed[])[] {
  if (channel.kind !== 'chat') return [];
  const byWord = Map.groupBy(waiting, ({ owed: [first] }) => first && channel.together(first.event));
  return [...byWord].flatMap(([word, group]) => {
    const isEnough = group.length >= (word === undefined ? STORM_FROM : 2);
    return isEnough ? [group] : [];
  });
}

const STANDS: Verdict = { kind: 'stands' };

/**
 * What a program may act on is looked at again right before it is sent. People get everything in order, and with it what
 * takes it back.
 */
async function review(
  desk: Desk,
  [first]: readonly PendingDelivery[],
  { channel, input }: Shift,
): Promise<Verdict> {
  if (first === undefined || channel.kind === 'chat' || !needsReview(first.event)) return STANDS;
  const { event } = first;
  const { name } = channel;
  const verdict = await verdictOn(first, desk, channel.kind, input);
  if (verdict.kind === 'unknown' || verdict.kind === 'overtaken') {
    const why = `event ${event.id} could not be looked at again`;
    input.log({ kind: 'deliveries_postponed', channel: name, why });
  }
  if (verdict.kind === 'untrue') {
    const { attempts } = first.delivery;
    input.log({ kind: 'withdrawn', channel: name, eventId: event.id, why: verdict.why, attempts });
  }
  if (verdict.kind === 'renewed') {
    input.log({ kind: 'renewed', channel: name, eventId: event.id, renewedId: verdict.event.id });
  }
  return verdict;
}

/** So often a look that was overtaken by another one is made anew. */
const MOST_LOOKS = 3;

async function verdictOn(
  owed: PendingDelivery,
  desk: Desk,
  kind: Channel['kind'],
  { lookAgain, endsAt }: ShiftInput,
): Promise<Verdict> {
  let verdict: Verdict = { kind: 'unknown' };
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const seen = await lookAgain?.(owed.event, desk.record(), endsAt - ACKNOWLEDGE_MS);
    if (seen === undefined) return verdict;
    verdict = await desk.review(owed, seen, kind);
    if (verdict.kind !== 'overtaken') return verdict;
  }
  return verdict;
}
