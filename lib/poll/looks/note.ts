import { reasonOf } from '../../base/errors.ts';
import { detect } from '../../migration/detect/detect.ts';
import type { Enrichment } from '../../migration/model/enrichment.ts';
import type { Look } from '../../migration/model/observation.ts';
import type { WatchRecord } from '../../migration/model/state.ts';
import type { Update } from '../../migration/model/update.ts';
import type { Watch } from '../../migration/model/watch.ts';
import { taskRecordId } from '../../records/keys.ts';
import type { EntryPass } from '../pass.ts';

/** Saves what one look shows. */
export function noteLook(
  watch: Watch,
  look: Exclude<Look, { kind: 'skipped' }>,
  enrichment: Enrichment,
  entry: EntryPass,
): Promise<void> {
  const asked = { ...enrichment, project: entry.facts };
  return note(
    watch,
    (record, now) => detect(record, look, { watch, now, enrichment: asked }) ?? adopted(watch, record),
    entry,
  );
}

/**
 * Saves a change of a task's record. A record that cannot be judged, because it is damaged, never stops the other tasks.
 *
 * @param detect returns nothing when there is nothing to save
 */
export async function note(
  { taskId, discoveredBy }: Watch,
  detect: (record: WatchRecord | undefined, now: Date) => Update | undefined,
  { pass: { records, commit, context } }: EntryPass,
): Promise<void> {
  const id = taskRecordId(taskId);
  try {
    const update = detect(records.find(id), new Date(context.clock.now()));
    if (update === undefined) return;
    await commit(id, { record: foundBy(discoveredBy, update.record), events: update.events }, records);
  } catch (error) {
    context.stats.failedRecords += 1;
    const message = `task ${taskId}: what was seen of it cannot be judged, the next tick looks again: ${reasonOf(error)}`;
    context.log({ kind: 'problem', message });
  }
}

/** Writes down who found a task: from then on it is watched also while the list cannot be read. */
function adopted({ discoveredBy }: Watch, record: WatchRecord | undefined): Update | undefined {
  const isKnown =
    record?.discoveredBy === discoveredBy ||
    (discoveredBy === undefined && record?.standing?.phase !== 'gone');
  return isKnown || record === undefined ? undefined : { record, events: [] };
}

/** The record of a task that is named by now, and gone, is kept for ever: nobody's discovery any more. */
function foundBy(finder: string | undefined, record: WatchRecord): WatchRecord {
  if (finder !== undefined) return { ...record, discoveredBy: finder };
  const { discoveredBy: _before, ...named } = record;
  return record.standing?.phase === 'gone' ? named : record;
}
