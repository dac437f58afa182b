import { groupedFigure, largeBytes, type SpanUnit, spansIn } from '../format.ts';
import type { Figures } from '../language.ts';
import type { Moments } from '../moments.ts';

const UNITS: Readonly<Record<SpanUnit, string>> = { days: 'd', hours: 'h', minutes: 'min', seconds: 's' };

export const { spanWords, duration } = spansIn(UNITS);

export const figure = groupedFigure;

export function bytes(size: number): string {
  return largeBytes(size) ?? `${size} ${size === 1 ? 'byte' : 'bytes'}`;
}

export function figuresIn({ moment, day, clock, zone }: Moments): Figures {
  return { duration, figure, percent: (value) => `${figure(value)} %`, bytes, moment, day, clock, zone };
}
