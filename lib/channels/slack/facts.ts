import type {
  EventData,
  EventTask,
  LastFigures,
  MigrationEvent,
  Progress,
  Readiness,
  Stall,
  Standing,
} from '../../events/event.ts';
import { bytesWords } from '../../language/format.ts';
import type { Telling } from '../channel.ts';
import type { Fact } from './blocks.ts';
import { bar, between, duration, figure, isSaid, moment } from './text.ts';

type Said = readonly [label: string, value: string | undefined];

/** What an event rests on, as labels and values; what it does not say is left out. */
export function factsOf(event: MigrationEvent, telling: Pick<Telling, 'now'>): Fact[] {
  const { task, project, channel, group } = event.data;
  const isOneChannel = (event.data.channels ?? []).length < 2;
  const facts: readonly Said[] = [
    ['Status', statusWords(event.data)],
    ...progressFacts(event.data.progress),
    ...readinessFacts(event),
    ['Target at the end', endWords(event.data.lastFigures)],
    ...stallFacts(event),
    ['Reminder', numberWords(event.data.reminders, 1)],
    ['Resynchronisation', numberWords(event.data.resynchronisations)],
    ['Takes back', group?.retracts && `${wordOf(group.retracts.type)} (${group.retracts.id})`],
    ['Because', unlessSaid(group?.retracts?.reason, event)],
    ['Valid until', validityWords(event, telling)],
    [event.type === 'dcs.watch.restored' ? 'Trouble until now' : 'Trouble', event.data.reason],
    ['Channel', isOneChannel ? channel?.name : undefined],
    ['Reason', isOneChannel ? channel?.reason : undefined],
    ['Source → target', task === undefined ? undefined : routeOf(task)],
    ['Project', placeOf(task?.project ?? project?.name, task?.region ?? project?.region)],
    ['Watched tasks', project === undefined ? undefined : figure(project.tasks)],
    ['Phase before', phaseBefore(event.data)],
  ];
  return facts.flatMap(([label, value]): Fact[] => (isSaid(value) ? [[label, value]] : []));
}

/** `FULLMIGRATING (full)`; a phase that the status leaves open says that it was concluded. */
export function standingWords({ status, phase, derived }: Standing): string {
  return derived ? `${status} (${phase}, concluded from the statistics)` : `${status} (${phase})`;
}

function statusWords({ from, to, standing }: EventData): string | undefined {
  const here = to ?? standing;
  if (here === undefined) return undefined;
  if (from !== undefined) return `${standingWords(from)} → ${standingWords(here)}`;
  return to === undefined ? `${standingWords(here)}, since ${moment(here.since)}` : standingWords(here);
}

function phaseBefore({ from, to, standing }: EventData): string | undefined {
  const here = to ?? standing;
  if (from === undefined || here === undefined) return undefined;
  return `${from.phase}, for ${between(from.since, here.since)}`;
}

function progressFacts(progress: Progress | undefined): Said[] {
  if (progress === undefined) return [];
  const { percent, percentPerHour, secondsLeft, inputKbps, opsPerSecond } = progress;
  return [
    ['Progress', bar(percent)],
    ['Rate', percentPerHour === undefined ? undefined : `${figure(percentPerHour)} % per hour`],
    [
      'Time left',
      secondsLeft === undefined ? undefined : `about ${duration(roughly(secondsLeft) * 1000)} at this rate`,
    ],
    ['Key counts', keyWords(progress)],
    ['Traffic', trafficWords(inputKbps, opsPerSecond)],
  ];
}

/** In whole minutes: an estimate is not exact to the second. */
function roughly(seconds: number): number {
  return Math.max(1, Math.round(seconds / 60)) * 60;
}

