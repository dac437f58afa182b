import type { HeldDeadLetter } from '../dead-letters.ts';
import { announcingProject } from '../health/channel-health.ts';
import { redriveBatch } from './batch.ts';
import type { RedriveContext } from './context.ts';
import { openStoredHealth, withStoredMutes } from './deliver-now.ts';
import { loadOpenDeadLetters } from './inventory.ts';
import { requeueIntoRecord } from './requeue-records.ts';
import { isRequeued, type RedriveResult, skipped, WHY_NOT } from './result.ts';
import {
  groupByRecord,
  ineligibleReason,
  isSelected,
  type RecordDeadLetters,
  type RedriveSelection,
} from './selection.ts';

export interface RedriveInput extends RedriveContext {
  readonly selection: RedriveSelection;
  /** Only reports what a redrive would do; writes and sends nothing. */
  readonly dryRun: boolean;
}

export interface RedriveReport {
  readonly results: readonly RedriveResult[];
  /** Dead letters that cannot be read, one line each. */
  readonly problems: readonly string[];
  readonly isDryRun: boolean;
}

/**
 * Sends dead letters again: requeues each one in its place, and delivers what is due there at once, as in a tick. The
 * event keeps its id and its bytes. Events that arrived meanwhile are not sent, and repeating a redrive, even an
 * interrupted one, sends no second copy.
 *
 * @throws {StoreError}
 */
export async function redrive(input: RedriveInput): Promise<RedriveReport> {
  const { store, selection, clock, dryRun } = input;
  const { deadLetters, unreadable } = await loadOpenDeadLetters(store);
  const meant = deadLetters.filter(({ deadLetter }) => isSelected(deadLetter, selection));
  const ineligible = new Map<HeldDeadLetter, string>();
  for (const held of meant) {
    const why = ineligibleReason(held.deadLetter, input, new Date(clock.now()));
    if (why !== undefined) ineligible.set(held, why);
  }
  const groups = groupByRecord(meant.filter((held) => !ineligible.has(held)));
  const results = [...ineligible].map(([held, why]) => skipped(held, why));
  const more = dryRun ? await preview(groups, input) : await redriveAll(groups, input);
  return { results: [...results, ...more], problems: unreadable, isDryRun: dryRun };
}

/**
 * Results of a dry run. A dead letter without room counts as possible, since a redrive goes on once the first batch is
 * delivered.
 */
async function preview(
  groups: readonly RecordDeadLetters[],
  { store, clock }: RedriveInput,
): Promise<RedriveResult[]> {
  const results: RedriveResult[] = [];
  for (const { key, deadLetters } of groups) {
    const now = new Date(clock.now());
    const { outcomes } = await requeueIntoRecord(key, deadLetters, { store, now, dryRun: true });
    for (const [held, outcome] of outcomes) {
      const isPossible = isRequeued(outcome) || outcome === 'no room';
      results.push(
        isPossible ? { deadLetter: held.deadLetter, kind: 'possible' } : skipped(held, WHY_NOT[outcome]),
      );
    }
  }
  return results;
}

/**
 * Redrives in batches, because a record has limited room. Further batches follow as long as the one before made room.
 */
async function redriveAll(
  groups: readonly RecordDeadLetters[],
  input: RedriveInput,
): Promise<RedriveResult[]> {
  const project = announcingProject(input.projects);
  if (project === undefined || groups.length === 0) return [];
  const context = await withStoredMutes(input);
  const health = await openStoredHealth(project, context);
  const results: RedriveResult[] = [];
  for (let left = groups; left.length > 0; ) {
    const batch = await redriveBatch(left, health, context);
    results.push(...batch.flatMap((one) => one.results));
    left = batch.flatMap((one) => one.left ?? []);
  }
  return results;
}
