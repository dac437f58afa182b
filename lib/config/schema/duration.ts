import * as z from 'zod/mini';
import { millisecondsIn } from '../../base/time/span.ts';

function milliseconds(text: string): number {
  return millisecondsIn(text) ?? Number.NaN;
}

/** The times that a setting accepts. */
interface Times {
  /** Samples for an error message. */
  readonly suchAs: string;
  readonly least: string;
  readonly most: string;
  /** Whether days are accepted as a unit. */
  readonly days: boolean;
}

function duration({ suchAs, least, most, days }: Times) {
  const message = `expected a time such as ${suchAs}, from ${least} to ${most}`;
  const pattern = days ? /^\d{1,6}[smhd]$/ : /^\d{1,6}[smh]$/;
  const isWithin = (text: string) =>
    milliseconds(text) >= milliseconds(least) && milliseconds(text) <= milliseconds(most);
  return z.pipe(
    z
      .string({ error: message })
      .check(z.regex(pattern, { error: message, abort: true }), z.refine(isWithin, message)),
    z.transform(milliseconds),
  );
}

/** A time between two looks or ticks. Timers of Node must stay below 24.8 days. */
export const pause = duration({ suchAs: '60s, 5m or 1h', least: '1s', most: '24h', days: false });

/** A duration of minutes to weeks. */
export const span = duration({ suchAs: '30m, 24h or 7d', least: '1m', most: '365d', days: true });
