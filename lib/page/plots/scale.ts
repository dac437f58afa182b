import { median } from './samples.ts';

/** The vertical axis of a plot. */
export interface Scale {
  readonly isLogarithmic: boolean;
  /** The values with a line and a label, smallest first. */
  readonly ticks: readonly number[];
  /** The height of a value: 0 at the bottom, 1 at the top. */
  heightOf(value: number): number;
}

export const PERCENT: Scale = {
  isLogarithmic: false,
  ticks: [0, 50, 100],
  heightOf: (value) => Math.min(1, Math.max(0, value / 100)),
};

/** Where the largest value is this many times the usual one, a linear axis would show the usual ones as nothing. */
const WIDE = 50;

/**
 * The axis of a lag. A copy begins with gigabytes and ends with bytes, and the end decides about the cut-over: such a
 * lag gets a logarithmic axis, any other one a linear axis from 0.
 */
export function lagScale(values: readonly number[]): Scale {
  const positive = values.filter((value) => value > 0);
  const largest = Math.max(0, ...positive);
  return largest > WIDE * median(positive) || largest > WIDE * lastOf(values)
    ? logarithmic(positive, largest)
    : linear(largest);
}

/** The last value, unless it is so small that nobody would look closer. */
function lastOf(values: readonly number[]): number {
  return Math.max(NEGLIGIBLE, values.at(-1) ?? 0);
}

/** A lag of a thousand bytes is none to anybody; all below it is drawn as this. */
const NEGLIGIBLE = 1000;

export function linear(largest: number): Scale {
  const top = largest > 0 ? roundUp(largest) : 1;
  return {
    isLogarithmic: false,
    ticks: largest > 0 ? [0, top / 2, top] : [0],
    heightOf: (value) => Math.min(1, Math.max(0, value / top)),
  };
}

/** Up to a multiple of a power of ten whose half is a short figure, too. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 3, 4, 5, 6, 8, 10].find((one) => one * power >= value) ?? 10;
  return factor * power;
}

/** The part of a logarithmic axis that lies between 0 and its smallest power of ten. */
const ZERO_SHARE = 0.12;
const MOST_POWERS = 3;

function logarithmic(positive: readonly number[], largest: number): Scale {
  const smallest = Math.max(NEGLIGIBLE, Math.min(...positive));
  const low = Math.floor(Math.log10(smallest));
  const high = Math.max(low + 1, Math.ceil(Math.log10(largest)));
  const step = Math.ceil((high - low) / MOST_POWERS);
  const powers = Array.from(
    { length: Math.floor((high - low) / step) + 1 },
    (_, index) => high - index * step,
  );
  return {
    isLogarithmic: true,
    ticks: [0, ...powers.toReversed().map((power) => 10 ** power)],
    heightOf: (value) => {
      if (value <= 0) return 0;
      const share = (Math.log10(Math.max(value, 10 ** low)) - low) / (high - low);
      return Math.min(1, ZERO_SHARE + (1 - ZERO_SHARE) * share);
    },
  };
}
