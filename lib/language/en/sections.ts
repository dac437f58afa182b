import type { GroupMember } from '../../events/event.ts';
import type { Digests, Footer, HeldBy, Sections } from '../language.ts';
import type { Moments } from '../moments.ts';
import { bytes, duration, figure } from './figures.ts';
import { eventName, phaseName } from './values.ts';

/** Being ready is a matter of the incremental phase; elsewhere that a task is not ready is no news. */
function place({ phase, ready, lastFigures }: GroupMember): string {
  const word = phaseName(phase);
  if (lastFigures?.state === 'behind') return `${word}, target behind`;
  if (lastFigures?.state === 'unknown') return `${word}, target state unknown`;
  if (ready) return `${word}, ready`;
  return phase === 'incremental' ? `${word}, not ready` : word;
}

const FELL_BACK = 'fell back to a full synchronisation';

/** Two are both. */
function allOf(count: number, things: string): string {
  return count === 2 ? `Both ${things}` : `All ${count} ${things}`;
}

export const sectionsIn = ({ moment, clock, zone }: Moments): Sections => ({
  allChannels: (count) => allOf(count, 'channels'),
  tasksOf: ({ name, size }) => `${size === 1 ? 'The only task' : allOf(size, 'tasks')} of ${name}`,
  place,
  membersAt: (count, where, names) => `${count} ${where}: ${names.join(', ')}`,
  more: (count) => `and ${count} more`,
  whatToDo: (cause) => `What to do (${cause})`,
  noReason: 'DCS gives no reason: no error message, no error in its log.',
  notObserved: ({ phases, after, before }) =>
    `${phases.map(phaseName).join(', ')}: must have begun and ended unseen between ${moment(after)} and ${moment(before)}`,
  wholeMigration: (watchedSince, ms) =>
    `The whole migration, watched since ${moment(watchedSince)}: ${duration(ms)}`,
  phaseSpan: (phase, ms) => `${phaseName(phase)} ${duration(ms)}`,
  largestLag: (offset) => `largest lag (offset) about ${bytes(offset)}`,
  fellBack: (count) => {
    if (count === 0) return `never ${FELL_BACK}`;
    return `${FELL_BACK} ${count === 1 ? 'once' : `${figure(count)} times`}`;
  },
  sentBefore: (events) => `${events} earlier ${events === 1 ? 'event' : 'events'}`,
  sentOn: (day, events) => {
    const zones = new Set(events.map(({ at }) => zone(at)));
    // Where nothing else is said, a day is one of UTC.
    const where = zones.has('UTC') ? '' : ` (${[...zones].join(', ')})`;
    return `events on ${day}${where}: ${events.map(({ type, at }) => `${clock(at)} ${eventName(type)}`).join(', ')}`;
  },
  also: (mark, sentence) => `also: ${mark}${sentence}`,
});

/** `incremental 100, full 23, progress 2` */
function countWords(kinds: readonly (readonly [kind: string, events: number])[]): string {
  return kinds.map(([kind, events]) => `${eventName(kind)} ${events}`).join(', ');
}

function subjectsOf(areTasks: boolean): string {
  return areTasks ? 'tasks' : 'tasks, groups and projects';
}

const HELD: Readonly<Record<HeldBy, string>> = { 'quiet hours': 'in quiet hours', mute: 'while muted' };

export const digestsIn = ({ moment, clock, zone }: Moments): Digests => ({
  nowWatched: (tasks, more) => {
    const besides = more === 1 ? ', and 1 more event' : `, and ${more} more events`;
    return `${tasks} tasks are now watched${more === 0 ? '' : besides}`;
  },
  eventsOfMany: (events, subjects, areTasks) => `${events} events of ${subjects} ${subjectsOf(areTasks)}`,
  eventsOfOne: (name, events) => `${name}: ${events} ${events === 1 ? 'event' : 'events'}`,
  waiting: (things) => (things === 1 ? '1 event needs attention' : `${things} events need attention`),
  merged: ({ events, since, until, kinds, from, to }, most) => {
    const way = from === undefined || to === undefined ? '' : `, from ${from} to ${to}`;
    const counts = Object.entries(kinds)
      .sort(([, a], [, b]) => b - a)
      .slice(0, most);
    const what = `${events} earlier ${events === 1 ? 'event' : 'events'}`;
    return `${what} (${moment(since)} to ${moment(until)}${way}): ${countWords(counts)}`;
  },
  counts: countWords,
  inQuietHours: (sentence) => `${sentence} ${HELD['quiet hours']}`,
  whileMuted: (sentence) => `${sentence} ${HELD.mute}`,
  happened: (iso, held) => `${moment(iso)}, ${HELD[held]}`,
  besides: ({ events, subjects, areTasks, isOver }, held) => {
    const whose = subjects > 1 ? ` of ${subjects} ${subjectsOf(areTasks)}` : '';
    const when = held === undefined ? '' : ` ${HELD[held]}`;
    return `Also ${events} ${events === 1 ? 'event' : 'events'}${whose}${when}${isOver ? ', no longer current' : ''}:`;
  },
  overByNow: 'No longer current:',
  validUntil: (until) => `valid until ${moment(until)}`,
  validityOver: (until) => `EXPIRED at ${moment(until)}: look again before you act`,
  timeOfDay: (iso) => `${clock(iso)} ${zone(iso)}`,
});

export const footer: Footer = {
  subject: (kind, id) => `${kind} ${id}`,
  watcher: 'watcher',
  events: (numbers) => `${numbers.length === 1 ? 'event' : 'events'} ${numbers.join(', ')}`,
  delayedBy: (ms) => `delayed by ${duration(ms)}`,
  readersTime: 'your time:',
};
