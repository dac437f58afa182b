import { randomUUID } from 'node:crypto';
import { type ChannelBook, openChannelBook, speakerOf } from '../delivery/channel-book.ts';
import { type HeldLetter, nextLetter, type StoredLetter } from '../delivery/dead-letters.ts';
import { type DeliverInput, deliver } from '../delivery/deliver.ts';
import { owedTo } from '../delivery/outbox.ts';
import type { LogEntry } from '../log.ts';
import type { WatchedProject } from '../migration/project.ts';
import { newRecord } from '../migration/record.ts';
import { loadRecord, projectPartition, projectRecordId, readRecord, taskRecordId } from '../records.ts';
import type { ItemKey } from '../store/store.ts';
import { loadDead } from './books.ts';
import { type AtRecord, putBackInto, type Verdict } from './put-back.ts';

/** Which dead letters are meant; what is absent excludes nothing. */
export interface RedriveSelection {
  readonly channel?: string;
  /** By the time of death. */
  readonly since?: Date;
  readonly until?: Date;
}

export interface RedriveInput extends Omit<DeliverInput, 'owner' | 'book'> {
  /** The projects of the configuration. */
  readonly projects: readonly WatchedProject[];
  readonly selection: RedriveSelection;
  /** Says what would be done, and writes and sends nothing. */
  readonly dryRun: boolean;
}

/**
 * What became of a letter: `delivered` · `pending` (put back, and due in the next tick) · `dead` (it died again) ·
 * `possible` (a dry run would have put it back) · `skipped`.
 */
export interface Fate {
  readonly letter: StoredLetter;
  readonly kind: 'delivered' | 'pending' | 'dead' | 'possible' | 'skipped';
  /** In words, where there is something to say. */
  readonly why?: string;
}

export interface RedriveReport {
  readonly fates: readonly Fate[];
  /** Dead letters that could not be read, one line each. */
  readonly problems: readonly string[];
}

/**
 * Sends dead letters again: each is put back into its record, in its place, and what is due there is delivered at once,
 * as in a tick. Same event, same id, same bytes; what arrived meanwhile is not sent. Repeating it, interrupted or not,
 * makes no further copy.
 *
 * @throws {StoreError}
 */
export async function redrive(input: RedriveInput): Promise<RedriveReport> {
  const { letters, unreadable } = await loadDead(input.store);
  const fates = new Map<HeldLetter, Fate>();
  const byRecord = new Map<string, Group>();
  for (const held of inOrder(letters.filter(({ letter }) => isMeant(letter, input.selection)))) {
    const key = recordKeyOf(held.letter);
    const why = obstacle(held.letter, key, input);
    if (key === undefined || why !== undefined) {
      fates.set(held, skipped(held, why ?? WHY_NOT.missing));
      continue;
    }
    const group = byRecord.get(`${key.partition} ${key.id}`) ?? { key, letters: [] };
    group.letters.push(held);
    byRecord.set(`${key.partition} ${key.id}`, group);
  }
  await redriveAll([...byRecord.values()], fates, input);
  return { fates: [...fates.values()], problems: unreadable };
}

/** The letters of one record, in order of their events. */
interface Group {
  readonly key: ItemKey;
  readonly letters: HeldLetter[];
}

function inOrder(letters: readonly HeldLetter[]): HeldLetter[] {
  return letters.toSorted((a, b) => (a.letter.event.sequence < b.letter.event.sequence ? -1 : 1));
}

function isMeant({ channel, diedAt }: StoredLetter, selection: RedriveSelection): boolean {
  const { since, until } = selection;
  const died = Date.parse(diedAt);
  return (
    (selection.channel === undefined || selection.channel === channel) &&
    (since === undefined || died >= since.getTime()) &&
    (until === undefined || died <= until.getTime())
  );
}

/** Where the record stands that owed it. Letters of older versions do not say so, but their events nearly always do. */
function recordKeyOf({ record, event: { subject, data } }: StoredLetter): ItemKey | undefined {
  const { task, project } = data;
  if (record !== undefined) return record;
  if (task !== undefined) return { partition: projectPartition(task.projectId), id: taskRecordId(subject) };
  return project && { partition: projectPartition(project.id), id: projectRecordId(project.name) };
}

/** Why a letter is not sent again, whatever its record says. */
function obstacle(
  { channel, event }: StoredLetter,
  key: ItemKey | undefined,
  { channels, projects, clock }: RedriveInput,
): string | undefined {
  if (!channels.has(channel)) return `channel ${channel} is no longer configured`;
  const { validUntil } = event.data;
  if (validUntil !== undefined && Date.parse(validUntil) <= clock.now())
    return `expired action, not sent: it was valid until ${validUntil}`;
  const isWatched = projects.some(({ id }) => projectPartition(id) === key?.partition);
  return key === undefined || isWatched ? undefined : 'its project is no longer configured';
}

