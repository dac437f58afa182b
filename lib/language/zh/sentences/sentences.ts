import type { EventFacts, Standing } from '../../../events/event.ts';
import { isGoodEnd, transitionIn, waitingOf } from '../../facts.ts';
import { type Language, type Sentence, wordFor } from '../../language.ts';
import type { Moments } from '../../moments.ts';
import { spanWords } from '../figures.ts';
import { failures } from '../names.ts';
import { CONCLUDED, phaseName, stageName } from '../values.ts';
import { distanceWords, endWords } from './endings.ts';
import { dossierWords, knownCause, serviceWords } from './failures.ts';
import * as group from './groups.ts';
import { causeWords, lagWords, readyWords } from './readiness.ts';
import { transitions } from './transitions.ts';
import { channelBroken, failing } from './watching.ts';

const moved = transitionIn(transitions);

const firstSeen: Sentence = ({ to, dossier }) => {
  if (to === undefined) return undefined;
  const { status, phase, derived, rolledBack } = to;
  const notes = [
    phaseName(phase),
    ...knownCause(dossier),
    ...(derived ? [CONCLUDED] : []),
    ...(rolledBack ? ['IP 交换已回滚'] : []),
  ];
  return `开始监控，状态 ${status}（${notes.join('，')}）${serviceWords(dossier)}${uncheckedWords(to.unchecked)}`;
};

type Unchecked = NonNullable<Standing['unchecked']>;

const INSTEAD: Readonly<Record<Unchecked, string>> = {
  deleted: '也可能是任务被删除',
  'rolled back': '也可能是 IP 交换已回滚',
};

function uncheckedWords(what: Unchecked | undefined): string {
  return what === undefined ? '' : `，但未能核实：${wordFor(INSTEAD, what)}`;
}

const statusChanged: Sentence = (facts) => {
  const words = moved(facts);
  if (words === undefined) return undefined;
  const { notObserved, to, dossier } = facts;
  const skipped =
    notObserved === undefined ? '' : `（未观测到：${notObserved.phases.map(stageName).join('、')}）`;
  return `${words}${skipped}${uncheckedWords(to?.unchecked)}${dossierWords(dossier)}`;
};

/** A deletion is a matter of course after a good end. */
const gone: Sentence = (facts) => {
  const { from, lastFigures } = facts;
  const words = moved(facts);
  if (from === undefined || words === undefined) return undefined;
  const last = `最后状态 ${from.status}${from.unchecked === undefined ? '' : '，未核实'}`;
  const when = facts.transition === 'gone' ? '任务消失时' : '增量迁移结束时';
  return `${words}（${last}）${endWords(lastFigures, when)}`;
};

const progress: Sentence = ({ progress: here }) => {
  if (here === undefined) return undefined;
  const { percent, secondsLeft } = here;
  const left = secondsLeft === undefined ? '' : `，按当前速度还需约 ${spanWords(secondsLeft)}`;
  return `全量迁移已完成 ${percent}%${left}`;
};

const unready: Sentence = (facts) => {
  const words = moved(facts);
  return words && `${words}，原因：${facts.readiness?.reason}`;
};

const blocked: Sentence = (facts) => {
  const { readiness, transition } = facts;
  const words = moved(facts);
  if (words === undefined || readiness === undefined) return undefined;
  return `${words}，原因：${readiness.reason}。${causeWords(readiness, transition === 'not_known')}`;
};

const regressed: Sentence = ({ resynchronisations: times = 1 }) =>
  `请勿割接，任务已退回全量迁移${times === 1 ? '' : `（第 ${times} 次）`}`;

const stalled: Sentence = ({ stall, seconds }) => {
  if (stall === undefined || seconds === undefined) return undefined;
  const { kind, offset, percent } = stall;
  const span = spanWords(seconds);
  if (kind === 'lag grows') return `差距拉大，落后量（offset）已持续增长 ${span}，达到 ${lagWords(offset)}`;
  return `迁移停滞，已有 ${span}没有进展${atPercent(percent, '停在 ')}`;
};

