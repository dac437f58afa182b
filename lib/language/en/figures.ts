import { groupedFigure, largeBytes, momentUtc, roughSpan, type SpanUnit, spanParts } from '../format.ts';
import type { Figures } from '../language.ts';

const UNITS: Readonly<Record<SpanUnit, string>> = { days: 'd', hours: 'h', minutes: 'min', seconds: 's' };

/** `25 min`, `2.5 h`, `7 d`: within a sentence. */
export function spanWords(seconds: number): string {
  const [count, unit] = roughSpan(seconds);
  return `${count} ${UNITS[unit]}`;
}

export const figures: Figures = {
  duration: (ms) =>
    spanParts(ms)
      .map(([count, unit]) => `${count} ${UNITS[unit]}`)
      .join(' '),
  moment: momentUtc,
  figure: groupedFigure,
  percent: (value) => `${groupedFigure(value)} %`,
  bytes: (bytes) => largeBytes(bytes) ?? `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`,
};
