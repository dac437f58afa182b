import { groupedFigure, largeBytes, type SpanUnit, spansIn } from '../format.ts';
import type { Figures } from '../language.ts';
import type { Moments } from '../moments.ts';

const UNITS: Readonly<Record<SpanUnit, string>> = {
  days: '天',
  hours: '小时',
  minutes: '分钟',
  seconds: '秒',
};

export const { spanWords, duration } = spansIn(UNITS);

export const figure = groupedFigure;

export function percent(value: number): string {
  return `${figure(value)}%`;
}

export function bytes(size: number): string {
  return largeBytes(size) ?? `${size} 字节`;
}

export function figuresIn({ moment, day, clock, zone }: Moments): Figures {
  return { duration, figure, percent, bytes, moment, day, clock, zone };
}
