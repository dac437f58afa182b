import { reasonOf } from '../../base/errors.ts';
import { projectPartition } from '../../records/keys.ts';
import { loadRecords } from '../../records/partition.ts';
import type { TickContext } from '../context.ts';
import { projectRecords } from '../load/deliverable.ts';
import type { PolledEntry } from '../pass/polled-entry.ts';
import { pollAgain } from '../poll.ts';
import { isNear } from '../project/plan.ts';
import { lookDeadline } from './look-time.ts';
import type { TickParts } from './parts.ts';

/** A further pass begins only if this much time is left for it and for delivering its events. */
export const SHORTEST_PASS_MS = 15_000;

/** Polls the tasks of a project that are near a change again and again, if so configured, and delivers their events. */
export async function pollFurther(
  first: readonly PolledEntry[],
  parts: TickParts,
  context: TickContext,
): Promise<void> {
  for (let last = first; isNearChange(last, context) && (await waitForNextPass(context)); ) {
    const next = await furtherPass(first, parts, context);
    if (next === undefined) return;
    last = next;
  }
}

function isNearChange(project: readonly PolledEntry[], { clock }: TickContext): boolean {
  const now = new Date(clock.now());
  return project.some(({ watches, records }) => watches.some((watch) => isNear(watch, records, now)));
}

/** @returns false when the tick, or its time, is over */
async function waitForNextPass(context: TickContext): Promise<boolean> {
  const { clock, endsAt, lookEveryMs, nextTickAt, stopping } = context;
  if (lookEveryMs === undefined || stopping?.aborted) return false;
  const beginsAt = clock.elapsed() + lookEveryMs;
  if (beginsAt >= nextTickAt || beginsAt + SHORTEST_PASS_MS > endsAt) return false;
  await clock.sleep(lookEveryMs, stopping);
  return !stopping?.aborted;
}

/** A store error ends the further passes over this project. Earlier passes stay saved. */
async function furtherPass(
  first: readonly PolledEntry[],
  parts: TickParts,
  context: TickContext,
): Promise<readonly PolledEntry[] | undefined> {
  const { known, coverage, groups, delivery, commit } = parts;
  const [entry] = first;
  if (entry === undefined) return undefined;
  try {
    const records = await loadRecords(context.store, projectPartition(entry.project.id));
    const lookUntil = lookDeadline(records.all(), context);
    const polled = await pollAgain(records, first, { known, lookUntil, commit }, context);
    coverage.note(polled);
    const ofGroups = await groups.afterFurtherPass();
    await delivery.handOver([...projectRecords(polled, known), ...ofGroups]);
    return polled;
  } catch (error) {
    context.stats.failedRecords += 1;
    const message = `no further looks in this tick; the next tick goes on: ${reasonOf(error)}`;
    context.log({ kind: 'problem', message });
    return undefined;
  }
}
