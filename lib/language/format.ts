/** Figures that all languages write alike, and the arithmetic of those that they do not. */
import type { NamedTasks } from '../events/event.ts';

const SPAN_UNITS = [
  ['days', 86_400],
  ['hours', 3600],
  ['minutes', 60],
  ['seconds', 1],
] as const;

export type SpanUnit = (typeof SPAN_UNITS)[number][0];

/** A span in at most two units that stand next to each other; a negative span is none. */
export function spanParts(ms: number): readonly (readonly [count: number, unit: SpanUnit])[] {
  let left = Math.max(0, Math.round(ms / 1000));
  const first = SPAN_UNITS.findIndex(([, seconds]) => left >= seconds);
  if (first === -1) return [[0, 'seconds']];
  const parts: [number, SpanUnit][] = [];
  for (const [unit, seconds] of SPAN_UNITS.slice(first, first + 2)) {
    const count = Math.floor(left / seconds);
    left -= count * seconds;
    if (count > 0) parts.push([count, unit]);
  }
  return parts;
}

/** A span in one unit, hours and days to tenths, at least a minute. */
export function roughSpan(seconds: number): readonly [count: number, unit: SpanUnit] {
  if (seconds < 3600) return [Math.max(1, Math.round(seconds / 60)), 'minutes'];
  const hours = Math.round(seconds / 360) / 10;
  return hours < 48 ? [hours, 'hours'] : [Math.round(hours / 2.4) / 10, 'days'];
}

/** Spans in the words of a language. */
export function spansIn(units: Readonly<Record<SpanUnit, string>>): {
  /** `25 min`, `2.5 h`, `7 d`: within a sentence. */
  spanWords(seconds: number): string;
  duration(ms: number): string;
} {
  const words = ([count, unit]: readonly [count: number, unit: SpanUnit]) => `${count} ${units[unit]}`;
  return {
    spanWords: (seconds) => words(roughSpan(seconds)),
    duration: (ms) => spanParts(ms).map(words).join(' '),
  };
}

/** Two digits, rounded up. */
export function shortPercent(percent: number): number {
  const digits = percent < 10 ? 10 : 1;
  return Math.ceil(percent * digits) / digits;
}

const BYTE_UNITS = ['kB', 'MB', 'GB', 'TB', 'PB'];
const THOUSAND = 1000;
/** Below so many of a unit, a tenth of it is shown. */
const WITH_TENTHS = 10;

/**
 * A lag in bytes, rounded up: it is never made smaller than it is. The service calls its `offset` a difference in data
 * volume and documents no unit (API reference, ShowMigrationTaskStats); Redis counts its replication offset in bytes.
 *
 * @returns nothing below a thousand, where languages name the unit
 */
export function largeBytes(bytes: number): string | undefined {
  let size = THOUSAND;
  for (const unit of bytes < THOUSAND ? [] : BYTE_UNITS) {
    // Whole numbers are divided, so that 9.1 GB do not become 9.2 by an error in the last place.
    const isSmall = Math.ceil(bytes / (size / WITH_TENTHS)) < WITH_TENTHS * WITH_TENTHS;
    const value = isSmall ? Math.ceil(bytes / (size / WITH_TENTHS)) / WITH_TENTHS : Math.ceil(bytes / size);
    if (value < THOUSAND || unit === BYTE_UNITS.at(-1)) return `${value} ${unit}`;
    size *= THOUSAND;
  }
  return undefined;
}

/** Above this, hundredths are noise. */
const LARGE = 1e12;

/** A number, to hundredths, with marks between its thousands: `1,234,567.89`. */
export function groupedFigure(value: number): string {
  const rounded = Math.abs(value) < LARGE ? Math.round(value * 100) / 100 : value;
  const [whole = '', ...fraction] = String(rounded).split('.');
  return [whole.replace(/\B(?=(?:\d{3})+$)/g, ','), ...fraction].join('.');
}

/** As many tasks as a sentence names. */
const MOST_NAMES = 3;

/** Tasks of two kinds as one list; the first ones by name, the rest as a number. */
export function mergeTaskLists(first: NamedTasks | undefined, second: NamedTasks | undefined): NamedTasks {
  const both = [first, second].flatMap((some) => (some === undefined ? [] : [some]));
  const known = both.flatMap(({ tasks }) => tasks);
  const unnamed = both.reduce((sum, { more }) => sum + more, 0);
  const tasks = known.slice(0, MOST_NAMES);
  return { tasks, more: known.length - tasks.length + unnamed };
}
