import { bytes, figure } from '../../../language/en/figures.ts';
import type { PastEvent, TaskStatus } from '../../../status/status.ts';
import type { TerminalFormat } from '../../terminal/table.ts';
import type { Times } from '../../terminal/times.ts';
import { type Fact, factLines } from './facts.ts';
import { sectionLines } from './overview.ts';
import { pendingWords } from './sections.ts';
import { nameOf, spanOf, words } from './words.ts';

/** Everything that is known of one task, for people. */
export function taskLines(task: TaskStatus, times: Times, format: TerminalFormat): string[] {
  const events = task.lastEvents.map((event) => eventLine(event, times));
  return [
    ...factLines(taskFacts(task, times), format),
    ...(events.length === 0 ? [] : ['', ...sectionLines({ heading: 'LAST EVENTS', lines: events }, format)]),
  ];
}

function eventLine({ time, summary }: PastEvent, times: Times): string {
  return `${times(time)}  ${words(summary)}`;
}

/** A task, as `history` shows it, too. */
export function taskFacts(task: TaskStatus, times: Times): readonly Fact[] {
  const { id, failing, lastLookAt, mutedUntil, consoleUrl, project, labels } = task;
  const route = [task.source ?? '?', task.target ?? '?'].map(words).join(' → ');
  const labelled = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return [
    ['Task', nameOf(task) === id ? id : `${nameOf(task)} (${id})`],
    ['Project', `${words(project.name)} (${project.region})`],
    ['Phase', phaseWords(task, times)],
    ...figureFacts(task, times),
    ['Readiness', readinessWords(task, times)],
    ['Last look', lastLookAt === undefined ? 'none yet' : times(lastLookAt)],
    ['Looks fail', failing && `since ${times(failing.since)}: ${words(failing.words)}`],
    ['Route', route === '? → ?' ? undefined : route],
    ['Labels', labelled.length === 0 ? undefined : words(labelled.join(', '))],
    ['Owed', pendingWords(task.deliveries).join('; ') || 'nothing'],
    ['Muted', mutedUntil && `until ${times(mutedUntil)}`],
    ['Console', consoleUrl],
  ];
}

function phaseWords({ phase, status, since }: TaskStatus, times: Times): string {
  if (phase === undefined || since === undefined) return 'not seen yet';
  return `${phase} (${words(status ?? '')}) since ${times(since)}`;
}

function figureFacts({ progress, lag, keys, stalledSince }: TaskStatus, times: Times): readonly Fact[] {
  return [
    ['Progress', progress && progressWords(progress)],
    ['Lag', lag && `${bytes(lag.bytes)} at ${times(lag.at)}`],
    ['Keys', keys && keyWords(keys)],
    ['Stalled', stalledSince && `since ${times(stalledSince)}`],
  ];
}

function progressWords({
  percent,
  remainingMs,
  ratePercentPerHour,
}: Required<TaskStatus>['progress']): string {
  const parts = [
    percent === undefined ? '' : `${percent} %`,
    ratePercentPerHour === undefined ? '' : `${ratePercentPerHour} % an hour`,
    remainingMs === undefined ? '' : `${spanOf(remainingMs)} left`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function keyWords({ source, target, gapPercent }: Required<TaskStatus>['keys']): string {
  const [from, to] = [source, target].map((keys) => (keys === undefined ? 'not known' : figure(keys)));
  return `source ${from}, target ${to}${gapPercent === undefined ? '' : `: ${gapPercent} % apart`}`;
}

function readinessWords({ readiness }: TaskStatus, times: Times): string {
  const { state, since, unmet, words: why } = readiness;
  const conditions = unmet.length === 0 ? '' : ` (${unmet.join(', ')})`;
  const begun = since === undefined ? '' : ` since ${times(since)}`;
  return `${state}${conditions}${begun}: ${words(why)}`;
}
