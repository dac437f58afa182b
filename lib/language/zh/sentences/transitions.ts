import type { EventFacts, Standing } from '../../../events/event.ts';
import type { Phase } from '../../../events/phase.ts';
import type { Transition } from '../../../events/transition.ts';
import { isGoodEnd, type TransitionWords, transitionWords } from '../../facts.ts';
import type { Sentence } from '../../language.ts';
import { phases } from '../names.ts';
import { CONCLUDED, phaseName, stageName } from '../values.ts';
import { endWords } from './endings.ts';

/** The arrival of a task in a phase, behind the task's name. */
const ARRIVALS: Readonly<Record<Phase, string>> = {
  creating: '任务创建中',
  configuring: '任务待配置',
  migrating: '迁移已开始',
  full: '全量迁移已开始',
  incremental: '增量迁移已开始',
  switching: '正在交换 IP',
  stopping: '任务正在停止',
  stopped: '任务已停止',
  succeeded: '迁移成功',
  failed: '迁移失败',
  released: '迁移机已释放',
  gone: '任务已不存在',
  unknown: '状态变为',
};

/** Statuses that say more than the phase they mean. */
const OF_STATUS: ReadonlyMap<string, string> = new Map([
  ['MIGRATION_SUCCESS', '数据已全部迁移，资源待释放'],
  ['ERROR', '任务异常'],
]);

/** Phases that were concluded from the statistics. */
const CONCLUDABLE: ReadonlySet<Phase> = new Set(['full', 'incremental']);

const ROLLED_BACK = 'IP 交换已回滚（但状态显示为成功）';
const WORDS: TransitionWords = {
  phases: ARRIVALS,
  statuses: OF_STATUS,
  rolledBack: ROLLED_BACK,
  concluded: (phase) => (CONCLUDABLE.has(phase) ? `${phaseName(phase)}（${CONCLUDED}）` : undefined),
};

/** Where a task is that may have been there before. */
const NOW: TransitionWords = { ...WORDS, phases: { ...phases, unknown: '状态' } };

function arrival(to: Standing): string {
  return transitionWords(to, WORDS);
}

/** The reading of a task that has arrived somewhere. */
const arrived: Sentence = ({ to }) => to && arrival(to);

/** A sentence about a replication says so when that was concluded. */
function concluded(words: string, { to }: EventFacts): string {
  return to?.derived ? `${words}（${CONCLUDED}）` : words;
}

const ENDED: Readonly<Partial<Record<Phase, string>>> = {
  stopped: '停止后',
  succeeded: '成功后',
  failed: '失败后',
  released: '在迁移机释放后',
};

const RUNS_AGAIN = '任务已重启，增量迁移中';
const STILL_REPLICATING = '增量迁移继续进行';

const restarted: Sentence = (facts) => {
  const { from, to } = facts;
  if (from === undefined || to === undefined) return undefined;
  if (to.phase === 'incremental' && from.phase === 'stopping') return concluded(RUNS_AGAIN, facts);
  if (to.phase === 'incremental' && from.phase === 'stopped') return RUNS_AGAIN;
  return `任务${ENDED[from.phase] ?? '结束后'}重启，目前：${transitionWords(to, NOW)}`;
};

const switchEnded: Sentence = (facts) =>
  facts.switchStatus === undefined
    ? concluded(`IP 交换已结束，${STILL_REPLICATING}`, facts)
    : `IP 交换已结束（${facts.switchStatus}），${STILL_REPLICATING}`;

const confirmed: Sentence = ({ to, lastFigures }) => {
  if (to === undefined) return undefined;
  if (isGoodEnd(lastFigures)) return `${arrival(to)}，现已核实`;
  return `现已核实，任务确已结束${endWords(lastFigures, '但增量迁移结束时')}`;
};

const stillReads: Sentence = ({ to }) => to && `状态变为 ${to.status}`;

/** Every sentence of a status that is another one; of other types only those that their own sentence begins with. */
export const transitions: Readonly<Record<Transition, Sentence>> = {
  arrived,
  full_started: arrived,
  full_finished: (facts) => concluded('全量迁移已完成，增量迁移已开始', facts),
  incremental_started: arrived,
  incremental_resumed: (facts) => concluded(STILL_REPLICATING, facts),
  fell_back: () => '从增量迁移退回全量迁移',
  restarted,
  found_again: ({ to }) => to && `任务重新出现，目前：${transitionWords(to, NOW)}`,
  same_phase: (facts) => `${stillReads(facts)}，阶段不变`,
  phase_open: (facts) => `${stillReads(facts)}，无法据此判断所处阶段`,
  switching: arrived,
  switch_ended: switchEnded,
  switch_rolled_back: () => ROLLED_BACK,
  stopping: arrived,
  stopped_normally: () => '目标实例已追平，增量迁移已停止，在线迁移正常结束',
  stopped_not_in_step: ({ lastFigures }) => `增量迁移已停止${endWords(lastFigures, '停止时')}`,
  stopped_early: () => '任务已停止，此前未观测到全量迁移完成',
  stopped_after_roll_back: () => 'IP 交换回滚后，任务已停止',
  stopped: arrived,
  released_normally: () => `${ARRIVALS.released}，增量迁移结束时目标实例已追平`,
  released_not_in_step: ({ lastFigures }) => `${ARRIVALS.released}${endWords(lastFigures, '增量迁移结束时')}`,
  released_early: () => `${ARRIVALS.released}，此前未观测到全量迁移完成`,
  released: arrived,
  finished: arrived,
  finished_not_in_step: ({ lastFigures }) => `状态显示成功${endWords(lastFigures, '但增量迁移结束时')}`,
  failed: arrived,
  confirmed,
  gone: () => ARRIVALS.gone,
  deleted_after_end: () => '任务已结束，随后被删除',
  unknown_status: arrived,
  no_longer_ready: () => '不再具备割接条件',
  no_longer_known: () => '已无法确认是否仍具备割接条件',
  not_ready: () => '不具备割接条件',
  not_known: () => '无法判断是否具备割接条件',
  moves_again: () => '迁移恢复进展',
  left_phase: ({ standing }) => standing && `已离开${stageName(standing.phase)}阶段`,
  call_denied: ({ call }) => call && `访问密钥无权调用 ${call}`,
  call_fails: ({ call }) => call && `调用 ${call} 失败`,
};
