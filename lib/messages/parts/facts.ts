import type { EventData, EventTask, MigrationEvent, Progress, Readiness, Stall } from '../../events/event.ts';
import { type Label, type Language, wordFor } from '../../language/language.ts';
import { bar, isSaid } from '../format.ts';
import type { Fact } from '../message.ts';

/** A value that an event may lack, and the moment in it that people plan by. */
type MaybeFact = readonly [label: Label, value: string | undefined, at?: string | undefined];

/** The words of facts, and the moment at which they are read. */
interface FactContext {
  readonly language: Language;
  readonly now: Date;
}

/** The basis of an event, as labels and values. */
export function factsOf(event: MigrationEvent, context: FactContext): Fact[] {
  const { labels } = context.language;
  const facts: readonly MaybeFact[] = [
    ['status', statusWords(event.data, context.language)],
    ...progressFacts(event.data.progress, context.language),
    ...readinessFacts(event, context.language),
    ...lastFiguresFacts(event.data, context.language),
    ...stallFacts(event, context.language),
    ...repetitionFacts(event.data, context.language),
    ...retractionFacts(event, context.language),
    ['validUntil', validityWords(event, context), event.data.validUntil],
    ...failingFacts(event, context.language),
    ...placeFacts(event.data, context.language),
    ['phaseBefore', phaseBefore(event.data, context.language)],
  ];
  return facts.flatMap(([label, value, at]): Fact[] => {
    if (!isSaid(value)) return [];
    return [at === undefined ? [labels[label], value] : [labels[label], value, at]];
  });
}

function statusWords({ from, to, standing }: EventData, { values }: Language): string | undefined {
  const here = to ?? standing;
  if (here === undefined) return undefined;
  if (from !== undefined) return `${values.standing(from)} → ${values.standing(here)}`;
  return to === undefined ? values.standingSince(here) : values.standing(here);
}

function phaseBefore({ from, to, standing }: EventData, { values }: Language): string | undefined {
  const here = to ?? standing;
  if (from === undefined || here === undefined) return undefined;
  return values.phaseFor(from.phase, msBetween(from.since, here.since));
}

function msBetween(from: string, to: string): number {
  return Date.parse(to) - Date.parse(from);
}

function progressFacts(progress: Progress | undefined, language: Language): MaybeFact[] {
  if (progress === undefined) return [];
  const { values } = language;
  const { percent, percentPerHour, secondsLeft } = progress;
  return [
    ['progress', bar(percent, language)],
    ['rate', percentPerHour === undefined ? undefined : values.rate(percentPerHour)],
    ['timeLeft', secondsLeft === undefined ? undefined : values.timeLeft(wholeMinutesMs(secondsLeft))],
    ['keyCounts', keyWords(progress, language)],
    ['traffic', trafficWords(progress, language)],
  ];
}

/** An estimate is not exact to the second, and never says that no time is left. */
function wholeMinutesMs(seconds: number): number {
  return Math.max(1, Math.round(seconds / 60)) * 60 * 1000;
}

function readinessFacts(event: MigrationEvent, language: Language): MaybeFact[] {
  const { readiness } = event.data;
  if (readiness === undefined) return [];
  const { values } = language;
  const { offset, maxOffset, looks, reason, retracts } = readiness;
  return [
    ['because', unlessSaid(reason, event)],
    ['lag', offset === undefined ? undefined : values.lagWithin(offset, maxOffset)],
    ['keyCounts', keyWords(readiness, language)],
    ['keyGap', keyGapWords(readiness, language)],
    ['inStepFor', reason === undefined ? values.looksInARow(looks) : undefined],
    ['takesBack', retracts && values.readinessOf(retracts)],
  ];
}

function keyGapWords(readiness: Readiness, { values }: Language): string | undefined {
  const { keyGapPercent, maxKeyGapPercent } = readiness;
  return keyGapPercent === undefined ? undefined : values.keyGapWithin(keyGapPercent, maxKeyGapPercent);
}

function lastFiguresFacts({ lastFigures }: EventData, { values }: Language): MaybeFact[] {
  return [['targetAtTheEnd', lastFigures && values.lastFigures(lastFigures)]];
}

