const UNITS_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const SPAN = /^(\d{1,6})([smhd])$/;

/**
 * Reads a span as people write it: `90s`, `30m`, `2h`, `3d`.
 *
 * @returns milliseconds; undefined when it is none
 */
export function millisecondsIn(text: string): number | undefined {
  const [, count, unit] = SPAN.exec(text) ?? [];
  const isUnit = unit === 's' || unit === 'm' || unit === 'h' || unit === 'd';
  return isUnit ? Number(count) * UNITS_MS[unit] : undefined;
}

/** Whole seconds as a span, in the largest unit that leaves no remainder. */
export function spanText(ms: number): string {
  const units = Object.entries(UNITS_MS).toReversed();
  const [unit, unitMs] = units.find(([, size]) => ms % size === 0) ?? ['s', UNITS_MS.s];
  return `${ms / unitMs}${unit}`;
}
