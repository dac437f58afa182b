import type { WatchedGroup } from '../../migration/group/group.ts';
import type { WatchedProject } from '../../migration/project/health.ts';
import { speakerOf } from '../channel-health.ts';
import type { HeldLetter } from '../dead-letters.ts';
import { type PassInput, pass } from './batch.ts';
import { loadDead } from './inventory.ts';
import { openBook } from './open-health.ts';
import { putBackInto } from './requeue-records.ts';
import { type Fate, isOnItsWay, skipped, WHY_NOT } from './result.ts';
import { type Group, groupsOf, isMeant, obstacle, type RedriveSelection } from './selection.ts';

export interface RedriveInput extends PassInput {
  /** The projects of the configuration. */
  readonly projects: readonly WatchedProject[];
  readonly groups: readonly Pick<WatchedGroup, 'name'>[];
  readonly selection: RedriveSelection;
  /** Says what would be done, and writes and sends nothing. */
  readonly dryRun: boolean;
}

export interface RedriveReport {
  readonly fates: readonly Fate[];
  /** Dead letters that cannot be read, one line each. */
  readonly problems: readonly string[];
  readonly isDryRun: boolean;
}

/**
 * Sends dead letters again: each is put back into its record, in its place, and what is due there is delivered at once,
 * as in a tick. Same event, same id, same bytes; what arrived meanwhile is not sent. Repeating it, interrupted or not,
 * makes no further copy.
 *
 * @throws {StoreError}
 */
export async function redrive(input: RedriveInput): Promise<RedriveReport> {
  const { store, selection, clock, dryRun } = input;
  const { letters, unreadable } = await loadDead(store);
  const meant = letters.filter(({ letter }) => isMeant(letter, selection));
  const hopeless = new Map<HeldLetter, string>();
  for (const held of meant) {
    const why = obstacle(held.letter, input, new Date(clock.now()));
    if (why !== undefined) hopeless.set(held, why);
  }
  const groups = groupsOf(meant.filter((held) => !hopeless.has(held)));
  const fates = [...hopeless].map(([held, why]) => skipped(held, why));
  const more = dryRun ? await foresee(groups, input) : await sendAgain(groups, input);
  return { fates: [...fates, ...more], problems: unreadable, isDryRun: dryRun };
}

/** As much as fits into a record is only the first part of what a redrive does. */
async function foresee(groups: readonly Group[], { store, clock }: RedriveInput): Promise<Fate[]> {
  const fates: Fate[] = [];
  for (const { key, letters } of groups) {
    const now = new Date(clock.now());
    const { verdicts } = await putBackInto(key, letters, { store, now, dryRun: true });
    for (const [held, verdict] of verdicts) {
      const isPossible = isOnItsWay(verdict) || verdict === 'no room';
      fates.push(isPossible ? { letter: held.letter, kind: 'possible' } : skipped(held, WHY_NOT[verdict]));
    }
  }
  return fates;
}

/** A record takes back only so much at a time: goes on as long as that is settled. */
async function sendAgain(groups: readonly Group[], input: RedriveInput): Promise<Fate[]> {
  const speaker = speakerOf(input.projects);
  if (speaker === undefined || groups.length === 0) return [];
  const book = await openBook(speaker, input);
  const fates: Fate[] = [];
  for (let left = groups; left.length > 0; ) {
    const passed = await pass(left, book, input);
    fates.push(...passed.flatMap(({ fates }) => fates));
    left = passed.flatMap(({ left }) => left ?? []);
  }
  return fates;
}