function readinessFacts(event: MigrationEvent): Said[] {
  const { readiness } = event.data;
  if (readiness === undefined) return [];
  const { offset, maxOffset, keyGapPercent, maxKeyGapPercent, looks, reason, retracts }: Readiness =
    readiness;
  return [
    ['Because', unlessSaid(reason, event)],
    [
      'Lag (offset)',
      offset === undefined ? undefined : `${lagWords(offset)}, at most ${bytesWords(maxOffset)}`,
    ],
    ['Key counts', keyWords(readiness)],
    [
      'Key gap',
      keyGapPercent === undefined
        ? undefined
        : `${figure(keyGapPercent)} % (at most ${figure(maxKeyGapPercent)} %)`,
    ],
    ['In step for', reason === undefined ? looksWords(looks) : undefined],
    ['Takes back', retracts && `that it is ready (${retracts})`],
  ];
}

/** How far the target was, and when that was seen. */
function endWords(last: LastFigures | undefined): string | undefined {
  if (last === undefined) return undefined;
  return last.at === undefined || last.state === 'unknown'
    ? last.words
    : `${last.words} (${moment(last.at)})`;
}

/** `9 GB (9,000,000,000)`: the service documents no unit, so its own figure stands beside. */
function lagWords(offset: number): string {
  return offset < SHORT ? bytesWords(offset) : `${bytesWords(offset)} (${figure(offset)})`;
}
const SHORT = 1000;

function looksWords(looks: number): string {
  return looks === 1 ? 'one look' : `${figure(looks)} looks in a row`;
}

const STALLS = {
  'no progress': { now: 'No progress since', over: 'Had stalled since' },
  'lag grows': { now: 'Lag has grown since', over: 'Had fallen behind since' },
} as const;

function stallFacts({ type, time, data: { stall } }: MigrationEvent): Said[] {
  if (stall === undefined) return [];
  const { kind, since, percent, targetKeys, offset, inputKbps }: Stall = stall;
  const label = STALLS[kind][type === 'dcs.migration.resumed' ? 'over' : 'now'];
  return [
    [label, `${moment(since)}, for ${between(since, time)}`],
    ['Progress', percent === undefined ? undefined : bar(percent)],
    ['Keys in the target', targetKeys === undefined ? undefined : figure(targetKeys)],
    ['Lag (offset)', offset === undefined ? undefined : lagWords(offset)],
    ['Traffic', trafficWords(inputKbps, undefined)],
  ];
}

/** A reason that stands in the summary already need not be read twice. */
function unlessSaid(reason: string | undefined, { data: { summary } }: MigrationEvent): string | undefined {
  return reason !== undefined && summary.includes(reason) ? undefined : reason;
}

function numberWords(count: number | undefined, more = 0): string | undefined {
  return count === undefined ? undefined : `number ${figure(count + more)}`;
}

/** Until when somebody may act on it; a message that comes too late for that says so. */
function validityWords(
  { data: { validUntil } }: MigrationEvent,
  { now }: Pick<Telling, 'now'>,
): string | undefined {
  if (validUntil === undefined) return undefined;
  const isOver = now.getTime() >= Date.parse(validUntil);
  return isOver
    ? `OVER since ${moment(validUntil)}: look again before you act`
    : `${moment(validUntil)}, unless a later event takes it back`;
}

function keyWords(keys: { readonly sourceKeys?: number; readonly targetKeys?: number }): string | undefined {
  const { sourceKeys, targetKeys } = keys;
  if (sourceKeys === undefined && targetKeys === undefined) return undefined;
  const [source, target] = [sourceKeys, targetKeys].map((count) =>
    count === undefined ? '?' : figure(count),
  );
  return `source ${source}, target ${target}`;
}

function trafficWords(kbps: number | undefined, opsPerSecond: number | undefined): string | undefined {
  const parts = [
    ...(kbps === undefined ? [] : [`${figure(kbps)} KB/s into the target`]),
    ...(opsPerSecond === undefined ? [] : [`${figure(opsPerSecond)} operations/s`]),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
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

/** `dcs.migration.cutover_ready` as people read it: `cutover ready`. */
export function wordOf(type: string): string {
  return type.replace(/^dcs\.(?:migration\.)?/, '').replaceAll(/[._]/g, ' ');
}
