import type { Readiness, Unmet } from '../../../events/event.ts';
import type { Reason } from '../../../events/reason.ts';
import {
  type MissingFigure,
  missingFigures,
  type UnreadyCause,
  unmetParts,
  unreadyCause,
} from '../../facts.ts';
import type { Why } from '../../language.ts';
import { bytes, figure } from '../figures.ts';
import { failureWords } from './failures.ts';

/** A lag within a sentence. */
export function lagWords(offset: number | undefined): string {
  return offset === undefined ? '未知' : bytes(offset);
}

export function readyWords({ offset, keyGapPercent, looks }: Readiness): string {
  const checked = looks === 1 ? '本次检查达标' : `连续 ${looks} 次检查达标`;
  return `已具备割接条件，落后量（offset）${lagWords(offset)}，两端键数相差 ${keyGapPercent}%，${checked}`;
}

const SKIPPED = '本次未检查';

/** Why a readiness is not so, or not known. */
export const reasons: Readonly<Record<Reason, Why>> = {
  figures: (_because, readiness, unmet) => figureWords(readiness, unmet),
  not_migrating: () => '统计数据显示任务未在迁移',
  figures_missing: (_because, readiness) => `统计数据中没有可用的${lackWords(readiness)}`,
  statistics_denied: () => '访问密钥无权读取统计数据',
  statistics_missing: () => '此任务没有统计数据',
  statistics_failed: ({ failure }) => `统计数据读取失败${failureWords(failure)}`,
  statistics_not_read: () => '本次未读取统计数据',
  looks_fail: ({ failure }) => `检查失败${failureWords(failure)}`,
  resting: () => `${SKIPPED}（调用已暂停）`,
  out_of_time: () => `${SKIPPED}（本轮时间已用完）`,
  endpoint_silent: () => `${SKIPPED}（终端节点无响应）`,
  not_found: () => '检查时没有找到任务',
  success_not_checked: () => '状态显示成功，但未经核实',
  not_replicating: ({ status }) => `已不在增量迁移阶段（${status}）`,
  status_open: ({ status }) => `状态现为 ${status}`,
  gone: () => '任务已不存在',
  switch_open: () => '此前正在交换 IP，结果不明',
  switch_not_ended: () => 'IP 交换的结果不明',
  other_phase: () => '任务处于其他阶段',
  not_long_enough: () => '追平持续的时间不够长',
};

/** The figures beyond their limits. */
function figureWords(
  { offset, maxOffset, sourceKeys, targetKeys, keyGapPercent, maxKeyGapPercent }: Readiness,
  unmet: readonly Unmet[],
): string {
  const parts = unmetParts(unmet, [
    [
      'lag',
      offset === undefined ? undefined : `落后量（offset）为 ${bytes(offset)}，上限 ${bytes(maxOffset)}`,
    ],
    [
      'keys',
      `两端键数相差 ${keyGapPercent}%（${countsWords(sourceKeys, targetKeys)}），上限 ${maxKeyGapPercent}%`,
    ],
  ]);
  return parts.join('；');
}

function countsWords(sourceKeys = 0, targetKeys = 0): string {
  return `源实例 ${figure(sourceKeys)}，目标实例 ${figure(targetKeys)}`;
}

const LACKS: Readonly<Record<MissingFigure, string>> = {
  offset: '落后量（offset）',
  sourceKeys: '源实例键数',
  targetKeys: '目标实例键数',
};

function lackWords(readiness: Readiness): string {
  return missingFigures(readiness)
    .map((lack) => LACKS[lack])
    .join('、');
}

const CAUSES: Readonly<Record<UnreadyCause, string>> = {
  'not migrating': '请到控制台确认任务是否仍在运行',
  lag: '通常是因为源实例的写入快于目标实例的同步，或落后量上限（settings.cutover.maxOffset）设得过小',
  'keys missing':
    '通常是因为其中一端仍计入已过期的键，否则就是有键未复制到目标实例（差异上限：settings.cutover.maxKeyGap）',
  'keys besides': '通常是目标实例原有的键，或源实例中已过期的键（差异上限：settings.cutover.maxKeyGap）',
  unknown: '割接或做其他操作前，请自行比对源实例和目标实例的数据',
};

/** The usual cause of a replication that does not become ready. */
export function causeWords(readiness: Readiness, isUnknown: boolean): string {
  return CAUSES[unreadyCause(readiness, isUnknown)];
}
