import type { Standing } from '../../events/event.ts';
import type { Phase } from '../../events/phase.ts';
import { type Values, wordFor } from '../language.ts';
import type { Moments } from '../moments.ts';
import { bytes, duration, figure } from './figures.ts';
import { phases } from './names.ts';

export function phaseName(phase: Phase): string {
  return wordFor(phases, phase);
}

/** Behind a phase that the status leaves open. */
export const INFERRED = 'inferred from the statistics';

/** `FULLMIGRATING (full)` */
function standing({ status, phase, derived }: Standing): string {
  const word = phaseName(phase);
  return derived ? `${status} (${word}, ${INFERRED})` : `${status} (${word})`;
}

/** Below this a lag is its own figure. */
const SHORT = 1000;

/** `9 GB (9,000,000,000)`: the service documents no unit, so its own figure stands beside. */
function lag(offset: number): string {
  return offset < SHORT ? bytes(offset) : `${bytes(offset)} (${figure(offset)})`;
}

/** A task goes by its name alone. */
function subject({ task, group, project }: Parameters<Values['subject']>[0]): string | undefined {
  if (task !== undefined) return task.name;
  if (group !== undefined) return `group ${group.name}`;
  return project && `project ${project.name} (${project.tasks} ${project.tasks === 1 ? 'task' : 'tasks'})`;
}

export const valuesIn = ({ moment }: Moments): Values => ({
  subject,
  standing,
  standingSince: (here) => `${standing(here)}, since ${moment(here.since)}`,
  phaseFor: (phase, ms) => `${phaseName(phase)}, for ${duration(ms)}`,
  sinceFor: (since, ms) => `${moment(since)}, for ${duration(ms)}`,
  rate: (percentPerHour) => `${figure(percentPerHour)} % per hour`,
  timeLeft: (ms) => `about ${duration(ms)} at this rate`,
  keyCounts: ({ sourceKeys, targetKeys }) =>
    `source ${sourceKeys === undefined ? '?' : figure(sourceKeys)}, target ${targetKeys === undefined ? '?' : figure(targetKeys)}`,
  traffic: ({ inputKbps, opsPerSecond }) =>
    [
      ...(inputKbps === undefined ? [] : [`${figure(inputKbps)} KB/s into the target`]),
      ...(opsPerSecond === undefined ? [] : [`${figure(opsPerSecond)} operations/s`]),
    ].join(', '),
  lag,
  lagWithin: (offset, maxOffset) => `${lag(offset)}, limit ${bytes(maxOffset)}`,
  keyGapWithin: (percent, maxPercent) => `${figure(percent)} % (limit ${figure(maxPercent)} %)`,
  looksInARow: (looks) => (looks === 1 ? 'one look' : `${figure(looks)} looks in a row`),
  number: (count) => `number ${figure(count)}`,
  readinessOf: (id) => `${eventName('dcs.migration.cutover_ready')} (${id})`,
  announcementOf: (type, id) => `${eventName(type)} (${id})`,
  validUntil: (until) => `${moment(until)}, unless a later event retracts it`,
  validityOver: (until) => `EXPIRED at ${moment(until)}: look again before you act`,
  lastFigures: ({ state, words, at }) =>
    at === undefined || state === 'unknown' ? words : `${words} (${moment(at)})`,
  eventName,
});

/** `dcs.migration.cutover_ready` as people read it: `cutover ready`. */
export function eventName(type: string): string {
  return type.replace(/^dcs\.(?:migration\.)?/, '').replaceAll(/[._]/g, ' ');
}
