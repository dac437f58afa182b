import * as z from 'zod/mini';

const UNITS_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A time of the configuration in milliseconds; nothing if the text is none. */
export function millisecondsIn(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const isUnit = unit === 's' || unit === 'm' || unit === 'h' || unit === 'd';
  return isUnit ? Number(count) * UNITS_MS[unit] : undefined;
}

/** Whole seconds as the configuration writes them, in the largest unit that leaves no rest. */
export function durationText(ms: number): string {
  const units = Object.entries(UNITS_MS).toReversed();
  const [unit, unitMs] = units.find(([, size]) => ms % size === 0) ?? ['s', UNITS_MS.s];
  return `${ms / unitMs}${unit}`;
}

/** Which times a setting takes. */
interface Times {
  /** As an error shows them. */
  readonly suchAs: string;
  readonly leastMs: number;
  readonly mostMs: number;
  /** Where days make sense, they may be written as such. */
  readonly days: boolean;
}

function duration({ suchAs, leastMs, mostMs, days }: Times) {
  const message = `expected a time such as ${suchAs}, from ${durationText(leastMs)} to ${durationText(mostMs)}`;
  const pattern = days ? /^\d{1,6}[smhd]$/ : /^\d{1,6}[smh]$/;
  const isWithin = (text: string) => {
    const ms = millisecondsIn(text) ?? Number.NaN;
    return ms >= leastMs && ms <= mostMs;
  };
  return z.pipe(
    z
      .string({ error: message })
      .check(z.regex(pattern, { error: message, abort: true }), z.refine(isWithin, message)),
    z.transform((text: string) => millisecondsIn(text) ?? 0),
  );
}

/** Between two looks or ticks. A timer of Node's must stay below 24.8 days. */
export const pause = duration({
  suchAs: '60s, 5m or 1h',
  leastMs: UNITS_MS.s,
  mostMs: 24 * UNITS_MS.h,
  days: false,
});

/** After which something is told or forgotten: minutes to weeks. */
export const span = duration({
  suchAs: '30m, 24h or 7d',
  leastMs: UNITS_MS.m,
  mostMs: 365 * UNITS_MS.d,
  days: true,
});
