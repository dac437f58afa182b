import { groupedFigure, largeBytes, momentUtc, type SpanUnit, spanParts } from '../format.ts';
import type { Figures } from '../language.ts';

const UNITS: Readonly<Record<SpanUnit, string>> = { days: 'd', hours: 'h', minutes: 'min', seconds: 's' };

export const figures: Figures = {
  duration: (ms) =>
    spanParts(ms)
      .map(([count, unit]) => `${count} ${UNITS[unit]}`)
      .join(' '),
  moment: momentUtc,
  figure: groupedFigure,
  bytes: (bytes) => largeBytes(bytes) ?? `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`,
};
