import type { Because } from '../../events/event.ts';
import { detectNoLook } from '../../migration/detect/detect.ts';
import { SKIPPED } from '../../migration/model/observation.ts';
import { projectRecordId, taskRecordId } from '../../records/keys.ts';
import { factsFor } from '../looks/facts.ts';
import { saveChange, saveLook } from '../looks/save.ts';
import type { EntryLooks } from '../pass/pass.ts';
import { blindnessOf } from './blindness.ts';
import { evaluateProject } from './project.ts';
import { discoveryOf, type EntryResults, resultsOf } from './results.ts';
import { withSharedFailure } from './shared-failure.ts';

/**
 * Evaluates the looks of a project after its first pass. A tick counts a failure once, so failed looks of further
 * passes do not count. A failure of all tasks of a project belongs to the project, any other to its task.
 *
 * @param others the looks of all projects at the same endpoints
 */
export async function evaluateLooks(
  project: readonly EntryLooks[],
  others: () => Promise<readonly EntryLooks[]>,
): Promise<void> {
  const results = await Promise.all(project.map((one) => withSharedFailure(resultsOf(one), others)));
  const [first, ...rest] = results;
  if (first === undefined) return;
  const isFailing = await evaluateProject([first, ...rest]);
  for (const entry of results) {
    await evaluateTasks(entry, isFailing);
    noteBlindness(entry);
  }
}

/**
 * A failed look counts for its task unless the whole project fails. Either way the task went unseen, which may end what
 * was announced of it.
 */
async function evaluateTasks({ entry, looks }: EntryResults, isOfProject: boolean): Promise<void> {
  for (const { watch, look } of looks) {
    if (look.kind === 'failed' && !isOfProject) await saveLook(watch, look, {}, entry);
    else if (look.kind === 'failed' || look.kind === 'skipped') {
      const because: Because =
        look.kind === 'failed' ? { code: 'looks_fail', failure: look.reason } : { code: SKIPPED[look.why] };
      const { lookedAt } = factsFor(watch, entry);
      await saveChange(
        watch,
        (stream, now) => stream && detectNoLook(stream, because, watch, { lookedAt, now }),
        entry,
      );
    }
  }
}

/** Reads the records again, so that failures which this tick saved count too. */
function noteBlindness(results: EntryResults): void {
  const { project, pass } = results.entry;
  const { projectId, records, context } = pass;
  const looks = results.looks.map(({ watch, look }) => ({
    look,
    task: records.find(taskRecordId(watch.taskId))?.state,
  }));
  const failing = records.find(projectRecordId(projectId))?.state.failing;
  const seen = { name: project.name, looks, list: discoveryOf(results), failing };
  const blind = blindnessOf(seen, new Date(context.clock.now()));
  if (blind !== undefined) context.stats.blind.push(blind);
}
