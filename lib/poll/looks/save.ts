import { reasonOf } from '../../base/errors.ts';
import { detect } from '../../migration/detect/detect.ts';
import type { Enrichment } from '../../migration/model/enrichment.ts';
import type { Look } from '../../migration/model/observation.ts';
import type { Stream, TaskState } from '../../migration/model/state.ts';
import { type Update, withState } from '../../migration/model/update.ts';
import type { Watch } from '../../migration/model/watch.ts';
import { taskRecordId } from '../../records/keys.ts';
import type { EntryPass } from '../pass/pass.ts';
import { factsFor } from './facts.ts';

/** Saves what one look shows. */
export function saveLook(
  watch: Watch,
  look: Exclude<Look, { kind: 'skipped' }>,
  enrichment: Enrichment,
  entry: EntryPass,
): Promise<void> {
  const asked = { ...enrichment, project: factsFor(watch, entry) };
  return saveChange(
    watch,
    (stream, now) => detect(stream, look, { watch, now, enrichment: asked }) ?? adopted(watch, stream),
    entry,
  );
}

/**
 * Saves a change of a task's record. A damaged record, which cannot be evaluated, never stops the other tasks.
 *
 * @param detect returns nothing when there is nothing to save
 */
export async function saveChange(
  { taskId, discoveredBy }: Watch,
  detect: (stream: Stream<TaskState> | undefined, now: Date) => Update | undefined,
  { pass: { records, commit, context } }: EntryPass,
): Promise<void> {
  const id = taskRecordId(taskId);
  try {
    const update = detect(records.find(id), new Date(context.clock.now()));
    if (update === undefined) return;
    await commit(id, withState(update, foundBy(discoveredBy, update.stream.state)), records);
  } catch (error) {
    context.stats.failedRecords += 1;
    const message = `task ${taskId}: the result of the look could not be evaluated; the next tick looks again: ${reasonOf(error)}`;
    context.log({ kind: 'problem', message });
  }
}

/** Records which entry found a task, so that it is watched even while the list cannot be read. */
function adopted({ discoveredBy }: Watch, stream: Stream<TaskState> | undefined): Update | undefined {
  const task = stream?.state;
  const isKnown =
    task?.discoveredBy === discoveredBy || (discoveredBy === undefined && task?.standing?.phase !== 'gone');
  return isKnown || stream === undefined ? undefined : { stream, events: [] };
}

/** A gone task that an entry names by now loses its finder, because the state of a named task is kept for ever. */
function foundBy(finder: string | undefined, task: TaskState): TaskState {
  if (finder !== undefined) return { ...task, discoveredBy: finder };
  const { discoveredBy: _before, ...named } = task;
  return task.standing?.phase === 'gone' ? named : task;
}
