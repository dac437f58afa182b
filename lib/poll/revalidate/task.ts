import type { Revalidated } from '../../delivery/outbox/revalidation.ts';
import type { MigrationEvent } from '../../events/event.ts';
import type { Phase } from '../../events/phase.ts';
import { detect, isReadySince, reissueReadiness } from '../../migration/detect/detect.ts';
import { enrichmentFor } from '../../migration/detect/enrich.ts';
import type { Enrichment } from '../../migration/model/enrichment.ts';
import type { Look } from '../../migration/model/observation.ts';
import type { Stream, TaskState } from '../../migration/model/state.ts';
import { meaningOf } from '../../migration/model/status.ts';
import type { Update } from '../../migration/model/update.ts';
import type { Watch } from '../../migration/model/watch.ts';
import {
  evaluateStats,
  type ReadinessEvaluation,
} from '../../migration/rules/shared/readiness-evaluation.ts';
import { taskRecordId } from '../../records/keys.ts';
import type { Member } from '../groups/watched-group.ts';
import { factsOfProject } from '../pass/project-record.ts';
import { resultOf } from './findings.ts';

/** A new look at one task, with all facts that decide its readiness. */
export interface FreshLook {
  readonly watch: Watch;
  readonly look: Extract<Look, { kind: 'seen' }>;
  readonly enrichment: Enrichment;
}

/** Phases in which the statistics decide about readiness. In other phases a task is never ready. */
const REPLICATING: ReadonlySet<Phase> = new Set(['incremental', 'migrating']);

/**
 * Evaluations that leave an event waiting. A burst of writes is no reason to withdraw readiness and no moment to begin
 * the cut-over; the looks of the ticks measure how long it lasts, while lost readiness is withdrawn at once.
 */
const UNDECIDED: ReadonlySet<ReadinessEvaluation['kind']> = new Set(['unknown', 'behind']);

/** @returns nothing when the answers do not show whether the task is ready */
export async function freshLook({ watch, entry }: Member, until: number): Promise<FreshLook | undefined> {
  const { project, isCoolingDown, records } = entry;
  if (isCoolingDown) return undefined;
  const [look, stats] = await Promise.all([
    project.look(watch.taskId, until),
    project.stats(watch.taskId, until),
  ]);
  if (look.kind !== 'seen') return undefined;
  const wanted = enrichmentFor(records.find(taskRecordId(watch.taskId))?.state, look.observation);
  // A success needs the list and a failure needs its log lines: the next tick reads them.
  if (wanted.listed || wanted.logs) return undefined;
  const isOpen = REPLICATING.has(meaningOf(look.observation).phase);
  if (isOpen && UNDECIDED.has(evaluateStats(stats, watch.thresholds).kind)) return undefined;
  const facts = { project: factsOfProject(project.id, records) };
  return { watch, look, enrichment: wanted.stats ? { stats, ...facts } : facts };
}

/** The stream after a fresh look, with the events of that look. */
export function detectAgain(
  stream: Stream<TaskState>,
  { watch, look, enrichment }: FreshLook,
  now: Date,
): Update {
  return detect(stream, look, { watch, now, enrichment }) ?? { stream, events: [] };
}

export function revalidateTask(
  event: MigrationEvent,
  stream: Stream<TaskState>,
  fresh: FreshLook,
  now: Date,
): Revalidated {
  const update = detectAgain(stream, fresh, now);
  return resultOf({
    event,
    update,
    isTrue: isReadySince(update.stream.state, Number(event.sequence)),
    now,
    renew: () => reissueReadiness(update, fresh.enrichment, fresh.watch, now),
  });
}
