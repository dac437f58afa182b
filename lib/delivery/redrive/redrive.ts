import type { WatchedGroup } from '../../migration/group/group.ts';
import type { WatchedProject } from '../../migration/project/health.ts';
import { announcingProject } from '../channel-health.ts';
import type { HeldDeadLetter } from '../dead-letters.ts';
import { type BatchInput, redriveBatch } from './batch.ts';
import { loadOpenDeadLetters } from './inventory.ts';
import { openStoredHealth } from './open-health.ts';
import { requeueIntoRecord } from './requeue-records.ts';
import { isOnItsWay, type RedriveResult, skipped, WHY_NOT } from './result.ts';
import {
  groupByRecord,
  ineligibleReason,
  isMeant,
  type RecordDeadLetters,
  type RedriveSelection,
} from './selection.ts';

export interface RedriveInput extends BatchInput {
  /** The projects of the configuration. */
  readonly projects: readonly WatchedProject[];
  readonly groups: readonly Pick<WatchedGroup, 'name'>[];
  readonly selection: RedriveSelection;
  /** Says what would be done, and writes and sends nothing. */
  readonly dryRun: boolean;
}

export interface RedriveReport {
  readonly results: readonly RedriveResult[];
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
  const { letters, unreadable } = await loadOpenDeadLetters(store);
  const meant = letters.filter(({ letter }) => isMeant(letter, selection));
  const hopeless = new Map<HeldDeadLetter, string>();
  for (const held of meant) {
    const why = ineligibleReason(held.letter, input, new Date(clock.now()));
    if (why !== undefined) hopeless.set(held, why);
  }
  const groups = groupByRecord(meant.filter((held) => !hopeless.has(held)));
  const results = [...hopeless].map(([held, why]) => skipped(held, why));
  const more = dryRun ? await foresee(groups, input) : await sendAgain(groups, input);
  return { results: [...results, ...more], problems: unreadable, isDryRun: dryRun };
}

/** As much as fits into a record is only the first part of what a redrive does. */
async function foresee(
  groups: readonly RecordDeadLetters[],
  { store, clock }: RedriveInput,
): Promise<RedriveResult[]> {
  const results: RedriveResult[] = [];
  for (const { key, letters } of groups) {
    const now = new Date(clock.now());
    const { outcomes } = await requeueIntoRecord(key, letters, { store, now, dryRun: true });
    for (const [held, outcome] of outcomes) {
      const isPossible = isOnItsWay(outcome) || outcome === 'no room';
      results.push(
        isPossible ? { deadLetter: held.letter, kind: 'possible' } : skipped(held, WHY_NOT[outcome]),
      );
    }
  }
  return results;
}

/** A record takes back only so much at a time: goes on as long as that is settled. */
async function sendAgain(
  groups: readonly RecordDeadLetters[],
  input: RedriveInput,
): Promise<RedriveResult[]> {
  const speaker = announcingProject(input.projects);
  if (speaker === undefined || groups.length === 0) return [];
  const health = await openStoredHealth(speaker, input);
  const results: RedriveResult[] = [];
  for (let left = groups; left.length > 0; ) {
    const passed = await redriveBatch(left, health, input);
    results.push(...passed.flatMap(({ results }) => results));
    left = passed.flatMap(({ left }) => left ?? []);
  }
  return results;
}
