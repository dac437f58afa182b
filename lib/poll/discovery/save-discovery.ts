import { defined } from '../../base/defined.ts';
import { patternFingerprint } from '../../migration/discovery/baseline.ts';
import type { EntryPass, Plan } from '../pass/pass.ts';
import { haveBaselines, patternRecord, patternsOf } from './baseline.ts';

/** Saves the baseline of an entry's pattern, and a notice when no task matches the pattern. */
export async function saveDiscovery({ baseline, unmatched }: Plan, entry: EntryPass): Promise<void> {
  if (baseline === undefined && unmatched === undefined) return;
  const { project, baseline: before } = entry;
  const { records, now, commit, context } = entry.pass;
  const pattern = patternFingerprint(project.discover?.name);
  const { id, record } = patternRecord(pattern, records, now);
  const news = defined({ baseline, unfitPattern: unmatched?.mark });
  await commit(id, { stream: { ...record, state: { ...record.state, ...news } }, events: [] }, records);
  if (baseline !== undefined && before !== undefined) await forgetPattern(before.pattern, entry);
  // Logging an unsaved notice would repeat it in every tick.
  if (unmatched === undefined || records.find(id)?.state.unfitPattern !== unmatched.mark) return;
  context.log({ kind: unmatched.kind, message: `project ${project.name}: ${unmatched.message}` });
}

/**
 * Forgets the baseline of a pattern that no entry needs any more. The same pattern, configured again later, starts
 * anew.
 */
async function forgetPattern(pattern: string, { pass }: EntryPass): Promise<void> {
  const { entries, records, now, commit } = pass;
  if (patternsOf(entries).includes(pattern) || !haveBaselines(entries, records)) return;
  const { id, record } = patternRecord(pattern, records, now);
  const { baseline, ...state } = record.state;
  if (baseline !== undefined) await commit(id, { stream: { ...record, state }, events: [] }, records);
}
