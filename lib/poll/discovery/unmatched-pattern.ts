import { nearestToPattern } from '../../base/nearest.ts';
import { patternFingerprint } from '../../migration/discovery/baseline.ts';
import { matcherOf } from '../../migration/discovery/discovery.ts';
import type { ListedTask } from '../../migration/model/enrichment.ts';
import type { EntryPass, UnmatchedPattern } from '../pass/pass.ts';
import { patternRecord } from './baseline.ts';

const MAX_NAMES = 3;
/** Characters of a name, in a line of the log. */
const MAX_SHOWN = 64;

/**
 * Describes a pattern that has matched no task so far: once for each pattern, and once for an empty list.
 *
 * @param all the whole list
 * @returns nothing when a task matches, or the log has the description already
 */
export function unmatchedPattern(
  all: readonly ListedTask[],
  { project: { discover }, pass: { records, now } }: EntryPass,
): UnmatchedPattern | undefined {
  if (discover === undefined || all.some(matcherOf(discover))) return undefined;
  const pattern = patternFingerprint(discover.name);
  const logged = patternRecord(pattern, records, now).record.state.unfitPattern;
  const mark = all.length === 0 ? `${pattern} of none` : pattern;
  if (logged === mark || logged === pattern) return undefined;
  if (all.length === 0) return { mark, kind: 'notice', message: EMPTY };
  return { mark, kind: 'problem', message: patternWords(discover.name ?? '', all) };
}

const EMPTY =
  'its list has no migration tasks, so none is discovered yet; if there should be some, check project id and region';

function patternWords(pattern: string, all: readonly ListedTask[]): string {
  const names = [...new Set(all.map(({ name = '' }) => name))].filter((name) => name !== '');
  const near = nearestToPattern(pattern, names, MAX_NAMES).map(cut);
  const more = names.length - near.length;
  const meant =
    near.length === 0
      ? 'none of them has a name'
      : `did you mean one of ${near.join(', ')}${more > 0 ? ` (and ${more} more)` : ''}?`;
  const tasks = all.length === 1 ? 'the one task' : `any of the ${all.length} tasks`;
  return `the pattern ${cut(pattern)} does not fit the name of ${tasks} in its list; ${meant}`;
}

function cut(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN - 1)}…` : text;
}
