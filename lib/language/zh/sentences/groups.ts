import type { EventGroup, NamedTasks } from '../../../events/event.ts';
import { mergeTaskLists } from '../../format.ts';
import type { Sentence } from '../../language.ts';
import { phaseName } from '../values.ts';
import { endWords, NEVER_KNOWN } from './endings.ts';
import { listed, listedBefore, listedOfAll, sizeOf } from './lists.ts';

const NO_LONGER = {
  'dcs.group.ready': '不再具备割接条件',
  'dcs.group.failed': '此前的失败通知已撤回',
  'dcs.group.finished': '此前的完成通知已撤回',
} as const;

export const ready: Sentence = ({ group }) =>
  group && `${membersOf(group)}${group.size === 1 ? '' : '均'}已具备割接条件${reservations(group)}`;

export const finished: Sentence = ({ group }) =>
  group && `${membersOf(group)}${group.size === 1 ? '' : '均'}已完成${reservations(group)}`;

function membersOf({ size }: EventGroup): string {
  if (size === 1) return '唯一的任务';
  return size === 2 ? '两个任务' : `全部 ${size} 个任务`;
}

export const failed: Sentence = ({ group }) => {
  if (group?.failed === undefined) return undefined;
  const names = listedOfAll(group.failed);
  return group.size === 1
    ? `唯一的任务失败（${names}）`
    : `${group.size} 个任务中有 ${sizeOf(group.failed)} 个失败（${names}）`;
};

export const retracted: Sentence = ({ group }) => {
  const { type, reason } = group?.retracts ?? {};
  const words = Object.entries(NO_LONGER).find(([name]) => name === type)?.[1];
  return words && `${words}，原因：${reason}`;
};

type Task = NamedTasks['tasks'][number];

/** Reservations about a sentence on all tasks. */
function reservations({ unchecked, behind, deleted }: EventGroup): string {
  const all = [
    ...(unchecked === undefined ? [] : [`有任务的结果未能核实：${listed(unchecked)}`]),
    ...(behind === undefined ? [] : [`有任务结束时${endsOf(behind)}：${listed(behind, endOf)}`]),
    ...(deleted === undefined ? [] : [`有任务未正常结束就被删除：${listed(deleted)}`]),
  ];
  return all.length > 0 ? `，但${all.join('；')}` : '';
}

/** The word for all of them; of those that are not named nobody knows here. */
function endsOf({ tasks, more }: NamedTasks): string {
  const areBehind = more === 0 && tasks.every(({ lastFigures }) => lastFigures?.state === 'behind');
  return areBehind ? '未追平' : '未追平或差距不明';
}

function endOf({ name, lastFigures = { state: 'unknown', words: NEVER_KNOWN } }: Task): string {
  return `${name}（${lastFigures.words}）`;
}

/** Members whose ends could not be checked. */
export function uncheckedWords({ unchecked, deleted }: EventGroup): string {
  return `${listedBefore(mergeTaskLists(unchecked, deleted))}的最终结果`;
}

const DESERTED = '组内已没有受监控的任务';

/** Why something is no longer so of a group. */
export function retractionWords({ retracts, deleted }: EventGroup): string {
  const { type, tasks, deserted, partial } = retracts ?? {};
  if (type === 'dcs.group.failed') return noLongerFailed(deleted, deserted, partial);
  if (deserted || tasks === undefined) return DESERTED;
  return listed(tasks, whereabouts);
}

function whereabouts({ name, phase, lastFigures }: Task): string {
  return `${name}（${phase === undefined ? '' : phaseName(phase)}${endWords(lastFigures, '')}）`;
}

/** The one that failed may have left the group, failed as it is; and of a task that was never seen nobody knows. */
function noLongerFailed(
  deleted: NamedTasks | undefined,
  deserted: true | undefined,
  partial: true | undefined,
): string {
  const seen = partial ? '已检查到的' : '';
  if (deleted === undefined) return deserted ? DESERTED : `组内${seen}任务目前均未失败`;
  const others = deserted ? '组内没有其他任务' : `其余${seen}任务目前均未失败`;
  return `${listedBefore(deleted)}已被删除一天以上，不再计入；${others}`;
}
