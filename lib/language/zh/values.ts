import type { Standing } from '../../events/event.ts';
import type { Phase } from '../../events/phase.ts';
import { type Values, wordFor } from '../language.ts';
import type { Moments } from '../moments.ts';
import { bytes, duration, figure, percent } from './figures.ts';
import { events, phases, stages } from './names.ts';

/** Behind a phase that the status leaves open. */
export const CONCLUDED = '根据统计数据推断';

export function phaseName(phase: Phase): string {
  return wordFor(phases, phase);
}

/** A phase that is over. */
export function stageName(phase: Phase): string {
  return wordFor(stages, phase);
}

/** `FULLMIGRATING（全量迁移中）` */
function standing({ status, phase, derived }: Standing): string {
  const word = phaseName(phase);
  return derived ? `${status}（${word}，${CONCLUDED}）` : `${status}（${word}）`;
}

/** Below this a lag is its own figure. */
const SHORT = 1000;

/** `9 GB（9,000,000,000）`: the service documents no unit, so its own figure stands beside. */
function lag(offset: number): string {
  return offset < SHORT ? bytes(offset) : `${bytes(offset)}（${figure(offset)}）`;
}

function keysWords(keys: number | undefined): string {
  return keys === undefined ? '未知' : ` ${figure(keys)}`;
}

/** A task goes by its name alone. */
function subject({ task, group, project }: Parameters<Values['subject']>[0]): string | undefined {
  if (task !== undefined) return task.name;
  if (group !== undefined) return `任务组 ${group.name}`;
  return project && `项目 ${project.name}（${project.tasks} 个任务）`;
}

export const valuesIn = ({ moment }: Moments): Values => ({
  subject,
  standing,
  standingSince: (here) => `${standing(here)}，自 ${moment(here.since)} 起`,
  phaseFor: (phase, ms) => `${stageName(phase)}，历时 ${duration(ms)}`,
  sinceFor: (since, ms) => `${moment(since)}，持续 ${duration(ms)}`,
  rate: (percentPerHour) => `每小时 ${percent(percentPerHour)}`,
  timeLeft: (ms) => `按当前速度约 ${duration(ms)}`,
  keyCounts: ({ sourceKeys, targetKeys }) =>
    `源实例${keysWords(sourceKeys)}，目标实例${keysWords(targetKeys)}`,
  traffic: ({ inputKbps, opsPerSecond }) =>
    [
      ...(inputKbps === undefined ? [] : [`写入目标实例 ${figure(inputKbps)} KB/s`]),
      ...(opsPerSecond === undefined ? [] : [`每秒 ${figure(opsPerSecond)} 次操作`]),
    ].join('，'),
  lag,
  lagWithin: (offset, maxOffset) => `${lag(offset)}，上限 ${bytes(maxOffset)}`,
  keyGapWithin: (gap, maxGap) => `${percent(gap)}（上限 ${percent(maxGap)}）`,
  looksInARow: (looks) => `${figure(looks)} 次检查`,
  number: (count) => `第 ${figure(count)} 次`,
  readinessOf: (id) => `“可以割接”通知（${id}）`,
  announcementOf: (type, id) => `“${eventName(type)}”通知（${id}）`,
  validUntil: (until) => `${moment(until)}（若后续事件撤回，则提前失效）`,
  validityOver: (until) => `${moment(until)}，已过期，操作前请重新确认`,
  lastFigures: ({ state, words, at }) =>
    at === undefined || state === 'unknown' ? words : `${words}（${moment(at)}）`,
  eventName,
});

const EVENTS: Readonly<Record<string, string>> = events;

/** A type of a newer version keeps its own name: `new thing`. */
export function eventName(type: string): string {
  return Object.hasOwn(EVENTS, type)
    ? wordFor(EVENTS, type)
    : type.replace(/^dcs\.(?:migration\.)?/, '').replaceAll(/[._]/g, ' ');
}

const PHASES: Readonly<Record<string, string>> = phases;

/** Events are counted by the phase that they report, else by their type; `other` are all the rest. */
export function kindName(kind: string): string {
  if (kind === 'other') return '其他';
  return Object.hasOwn(PHASES, kind) ? wordFor(PHASES, kind) : eventName(kind);
}
