import { TELLING_MS } from '../../delivery/deliver.ts';
import type { TickContext } from '../context.ts';
import { deliverableRecords, projectRecords } from '../load/deliverable.ts';
import type { PolledEntry } from '../pass/polled-entry.ts';
import { pollProjects } from '../poll.ts';
import { pollFurther } from './further-passes.ts';
import { lookDeadline } from './look-time.ts';
import type { TickParts } from './parts.ts';

/** How long a chat waits for the other projects, so that what happened together is one message. */
const TOGETHER_MS = 5000;

/** Polls all projects and hands over what each one's looks showed, while others are still polled. */
export async function pollAll(parts: TickParts, context: TickContext): Promise<void> {
  const { known, commit } = parts;
  const lookUntil = lookDeadline(deliverableRecords(known), context);
  const whenPolled = (project: readonly PolledEntry[]) => afterFirstPass(project, parts, context);
  await pollProjects(whenPolled, { known, lookUntil, commit }, context);
  // Where all projects have runs of their own, the groups are what is left.
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

/** Events go to programs at once; to people when the other projects were polled too, or after some seconds. */
async function handOverToPrograms(
  project: readonly PolledEntry[],
  { known, coverage, delivery }: TickParts,
  { clock, endsAt }: TickContext,
): Promise<void> {
  await delivery.handOver(projectRecords(project, known), 'programs');
  const spareMs = endsAt - clock.elapsed() - TELLING_MS;
  if (spareMs > 0) await clock.sleep(Math.min(TOGETHER_MS, spareMs), coverage.complete);
}
