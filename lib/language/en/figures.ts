import { groupedFigure, largeBytes, roughSpan, type SpanUnit, spanParts } from '../format.ts';
import type { Figures } from '../language.ts';
import type { Moments } from '../moments.ts';

const UNITS: Readonly<Record<SpanUnit, string>> = { days: 'd', hours: 'h', minutes: 'min', seconds: 's' };

/** `25 min`, `2.5 h`, `7 d`: within a sentence. */
export function spanWords(seconds: number): string {
  const [count, unit] = roughSpan(seconds);
  return `${count} ${UNITS[unit]}`;
}

export function duration(ms: number): string {
  return spanParts(ms)
    .map(([count, unit]) => `${count} ${UNITS[unit]}`)
    .join(' ');
}

export const figure = groupedFigure;

export function bytes(size: number): string {
  return largeBytes(size) ?? `${size} ${size === 1 ? 'byte' : 'bytes'}`;
}

export function figuresIn({ moment, day, clock, zone }: Moments): Figures {
  return { duration, figure, percent: (value) => `${figure(value)} %`, bytes, moment, day, clock, zone };
}
