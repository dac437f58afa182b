import { nearestToPattern } from '../base/nearest.ts';
import { patternFingerprint } from '../migration/discovery/baseline.ts';
import { matcherOf } from '../migration/discovery/discovery.ts';
import type { ListedTask } from '../migration/model/enrichment.ts';
import { discoveryRecordId, type PartitionRecords } from '../records/records.ts';
import type { TickProject } from './target.ts';

/** That a discovery finds nothing, and which pattern that was said of. */
export interface Unfit {
  readonly mark: string;
  /** An empty list may be as it should be; a pattern that fits none of many tasks is most likely mistyped. */
  readonly kind: 'notice' | 'problem';
  readonly message: string;
}

const MOST_NAMES = 3;
/** Of a name, in a line of the log. Characters. */
const SHOWN = 64;

/**
 * What is to be said of a discovery that has found nothing so far: once for each pattern, and once for a list that is
 * empty.
 *
 * @param all the whole list
 * @returns nothing when something fits, or it was said
 */
export function unfitIn(
  all: readonly ListedTask[],
  { project, records }: { readonly project: TickProject; readonly records: PartitionRecords },
): Unfit | undefined {
  const { discover } = project;
  if (discover === undefined || all.some(matcherOf(discover))) return undefined;
  const said = records.find(discoveryRecordId(project.name))?.unfitPattern;
  const sought = patternFingerprint(discover.name);
  const mark = all.length === 0 ? `${sought} of none` : sought;
  if (said === mark || said === sought) return undefined;
  if (all.length === 0) return { mark, kind: 'notice', message: EMPTY };
  return { mark, kind: 'problem', message: unfitWords(discover.name ?? '', all) };
}

const EMPTY =
  'its list has no migration tasks, so none is discovered yet; if there should be some, check project id and region';

function unfitWords(pattern: string, all: readonly ListedTask[]): string {
  const names = [...new Set(all.map(({ name = '' }) => name))].filter((name) => name !== '');
  const near = nearestToPattern(pattern, names, MOST_NAMES).map(cut);
  const more = names.length - near.length;
  const meant =
    near.length === 0
      ? 'none of them has a name'
      : `did you mean one of ${near.join(', ')}${more > 0 ? ` (and ${more} more)` : ''}?`;
  const tasks = all.length === 1 ? 'the one task' : `any of the ${all.length} tasks`;
  return `the pattern ${cut(pattern)} does not fit the name of ${tasks} in its list; ${meant}`;
}

function cut(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text;
}
