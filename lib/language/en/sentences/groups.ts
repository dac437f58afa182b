import type { EventGroup, LastFigures, NamedTasks } from '../../../events/event.ts';
import { mergeTaskLists } from '../../format.ts';
import type { Sentence } from '../../language.ts';
import { endWords, NEVER_KNOWN } from './endings.ts';

const GROUP_WORDS = {
  'dcs.group.ready': 'ready',
  'dcs.group.failed': 'failed',
  'dcs.group.finished': 'finished',
} as const;

export const ready: Sentence = ({ group }) =>
  group &&
  `${membersOf(group)} ${group.size === 1 ? 'is' : 'are'} ready for the cut-over${reservations(group)}`;

export const finished: Sentence = ({ group }) =>
  group && `${membersOf(group)} ${group.size === 1 ? 'has' : 'have'} finished${reservations(group)}`;

function membersOf({ size }: EventGroup): string {
  if (size === 1) return 'its only task';
  return size === 2 ? 'both tasks' : `all ${size} tasks`;
}

export const failed: Sentence = ({ group }) => {
  if (group?.failed === undefined) return undefined;
  const names = listed(group.failed, ({ name }) => name);
  return group.size === 1
    ? `its only task failed (${names})`
    : `${sizeOf(group.failed)} of ${group.size} tasks failed (${names})`;
};

export const retracted: Sentence = ({ group }) => {
  const { type, reason, tasks, deserted } = group?.retracts ?? {};
  const word = Object.entries(GROUP_WORDS).find(([name]) => name === type)?.[1];
  const isOfTasks = word !== 'failed' && tasks !== undefined && deserted === undefined;
  return word && `no longer ${word}${isOfTasks ? ' because of' : ':'} ${reason}`;
};

type Task = NamedTasks['tasks'][number];

/** As many names as a reader takes in; more of them stand in the event. */
function listed({ tasks, more }: NamedTasks, wordsOf: (task: Task) => string): string {
  return `${tasks.map(wordsOf).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function sizeOf({ tasks, more }: NamedTasks): number {
  return tasks.length + more;
}

/** Reservations about a sentence on all tasks. */
function reservations({ unchecked, behind, deleted }: EventGroup): string {
  const all = [
    ...(unchecked === undefined ? [] : [`${listed(unchecked, nameOf)} could not be checked`]),
    ...(behind === undefined ? [] : [listed(behind, endOf)]),
    ...(deleted === undefined ? [] : [deletedWords(deleted)]),
  ];
  return all.length > 0 ? `, but ${all.join(', and ')}` : '';
}

function nameOf({ name }: Task): string {
  return name;
}

const UNKNOWN: LastFigures = { state: 'unknown', words: NEVER_KNOWN };

function endOf({ name, lastFigures = UNKNOWN }: Task): string {
  return `${name} ended${endWords(lastFigures)}`;
}

function deletedWords(deleted: NamedTasks): string {
  const [was, they] = sizeOf(deleted) === 1 ? ['was', 'it'] : ['were', 'they'];
  return `${listed(deleted, nameOf)} ${was} deleted before ${they} ended well`;
}

/** Members whose ends could not be checked. */
export function uncheckedWords({ unchecked, deleted }: EventGroup): string {
  return `what became of ${listed(mergeTaskLists(unchecked, deleted), nameOf)}`;
}

const DESERTED = 'none of its tasks is watched any more';

/** Why something is no longer so of a group. */
export function retractionWords({ retracts, deleted }: EventGroup): string {
  const { type, tasks, deserted, partial } = retracts ?? {};
  if (type === 'dcs.group.failed') return noLongerFailed(deleted, deserted, partial);
  if (deserted || tasks === undefined) return DESERTED;
  return listed(tasks, ({ name, phase, lastFigures }) => `${name} (${phase}${endWords(lastFigures)})`);
}

/** The one that failed may have left the group, failed as it is; and of a task that was never seen nobody knows. */
function noLongerFailed(
  deleted: NamedTasks | undefined,
  deserted: true | undefined,
  partial: true | undefined,
): string {
  const seen = partial ? ' among those seen so far' : '';
  if (deleted === undefined) return deserted ? DESERTED : `there is no failed task left${seen}`;
  const [was, counts] = sizeOf(deleted) === 1 ? ['was', 'counts'] : ['were', 'count'];
  const gone = `${listed(deleted, nameOf)} ${was} deleted at least a day ago and no longer ${counts}`;
  return `${gone}, and ${deserted ? 'the group has no other tasks' : `there is no failed task left${seen}`}`;
}
