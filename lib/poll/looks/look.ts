import { defined } from '../../base/defined.ts';
import { canonicalStatus } from '../../events/phase.ts';
import { enrichmentFor } from '../../migration/detect/enrich.ts';
import type { Enrichment } from '../../migration/model/enrichment.ts';
import type { Look, LookResult } from '../../migration/model/observation.ts';
import type { TaskState } from '../../migration/model/state.ts';
import type { Watch } from '../../migration/model/watch.ts';
import { taskRecordId } from '../../records/keys.ts';
import { figuresKey } from '../context.ts';
import type { EntryPass } from '../pass/pass.ts';
import { saveLook } from './save.ts';

type SeenLook = Extract<Look, { kind: 'seen' }>;

const SEEN: LookResult = { kind: 'seen' };

/** Looks at one task and saves what the look shows. */
export async function lookAtTask(watch: Watch, entry: EntryPass): Promise<LookResult> {
  const { project, isCoolingDown, earlier } = entry;
  const { lookUntil, records } = entry.pass;
  const look: Look = isCoolingDown
    ? { kind: 'skipped', why: 'resting' }
    : await project.look(watch.taskId, lookUntil);
  if (look.kind === 'missing') await saveLook(watch, look, {}, entry);
  if (look.kind !== 'seen') return look;
  const task = records.find(taskRecordId(watch.taskId))?.state;
  const enrichment = await enrich(watch, look, task, entry);
  const isFirstPass = earlier === undefined;
  if (isFirstPass || !isFailedCallAlone(look, enrichment, task))
    await saveLook(watch, look, enrichment, entry);
  return SEEN;
}

/**
 * Whether a look shows only that an enrichment call failed: the statistics were unreadable, or the list could not
 * confirm a success. A deleted task also answers with a success.
 */
function isFailedCallAlone(
  { observation }: SeenLook,
  { stats, listed, logs }: Enrichment,
  task: TaskState | undefined,
): boolean {
  if (listed !== undefined && logs === undefined)
    return listed.kind === 'failed' || listed.kind === 'skipped';
  if (stats === undefined || stats.kind === 'known') return false;
  const standing = task?.standing;
  return standing !== undefined && canonicalStatus(standing.status) === canonicalStatus(observation.status);
}

/** Makes the enrichment calls that this look needs. */
async function enrich(
  watch: Watch,
  { observation }: SeenLook,
  task: TaskState | undefined,
  { project, taskList, calls, pass: { lookUntil, context } }: EntryPass,
): Promise<Enrichment> {
  const { taskId } = watch;
  const wanted = enrichmentFor(task, observation);
  const [stats, listed, logs] = await Promise.all([
    wanted.stats ? project.stats(taskId, lookUntil) : undefined,
    wanted.listed ? taskList.entryOf(taskId) : undefined,
    wanted.logs ? project.logs(taskId, lookUntil) : undefined,
  ]);
  if (stats !== undefined) context.stats.figures.set(figuresKey(watch), stats);
  if (stats !== undefined) calls.push({ call: 'stats', answer: stats });
  if (logs !== undefined) calls.push({ call: 'logs', answer: logs });
  return defined({ stats, listed, logs });
}
