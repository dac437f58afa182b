import type { Dossier, EventData, EventGroup, GroupMember, Report } from '../../events/event.ts';
import { bytesWords } from '../../language/format.ts';
import { wordOf } from './facts.ts';
import { duration, figure, isSaid, moment, shown } from './text.ts';

/** What does not fit into a fact: a title, which is ours, and lines that are fit to be shown. */
export interface Paragraph {
  readonly title?: string;
  readonly lines: readonly string[];
  /** Where the advice in it is written. */
  readonly source?: string;
}

/** Characters of one line. */
const LINE = 400;
/** As many names of tasks that are at one place as a reader takes in; all are counted. */
const MOST_NAMES = 15;
/** As much of the story of a migration as its last message tells. */
const MOST_TOLD = 12;

/** The longer parts of what an event says, the most urgent first. */
export function paragraphsOf({
  detail,
  dossier,
  notObserved,
  unchecked,
  group,
  report,
  channels,
}: EventData): Paragraph[] {
  return [
    ...(channels === undefined || channels.length < 2 ? [] : channelParagraphs(channels)),
    ...(isSaid(detail) ? [{ lines: [shown(detail, LINE * 2)] }] : []),
    ...(dossier === undefined ? [] : dossierParagraphs(dossier)),
    ...(unchecked === undefined ? [] : [{ title: 'Not checked', lines: [shown(unchecked, LINE)] }]),
    ...(notObserved === undefined ? [] : [{ title: 'Not observed', lines: [unseenWords(notObserved)] }]),
    ...(group === undefined || group.size === 0 ? [] : [membersParagraph(group)]),
    ...(report === undefined ? [] : [reportParagraph(report)]),
  ];
}

/** All of them by name, those with one reason together: some lines of names to a paragraph, so that each is shown whole. */
function channelParagraphs(channels: NonNullable<EventData['channels']>): Paragraph[] {
  const lines = [...Map.groupBy(channels, ({ reason }) => reason)].flatMap(([reason, those]) => {
    const names = those.map(({ name }) => name);
    return [shown(`${reason}:`, LINE), ...linesOf(names)];
  });
  const count = Math.ceil(lines.length / LINES_AT_ONCE);
  return Array.from({ length: count }, (_, i) => ({
    ...(i === 0 && { title: `All ${channels.length} channels` }),
    lines: lines.slice(i * LINES_AT_ONCE, (i + 1) * LINES_AT_ONCE),
  }));
}

/** A section holds so many full ones. */
const LINES_AT_ONCE = 6;

/** Names one after the other, as many in a line as fit. */
function linesOf(names: readonly string[]): string[] {
  const lines: string[] = [];
  for (const name of names.map((one) => shown(one, LINE / 4))) {
    const last = lines.at(-1);
    if (last === undefined || last.length + name.length + 2 > LINE) lines.push(name);
    else lines.splice(-1, 1, `${last}, ${name}`);
  }
  return lines;
}

function dossierParagraphs({ errorMessage, log, advice, unknown }: Dossier): Paragraph[] {
  const saysNothing = errorMessage === undefined && log.length === 0 && unknown.length === 0;
  return [
    ...(errorMessage === undefined ? [] : [{ title: 'Error message', lines: [shown(errorMessage, LINE)] }]),
    ...(log.length === 0 ? [] : [{ title: 'Last errors in its log', lines: log.map(logLine) }]),
    ...(advice === undefined
      ? []
      : [
          {
            title: `What to do (${shown(advice.cause, LINE)})`,
            lines: [shown(advice.text, LINE)],
            source: advice.source,
          },
        ]),
    ...(unknown.length === 0
      ? []
      : [{ title: 'Not known', lines: unknown.map((what) => shown(what, LINE)) }]),
    ...(saysNothing ? [{ lines: ['DCS gives no reason: no error message, no error in its log.'] }] : []),
  ];
}

/** Its time is the service's own text, in a zone that nobody documents. */
function logLine({ at, message }: Dossier['log'][number]): string {
  return shown(at === undefined ? message : `${at}  ${message}`, LINE);
}

function unseenWords({ phases, after, before }: NonNullable<EventData['notObserved']>): string {
  const words = `${phases.join(', ')}: must have begun and ended between ${moment(after)} and ${moment(before)}, unseen`;
  return shown(words, LINE);
}

/** The tasks of a group by where they are, those first that need a look. */
function membersParagraph({ name, size, projects, members }: EventGroup): Paragraph {
  const isOneProject = projects.length < 2;
  const places = Map.groupBy(
    members.toSorted((a, b) => urgency(a) - urgency(b)),
    placeOf,
  );
  const lines = [...places].map(([place, tasks]) => {
    const names = tasks
      .slice(0, MOST_NAMES)
      .map((task) => (isOneProject ? task.name : `${task.name} (${task.project})`));
    const listed = names.length < tasks.length ? [...names, '…'] : names;
    return shown(`${tasks.length} ${place}: ${listed.join(', ')}`, LINE);
  });
  const rest = size > members.length ? [`and ${size - members.length} more`] : [];
  const title = size === 1 ? 'The one task' : `All ${size} tasks`;
  return { title: `${title} of ${shown(name, LINE)}`, lines: [...lines, ...rest] };
}

function urgency({ phase, ready, lastFigures }: GroupMember): number {
  const isBehind = lastFigures !== undefined && lastFigures.state !== 'in step';
  if (phase === 'failed' || phase === 'gone' || isBehind) return 0;
  return ready ? 2 : 1;
}

/** Being ready is a matter of the incremental phase; elsewhere that a task is not ready is no news. */
function placeOf({ phase, ready, lastFigures }: GroupMember): string {
  if (lastFigures?.state === 'behind') return `${phase}, target behind`;
  if (lastFigures?.state === 'unknown') return `${phase}, target not known to be in step`;
  if (ready) return `${phase}, ready`;
  return phase === 'incremental' ? `${phase}, not ready` : phase;
}

function reportParagraph(report: Report): Paragraph {
  const { watchedSince, phases, peakOffset, resynchronisations } = report;
  const whole = phases.reduce((seconds, phase) => seconds + phase.seconds, 0);
  const spans = phases.map(({ phase, seconds }) => `${phase} ${duration(seconds * 1000)}`);
  const facts = [
    ...(peakOffset === undefined ? [] : [`largest lag (offset) about ${bytesWords(peakOffset)}`]),
    `fell back to a full synchronisation: ${timesWords(resynchronisations)}`,
  ];
  return {
    title: `The whole migration, watched since ${shown(moment(watchedSince), LINE)}: ${duration(whole * 1000)}`,
    lines: [spans.join(' · '), facts.join(' · '), ...toldLines(report)].filter(isSaid),
  };
}

function timesWords(times: number): string {
  if (times === 0) return 'never';
  return times === 1 ? 'once' : `${figure(times)} times`;
}

/** What was told, a line for each day. */
function toldLines({ told, unlisted = 0 }: Report): string[] {
  const last = told.slice(-MOST_TOLD);
  const left = told.length - last.length + unlisted;
  const days = Map.groupBy(last, ({ at }) => at.slice(0, 10));
  return [
    ...(left === 0 ? [] : [`told before: ${left} ${left === 1 ? 'event' : 'events'}`]),
    ...[...days].map(([day, events]) => {
      const words = events.map(({ type, at }) => `${at.slice(11, 16)} ${wordOf(type)}`);
      return shown(`told ${day}: ${words.join(', ')}`, LINE);
    }),
  ];
}