const WHY_NOT: Readonly<Record<Exclude<Verdict, 'put back' | 'under way'>, string>> = {
  arrived: 'it arrived meanwhile',
  owed: 'it is still pending, a tick delivers it',
  redriven: 'another run put it back meanwhile',
  'no room': 'its record owes too much already; run this again when that is delivered',
  busy: 'other runs keep writing its record; run this again',
  missing: 'its record does not exist any more',
  unreadable: 'its record is unreadable',
  newer: 'its record was written by a newer version; use that version',
};

function skipped({ letter }: HeldLetter, why: string): Fate {
  return { letter, kind: 'skipped', why };
}

/** A record takes back only so much at a time: goes on as long as that is delivered. */
async function redriveAll(
  groups: readonly Group[],
  fates: Map<HeldLetter, Fate>,
  input: RedriveInput,
): Promise<void> {
  const arrived = new Set<string>();
  const log = (entry: LogEntry): void => {
    if (entry.kind === 'delivery' && entry.outcome === 'delivered') {
      for (const id of entry.eventIds) arrived.add(`${id} ${entry.channel}`);
    }
    input.log(entry);
  };
  const book = input.dryRun ? undefined : await openBook(input);
  let left = groups;
  while (left.length > 0) {
    const passed = await putBackAll(left, fates, input);
    if (book === undefined) return;
    const records = passed.flatMap(({ held, verdicts }) =>
      held !== undefined && [...verdicts.values()].some(isOnItsWay) ? [held] : [],
    );
    await deliver(records, { ...input, log, book, owner: randomUUID() });
    const next: Group[] = [];
    for (const { group, verdicts } of passed) {
      const sent = group.letters.filter((letter) => isOnItsWay(verdicts.get(letter)));
      for (const letter of sent) fates.set(letter, await fateOf(letter, group.key, arrived, book, input));
      const waiting = group.letters.filter((letter) => verdicts.get(letter) === 'no room');
      const isEmptied = sent.some((letter) => fates.get(letter)?.kind !== 'pending');
      if (isEmptied && waiting.length > 0) next.push({ key: group.key, letters: waiting });
    }
    left = input.clock.now() < input.endsAt ? next : [];
  }
}

interface Passed extends AtRecord {
  readonly group: Group;
}

async function putBackAll(
  groups: readonly Group[],
  fates: Map<HeldLetter, Fate>,
  { store, clock, dryRun, log }: RedriveInput,
): Promise<Passed[]> {
  const passed: Passed[] = [];
  for (const group of groups) {
    const now = new Date(clock.now());
    const at = await putBackInto(group.key, group.letters, { store, now, dryRun });
    passed.push({ group, ...at });
    for (const [held, verdict] of at.verdicts) {
      const { channel, event, why, diedAt } = held.letter;
      // As much as fits is only the first part of what a redrive does.
      if (dryRun && (isOnItsWay(verdict) || verdict === 'no room')) {
        fates.set(held, { letter: held.letter, kind: 'possible' });
      } else if (!isOnItsWay(verdict)) fates.set(held, skipped(held, WHY_NOT[verdict]));
      else if (verdict === 'put back') log({ kind: 'put_back', channel, eventId: event.id, why, diedAt });
    }
  }
  return passed;
}

function isOnItsWay(verdict: Verdict | undefined): verdict is 'put back' | 'under way' {
  return verdict === 'put back' || verdict === 'under way';
}

async function openBook({
  store,
  log,
  channels,
  projects,
  clock,
}: RedriveInput): Promise<ChannelBook | undefined> {
  const project = speakerOf(projects);
  if (project === undefined) return undefined;
  const key = { partition: projectPartition(project.id), id: projectRecordId(project.name) };
  const empty = { key, rev: 0, record: newRecord(new Date(clock.now())) };
  const held = (await loadRecord(store, key)) ?? empty;
  return openChannelBook({ store, log, channels, held, project });
}

/** How a delivery stands after what was due was delivered. */
async function fateOf(
  held: HeldLetter,
  key: ItemKey,
  arrived: ReadonlySet<string>,
  book: ChannelBook,
  { store, channels, clock }: RedriveInput,
): Promise<Fate> {
  const { letter } = held;
  const { event, channel } = letter;
  const read = await readRecord(store, key);
  const owed = read.kind === 'record' ? owedTo(read.held.record, event.id, channel) : undefined;
  if (owed !== undefined) {
    const last = owed.history.at(-1);
    const called = channels.get(channel);
    const isResting = called !== undefined && !book.mayTell(called, new Date(clock.now()));
    const untried = isResting ? 'its channel rests after earlier trouble' : 'it waits for its turn';
    return { letter, kind: 'pending', why: last === undefined ? untried : last.reason };
  }
  const again = arrived.has(`${event.id} ${channel}`) ? undefined : await nextLetter(store, held);
  if (again === undefined) return { letter, kind: 'delivered' };
  const reason = again.letter.delivery.history.at(-1)?.reason;
  return { letter, kind: 'dead', why: reason ?? again.letter.why };
}
