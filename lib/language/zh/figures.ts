import { groupedFigure, largeBytes, roughSpan, type SpanUnit, spanParts } from '../format.ts';
import type { Figures } from '../language.ts';
import type { Moments } from '../moments.ts';

const UNITS: Readonly<Record<SpanUnit, string>> = {
  days: '天',
  hours: '小时',
  minutes: '分钟',
  seconds: '秒',
};

/** `25 分钟`, `2.5 小时`, `7 天`: within a sentence. */
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

export function percent(value: number): string {
  return `${figure(value)}%`;
}

export function bytes(size: number): string {
  return largeBytes(size) ?? `${size} 字节`;
}

export function figuresIn({ moment, day, clock, zone }: Moments): Figures {
  return { duration, figure, percent, bytes, moment, day, clock, zone };
}