const resumed: Sentence = (facts) => {
  const words = moved(facts);
  const { stall, transition } = facts;
  if (words === undefined || stall === undefined) return undefined;
  const { kind, offset, percent } = stall;
  if (transition === 'left_phase') {
    return `${words}（此前在该阶段${kind === 'lag grows' ? '落后量持续增长' : '停滞'}）`;
  }
  if (kind === 'lag grows') return `差距缩小，落后量（offset）降到 ${lagWords(offset)}`;
  return `${words}${atPercent(percent, '目前 ')}`;
};

function atPercent(percent: number | undefined, where: string): string {
  return percent === undefined ? '' : `（${where}${percent}%）`;
}

const COSTS = '任务停止前会一直运行并计费';
const FOR_EVER = '否则会一直运行并计费';

const forgotten: Sentence = (facts) => {
  const { standing, seconds, lastFigures } = facts;
  if (standing === undefined || seconds === undefined) return undefined;
  const span = spanWords(seconds);
  if (standing.phase === 'configuring') return `任务待配置已达 ${span}，请配置或删除任务`;
  const replicated = `增量迁移已持续 ${span}`;
  if (lastFigures === undefined) return waitingWords(facts, replicated);
  const advice = isGoodEnd(lastFigures)
    ? `请停止任务，${FOR_EVER}`
    : '停止任务前，请先确认目标实例缺少哪些数据';
  return `${replicated}，IP 已交换${endWords(lastFigures, '交换时')}。${advice}`;
};

/** Advice to cut over is given only where readiness holds. */
function waitingWords({ readiness }: EventFacts, replicated: string): string | undefined {
  if (readiness === undefined) return undefined;
  const { reason, unmet = [] } = readiness;
  if (reason === undefined) return `${replicated}，已具备割接条件。请割接并停止任务，${FOR_EVER}`;
  const { isFar, isPlain, hasReason } = waitingOf(readiness);
  const words = isPlain ? reason : `目标实例${isFar ? '仍' : ''}${distanceWords(readiness, unmet)}`;
  const why = hasReason ? `（${reason}）` : '';
  return `${replicated}，仍不具备割接条件，原因：${words}${why}。${COSTS}`;
}

const switched: Sentence = ({ lastFigures }) =>
  isGoodEnd(lastFigures)
    ? 'IP 已交换，访问源实例地址的客户端现已连接到目标实例'
    : `IP 已交换${endWords(lastFigures, '交换时')}。客户端现已连接到目标实例`;

/** The sentence of each type of event, without the name of its subject. */
export const sentencesIn = (moments: Moments): Language['sentences'] => ({
  'dcs.migration.first_seen': firstSeen,
  'dcs.migration.status_changed': statusChanged,
  'dcs.migration.gone': gone,
  'dcs.migration.progress': progress,
  'dcs.migration.cutover_ready': ({ readiness }) => readiness && readyWords(readiness),
  'dcs.migration.cutover_unready': unready,
  'dcs.migration.cutover_blocked': blocked,
  'dcs.migration.regressed': regressed,
  'dcs.migration.stalled': stalled,
  'dcs.migration.resumed': resumed,
  'dcs.migration.forgotten': forgotten,
  'dcs.migration.ip_switched': switched,
  'dcs.migration.ip_rolled_back': () => 'IP 交换已回滚，客户端已重新连接到源实例',
  'dcs.group.ready': group.ready,
  'dcs.group.failed': group.failed,
  'dcs.group.finished': group.finished,
  'dcs.group.retracted': group.retracted,
  'dcs.watch.failing': failing(moments),
  'dcs.watch.restored': ({ reason }) => reason && `已恢复监控（此前：${wordFor(failures, reason)}）`,
  'dcs.watch.degraded': moved,
  'dcs.watch.channel_broken': channelBroken(moments),
});
