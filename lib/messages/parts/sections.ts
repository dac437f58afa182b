import { defined } from '../../base/defined.ts';
import type { Dossier, EventData, EventGroup, GroupMember, Report } from '../../events/event.ts';
import type { Language } from '../../language/language.ts';
import { cut, isSaid, type LengthOf } from '../format.ts';
import type { Section } from '../message.ts';
import { linkTo } from './link.ts';

/** The words of sections, and the measure of their lines. */
interface SectionContext {
  readonly language: Language;
  readonly lengthOf: LengthOf;
}

/** The longest line that people read; lengths are as the channel counts them. */
const LINE = 400;
/** As many names of tasks at one place as a reader takes in; all are counted. */
const MOST_NAMES = 15;
/** As many events as the last message of a migration lists. */
const MOST_ANNOUNCED = 12;

/** The longer parts of an event, the most urgent first. */
export function sectionsOf(data: EventData, context: SectionContext): Section[] {
  const { detail, dossier, group, report, channels = [] } = data;
  return [
    ...(channels.length < 2 ? [] : channelSections(channels, context)),
    ...(isSaid(detail) ? [{ lines: [cut(detail, LINE * 2, context.lengthOf)] }] : []),
    ...(dossier === undefined ? [] : dossierSections(dossier, context)),
    ...gapSections(data, context),
    ...(group === undefined || group.size === 0 ? [] : [membersSection(group, context)]),
    ...(report === undefined ? [] : [reportSection(report, context)]),
  ];
}

function line(text: string, { lengthOf }: SectionContext): string {
  return cut(text, LINE, lengthOf);
}

/** As many full lines as any channel has room for in one section. */
const LINES_AT_ONCE = 6;

/** All channels by name, those with one reason together: a few lines to a section, so that each is shown whole. */
function channelSections(channels: NonNullable<EventData['channels']>, context: SectionContext): Section[] {
  const lines = [...Map.groupBy(channels, ({ reason }) => reason)].flatMap(([reason, those]) => [
    line(`${reason}${context.language.colon.trimEnd()}`, context),
    ...packed(
      those.map(({ name }) => name),
      context,
    ),
  ]);
  const heading = context.language.sections.allChannels(channels.length);
  const parts = Array.from({ length: Math.ceil(lines.length / LINES_AT_ONCE) }, (_, part) =>
    lines.slice(part * LINES_AT_ONCE, (part + 1) * LINES_AT_ONCE),
  );
  return parts.map((some, part) => (part === 0 ? { heading, lines: some } : { lines: some }));
}

/** Names one after the other, as many in a line as fit. */
function packed(names: readonly string[], { language, lengthOf }: SectionContext): string[] {
  const { comma } = language;
  const lines: string[] = [];
  for (const name of names.map((one) => cut(one, LINE / 4, lengthOf))) {
    const last = lines.at(-1);
    if (last === undefined || lengthOf(last + comma + name) > LINE) lines.push(name);
    else lines.splice(-1, 1, `${last}${comma}${name}`);
  }
  return lines;
}

function dossierSections(dossier: Dossier, context: SectionContext): Section[] {
  const { errorMessage, log, advice, unknown } = dossier;
  const { headings, sections } = context.language;
  const saysNothing = errorMessage === undefined && log.length === 0 && unknown.length === 0;
  return [
    ...(errorMessage === undefined
      ? []
      : [{ heading: headings.errorMessage, lines: [line(errorMessage, context)] }]),
    ...(log.length === 0
      ? []
      : [{ heading: headings.lastErrors, lines: log.map((entry) => logLine(entry, context)) }]),
    ...(advice === undefined ? [] : [adviceSection(advice, context)]),
    ...(unknown.length === 0
      ? []
      : [{ heading: headings.notKnown, lines: unknown.map((one) => line(one, context)) }]),
    ...(saysNothing ? [{ lines: [sections.noReason] }] : []),
  ];
}

function adviceSection(advice: NonNullable<Dossier['advice']>, context: SectionContext): Section {
  return defined({
    heading: context.language.sections.whatToDo(line(advice.cause, context)),
    lines: [line(advice.text, context)],
    source: linkTo(advice.source, context.language.links.documentation),
  });
}

/** The time of a log line is the service's own text, in a zone that nobody documents. */
function logLine({ at, message }: Dossier['log'][number], context: SectionContext): string {
  return line(at === undefined ? message : `${at}  ${message}`, context);
}

function gapSections({ unchecked, notObserved }: EventData, context: SectionContext): Section[] {
  const { headings, sections } = context.language;
  return [
    ...(unchecked === undefined ? [] : [{ heading: headings.notChecked, lines: [line(unchecked, context)] }]),
    ...(notObserved === undefined
      ? []
      : [{ heading: headings.notObserved, lines: [line(sections.notObserved(notObserved), context)] }]),
  ];
}

/** The tasks of a group by where they stand, those first that need a look. */
function membersSection(group: EventGroup, context: SectionContext): Section {
  const { name, size, projects, members } = group;
  const { sections } = context.language;
  const isOneProject = projects.length < 2;
  const places = Map.groupBy(
    members.toSorted((a, b) => urgency(a) - urgency(b)),
    (member) => sections.place(member),
  );
  const lines = [...places].map(([place, tasks]) => {
    const names = tasks
      .slice(0, MOST_NAMES)
      .map((task) => (isOneProject ? task.name : `${task.name} (${task.project})`));
    const listed = names.length < tasks.length ? [...names, '…'] : names;
    return line(sections.membersAt(tasks.length, place, listed), context);
  });
  const rest = size > members.length ? [sections.more(size - members.length)] : [];
  return { heading: sections.tasksOf({ name: line(name, context), size }), lines: [...lines, ...rest] };
}

function urgency({ phase, ready, lastFigures }: GroupMember): number {
  const isBehind = lastFigures !== undefined && lastFigures.state !== 'in step';
  if (phase === 'failed' || phase === 'gone' || isBehind) return 0;
  return ready ? 2 : 1;
}

function reportSection(report: Report, context: SectionContext): Section {
  const { watchedSince, phases, peakOffset, resynchronisations } = report;
  const { sections } = context.language;
  const wholeMs = phases.reduce((sum, { seconds }) => sum + seconds, 0) * 1000;
  const spans = phases.map(({ phase, seconds }) => sections.phaseSpan(phase, seconds * 1000));
  const facts = [
    ...(peakOffset === undefined ? [] : [sections.largestLag(peakOffset)]),
    sections.fellBack(resynchronisations),
  ];
  return {
    heading: line(sections.wholeMigration(watchedSince, wholeMs), context),
    lines: [spans.join(' · '), facts.join(' · '), ...announcedLines(report, context)].filter(isSaid),
  };
}

/** A line for each day on which something was announced. */
function announcedLines({ told, unlisted = 0 }: Report, context: SectionContext): string[] {
  const { sections, figures } = context.language;
  const last = told.slice(-MOST_ANNOUNCED);
  const before = told.length - last.length + unlisted;
  const days = Map.groupBy(last, ({ at }) => figures.day(at));
  return [
    ...(before === 0 ? [] : [sections.sentBefore(before)]),
    ...[...days].map(([day, events]) => line(sections.sentOn(day, events), context)),
  ];
}
