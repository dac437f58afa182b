import { compareText } from '../base/compare.ts';
import { eachAtMost } from '../base/concurrency.ts';
import type { Channel } from '../channels/channel.ts';
import type { MigrationEvent } from '../events/event.ts';
import {
  ACKNOWLEDGE_MS,
  mayBegin,
  type Owed,
  type Shift,
  type ShiftInput,
  tellTogether,
  WRITES_AT_ONCE,
} from './attempt.ts';
import type { PendingDelivery } from './outbox/outbox.ts';
import { needsReview, type Verdict } from './outbox/revalidation.ts';
import type { Desk } from './record-session.ts';

/** A receiver of webhooks takes several at a time; a chat is one conversation. */
const AT_ONCE = { webhook: 8, chat: 1 } as const;

/** What one channel does in one run, at its own pace. */
export interface Worker {
  /** Goes on: there may be something to tell. */
  wake(): void;
}

/** One piece of work: from these desks something is told. */
interface Job {
  readonly desks: readonly Desk[];
  tell(): Promise<void>;
}

/**
 * Tells one channel what the desks have for it, the oldest first, until there is nothing more. A program is told several
 * things at a time, a chat one after the other; from one desk never two at a time.
 *
 * @param track is given each piece of work as it begins
 */
export function createWorker(shift: Shift, track: (work: Promise<void>) => void): Worker {
  const { channel, session } = shift;
  const busy = new Set<Desk>();
  let running = 0;
  let queue: Owed[] = [];

  const waiting = (): Owed[] => waitingFor(shift).filter(({ desk }) => !busy.has(desk));

  const nextForChat = (): Job | undefined => {
    const group = nextMessage(waiting(), shift);
    return group && { desks: group.map(({ desk }) => desk), tell: () => tellTogether(group, shift) };
  };

  /** Of thousands nobody is asked more than once or twice what it has. */
  const nextForProgram = (): Job | undefined => {
    if (queue.length === 0) queue = waiting();
    for (let first = queue.shift(); first !== undefined; first = queue.shift()) {
      const { desk } = first;
      const owed = busy.has(desk) ? [] : desk.next(channel);
      if (owed.length === 0) continue;
      if (mayBegin(owed.length, shift)) return { desks: [desk], tell: () => tellInOrder(desk, shift) };
      sayWhatIsLate(shift);
    }
    return undefined;
  };

  const next = (): Job | undefined => {
    if (session.resting || running >= atOnce(shift)) return undefined;
    return channel.kind === 'chat' ? nextForChat() : nextForProgram();
  };

  const leaveIfIdle = async (): Promise<void> => {
    if (running === 0 && !shift.isOpening()) await leaveAll(shift);
  };

  const work = async ({ desks, tell }: Job): Promise<void> => {
    try {
      await tell();
    } finally {
      running -= 1;
      for (const desk of desks) busy.delete(desk);
    }
    begin();
    for (const desk of desks) if (desk.takeNews()) await shift.reopen(desk);
    await leaveIfIdle();
  };

  const begin = (): void => {
    for (let job = next(); job !== undefined; job = next()) {
      running += 1;
      for (const desk of job.desks) busy.add(desk);
      track(work(job));
    }
  };

  return {
    wake() {
      queue = [];
      begin();
      track(leaveIfIdle());
    },
  };
}

/** A channel that was broken is tried with one request, until that shows how it is. */
function atOnce({ channel, input }: Shift): number {
  return input.book.isTrial(channel) ? 1 : AT_ONCE[channel.kind];
}

function waitingFor({ channel, desks }: Shift): Owed[] {
  return [...desks()]
    .map((desk) => ({ desk, owed: desk.next(channel) }))
    .filter(({ owed }) => owed.length > 0)
    .sort((a, b) => compareText(a.owed[0]?.event.time ?? '', b.owed[0]?.event.time ?? ''));
}

/** Nobody waits for a channel that has nothing to do: what it did not come to is told by whoever comes next. */
async function leaveAll({ channel, desks }: Shift): Promise<void> {
  const all = [...desks()];
  for (const desk of all) desk.leave(channel.name);
  await eachAtMost(WRITES_AT_ONCE, all, (desk) => desk.giveBack());
}

function sayWhatIsLate({ channel, session, input }: Shift): void {
  if (session.isLate) return;
  session.isLate = true;
  input.log({ kind: 'deliveries_postponed', channel: channel.name, why: 'this run is nearly out of time' });
}

/** What is due from one desk, one after the other. What cannot be judged now waits, and all that is after it. */
async function tellInOrder(desk: Desk, shift: Shift): Promise<void> {
  const { channel, input } = shift;
  const next = () => desk.next(channel);
  let renewedId: string | undefined;
  for (let owed = next(); owed.length > 0 && mayBegin(owed.length, shift); owed = next()) {
    const [first] = owed;
    if (first !== undefined && !isLookedAt(first.event, input)) return desk.leave(channel.name);
    // What was renewed a moment ago was looked at a moment ago.
    const isFresh = first?.event.id === renewedId;
    const verdict = isFresh ? STANDS : await review(desk, owed, shift);
    if (verdict.kind === 'stands') await tellTogether([{ desk, owed }], shift);
    renewedId = verdict.kind === 'renewed' ? verdict.event.id : undefined;
    const isOpen = verdict.kind === 'unknown' || verdict.kind === 'overtaken';
    if (isOpen && next()[0]?.event.id === first?.event.id) return desk.leave(channel.name);
  }
}

/** Where a program may act on an event, its task is to be looked at first: its own time for that comes in each run. */
export function isLookedAt(event: MigrationEvent, { isLookedAt }: Pick<ShiftInput, 'isLookedAt'>): boolean {
  return !needsReview(event) || isLookedAt === undefined || isLookedAt(event);
}

/** So many tasks that change in one run are a storm: a chat gets them as one message. */
const STORM_FROM = 10;

/** What a chat is told next: of several tasks at once what belongs together, and storms; else the oldest. */
function nextMessage(waiting: readonly Owed[], shift: Shift): readonly Owed[] | undefined {
  const { channel, input } = shift;
  const fits = ({ owed }: Owed) => mayBegin(owed.length, shift);
  const many = input.book.isTrial(channel) ? [] : messagesForMany(channel, waiting);
  const group = many.find(([first]) => first !== undefined && fits(first));
  if (group !== undefined) return group;
  const alone = waiting.find(fits);
  if (alone === undefined && waiting.length > 0) sayWhatIsLate(shift);
  return alone && [alone];
}

function messagesForMany(channel: Channel, waiting: readonly Owed[]): readonly (readonly Owed[])[] {
  const byWord = Map.groupBy(waiting, ({ owed: [first] }) => first && wordOf(channel, first));
  return [...byWord].flatMap(([word, group]) => {
    const isEnough = group.length >= (word === undefined ? STORM_FROM : 2);
    return isEnough ? [group] : [];
  });
}

/** Reminders of one tick are one message. */
function wordOf(channel: Channel, { event, delivery }: PendingDelivery): string | undefined {
  return delivery.reminder ? 'reminder' : channel.together(event);
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
  if (first === undefined || !needsReview(first.event)) return STANDS;
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
    // A store that fails now leaves this one waiting, and nothing else.
    const seen = await lookAgain?.(owed.event, desk.record(), endsAt - ACKNOWLEDGE_MS).catch(() => undefined);
    if (seen === undefined) return verdict;
    verdict = await desk.review(owed, seen, kind);
    if (verdict.kind !== 'overtaken') return verdict;
  }
  return verdict;
}