/** Labels of a stall that lasts, and of one that is over. */
const STALLS = {
  'no progress': { lasting: 'noProgressSince', over: 'hadStalledSince' },
  'lag grows': { lasting: 'lagHasGrownSince', over: 'hadFallenBehindSince' },
} as const satisfies Record<Stall['kind'], Record<'lasting' | 'over', Label>>;

function stallFacts({ type, time, data: { stall } }: MigrationEvent, language: Language): MaybeFact[] {
  if (stall === undefined) return [];
  const { values, figures } = language;
  const { kind, since, percent, targetKeys, offset, inputKbps } = stall;
  const label = STALLS[kind][type === 'dcs.migration.resumed' ? 'over' : 'lasting'];
  return [
    [label, values.sinceFor(since, msBetween(since, time)), since],
    ['progress', percent === undefined ? undefined : bar(percent, language)],
    ['keysInTheTarget', targetKeys === undefined ? undefined : figures.figure(targetKeys)],
    ['lag', offset === undefined ? undefined : values.lag(offset)],
    ['traffic', inputKbps === undefined ? undefined : values.traffic({ inputKbps })],
  ];
}

function repetitionFacts({ reminders, resynchronisations }: EventData, { values }: Language): MaybeFact[] {
  return [
    ['reminder', reminders === undefined ? undefined : values.number(reminders + 1)],
    ['resynchronisation', resynchronisations === undefined ? undefined : values.number(resynchronisations)],
  ];
}

function retractionFacts(event: MigrationEvent, { values }: Language): MaybeFact[] {
  const retracts = event.data.group?.retracts;
  return [
    ['takesBack', retracts && values.announcementOf(retracts.type, retracts.id)],
    ['because', unlessSaid(retracts?.reason, event)],
  ];
}

/** A reason that stands in the summary already need not be read twice. */
function unlessSaid(reason: string | undefined, { data: { summary } }: MigrationEvent): string | undefined {
  return reason !== undefined && summary.includes(reason) ? undefined : reason;
}

/** A message that comes too late to act on says so. */
function validityWords(
  { data: { validUntil } }: MigrationEvent,
  { language: { values }, now }: FactContext,
): string | undefined {
  if (validUntil === undefined) return undefined;
  const isOver = now.getTime() >= Date.parse(validUntil);
  return isOver ? values.validityOver(validUntil) : values.validUntil(validUntil);
}

function failingFacts({ type, data }: MigrationEvent, { failures }: Language): MaybeFact[] {
  const { reason, channel, channels = [] } = data;
  const isOneChannel = channels.length < 2;
  return [
    [
      type === 'dcs.watch.restored' ? 'failingUntilNow' : 'failing',
      reason === undefined ? undefined : wordFor(failures, reason),
    ],
    ['channel', isOneChannel ? channel?.name : undefined],
    ['reason', isOneChannel ? channel?.reason : undefined],
  ];
}

function placeFacts({ task, project }: EventData, { figures }: Language): MaybeFact[] {
  return [
    ['route', task === undefined ? undefined : routeOf(task)],
    ['project', placeOf(task?.project ?? project?.name, task?.region ?? project?.region)],
    ['watchedTasks', project === undefined ? undefined : figures.figure(project.tasks)],
  ];
}

function keyWords(
  keys: { readonly sourceKeys?: number; readonly targetKeys?: number },
  { values }: Language,
): string | undefined {
  const isKnown = keys.sourceKeys !== undefined || keys.targetKeys !== undefined;
  return isKnown ? values.keyCounts(keys) : undefined;
}

function trafficWords(progress: Progress, { values }: Language): string | undefined {
  const isKnown = progress.inputKbps !== undefined || progress.opsPerSecond !== undefined;
  return isKnown ? values.traffic(progress) : undefined;
}

/** `old cache (192.168.1.2:6379) → new cache`; nothing when neither end is known. */
export function routeOf({ source, target }: EventTask): string | undefined {
  if (source === undefined && target === undefined) return undefined;
  return [source, target].map((end) => placeOf(end?.name, end?.address) ?? '?').join(' → ');
}

function placeOf(name: string | undefined, address: string | undefined): string | undefined {
  if (name === undefined) return address;
  return address === undefined ? name : `${name} (${address})`;
}
