import type { GroupMember } from '../../events/event.ts';
import type { Digests, Footer, HeldBy, Sections } from '../language.ts';
import type { Moments } from '../moments.ts';
import { bytes, duration, figure } from './figures.ts';
import { eventName, kindName, phaseName, stageName } from './values.ts';

/** Being ready is a matter of the incremental phase; elsewhere that a task is not ready is no news. */
function place({ phase, ready, lastFigures }: GroupMember): string {
  const word = phaseName(phase);
  if (lastFigures?.state === 'behind') return `${word}，目标实例未追平`;
  if (lastFigures?.state === 'unknown') return `${word}，目标实例是否追平不明`;
  if (ready) return `${word}，可割接`;
  return phase === 'incremental' ? `${word}，不可割接` : word;
}

export const sectionsIn = ({ moment, clock, zone }: Moments): Sections => ({
  allChannels: (count) => (count === 2 ? '两个通知渠道' : `全部 ${count} 个通知渠道`),
  tasksOf: ({ name, size }) => {
    if (size === 1) return `${name} 的唯一任务`;
    return `${name} 的${size === 2 ? '两个任务' : `全部 ${size} 个任务`}`;
  },
  place,
  membersAt: (count, where, names) => `${where}（${count} 个）：${names.join('、')}`,
  more: (count) => `另有 ${count} 个`,
  whatToDo: (cause) => `处理建议（${cause}）`,
  noReason: 'DCS 没有给出原因：没有错误信息，日志中也没有报错。',
  notObserved: ({ phases, after, before }) =>
    `${phases.map(stageName).join('、')}：应已在 ${moment(after)} 至 ${moment(before)} 之间开始并结束`,
  wholeMigration: (watchedSince, ms) => `迁移历时（自 ${moment(watchedSince)} 起监控）：${duration(ms)}`,
  phaseSpan: (phase, ms) => `${stageName(phase)} ${duration(ms)}`,
  largestLag: (offset) => `最大落后量（offset）约 ${bytes(offset)}`,
  fellBack: (count) => (count === 0 ? '从未退回全量迁移' : `退回全量迁移 ${figure(count)} 次`),
  sentBefore: (events) => `更早还有 ${events} 个事件`,
  sentOn: (day, events) => {
    const zones = new Set(events.map(({ at }) => zone(at)));
    // Where nothing else is said, a day is one of UTC.
    const where = zones.has('UTC') ? ' ' : `（${[...zones].join('、')}）`;
    return `${day}${where}已通知：${events.map(({ type, at }) => `${clock(at)} ${eventName(type)}`).join('、')}`;
  },
  also: (mark, sentence) => `另外：${mark}${sentence}`,
});

/** `增量迁移中 100 个、全量迁移中 23 个、迁移进度 2 个` */
function countWords(kinds: readonly (readonly [kind: string, events: number])[]): string {
  return kinds.map(([kind, events]) => `${kindName(kind)} ${events} 个`).join('、');
}

function subjectsOf(areTasks: boolean): string {
  return areTasks ? '任务' : '任务、任务组和项目';
}

const HELD: Readonly<Record<HeldBy, string>> = { 'quiet hours': '免打扰时段内', mute: '静默期间' };

export const digestsIn = ({ moment, clock, zone }: Moments): Digests => ({
  nowWatched: (tasks, more) => `开始监控 ${tasks} 个任务${more === 0 ? '' : `，另有 ${more} 个事件`}`,
  eventsOfMany: (events, subjects, areTasks) => `${subjects} 个${subjectsOf(areTasks)}共 ${events} 个事件`,
  eventsOfOne: (name, events) => `${name}：${events} 个事件`,
  waiting: (things) => `${things} 个事件需要处理`,
  merged: ({ events, since, until, kinds, from, to }, most) => {
    const way = from === undefined || to === undefined ? '' : `，状态从 ${from} 到 ${to}`;
    const counts = Object.entries(kinds)
      .sort(([, a], [, b]) => b - a)
      .slice(0, most);
    return `更早还有 ${events} 个事件（${moment(since)} 至 ${moment(until)}${way}）：${countWords(counts)}`;
  },
  counts: countWords,
  inQuietHours: (sentence) => `${HELD['quiet hours']}：${sentence}`,
  whileMuted: (sentence) => `${HELD.mute}：${sentence}`,
  happened: (iso, held) => `${moment(iso)}（${HELD[held]}）`,
  besides: ({ events, subjects, areTasks, isOver }, held) => {
    const when = held === undefined ? '此外' : `此外，${HELD[held]}`;
    const whose = subjects > 1 ? `（涉及 ${subjects} 个${subjectsOf(areTasks)}）` : '';
    return `${when}还有 ${events} 个事件${whose}${isOver ? '，以下内容现已过时' : ''}：`;
  },
  overByNow: '以下内容现已过时：',
  validUntil: (until) => `有效期至 ${moment(until)}`,
  validityOver: (until) => `有效期至 ${moment(until)}，已过期，操作前请重新确认`,
  timeOfDay: (iso) => `${clock(iso)} ${zone(iso)}`,
});

const SUBJECTS = { task: '任务', group: '任务组', project: '项目' } as const;

export const footer: Footer = {
  subject: (kind, id) => `${SUBJECTS[kind]} ${id}`,
  watcher: '监控程序',
  events: (numbers) => `事件 ${numbers.join('、')}`,
  delayedBy: (ms) => `延迟 ${duration(ms)}`,
  readersTime: '当地时间',
};
