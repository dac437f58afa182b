import { TELLING_MS } from '../../delivery/deliver.ts';
import type { TickContext } from '../context.ts';
import { deliverableRecords, projectRecords } from '../load/deliverable.ts';
import type { PolledEntry } from '../pass/polled-entry.ts';
import { pollProjects } from '../poll.ts';
import { pollFurther } from './further-passes.ts';
import { lookDeadline } from './look-time.ts';
import type { TickParts } from './parts.ts';

/** The longest time that a chat waits for the other projects, so that simultaneous changes become one message. */
const TOGETHER_MS = 5000;

/** Polls all projects, and hands over the records of each one while others are still being polled. */
export async function pollAll(parts: TickParts, context: TickContext): Promise<void> {
  const { known, commit } = parts;
  const lookUntil = lookDeadline(deliverableRecords(known), context);
  const whenPolled = (project: readonly PolledEntry[]) => afterFirstPass(project, parts, context);
  await pollProjects(whenPolled, { known, lookUntil, commit }, context);
  // This tick evaluates only the groups if every project has its own run.
  if (known.byProject.size === 0) await parts.delivery.handOver(await parts.groups.afterFirstPass());
}

async function afterFirstPass(
  project: readonly PolledEntry[],
  parts: TickParts,
  context: TickContext,
): Promise<void> {
  const { known, coverage, groups, delivery } = parts;
  coverage.note(project);
  const isLast = coverage.isComplete();
  if (!isLast) await handOverToPrograms(project, parts, context);
  const ofGroups = isLast ? await groups.afterFirstPass() : [];
  await delivery.handOver([...projectRecords(project, known), ...ofGroups]);
  await pollFurther(project, parts, context);
}

/** Programs get events at once; people get them when the other projects have been polled too, or after some seconds. */
async function handOverToPrograms(
  project: readonly PolledEntry[],
  { known, coverage, delivery }: TickParts,
  { clock, endsAt }: TickContext,
): Promise<void> {
  await delivery.handOver(projectRecords(project, known), 'programs');
  const spareMs = endsAt - clock.elapsed() - TELLING_MS;
  if (spareMs > 0) await clock.sleep(Math.min(TOGETHER_MS, spareMs), coverage.complete);
}
