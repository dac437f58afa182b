import type { Moments } from '../../language/moments.ts';
import { type Span, shareAt } from './samples.ts';

export interface Tick {
  readonly share: number;
  readonly label: string;
  /** The day, where it is another one than at the tick before. */
  readonly day?: string;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 7, 14, 28, 91, 182, 364].map((days) => days * DAY_MS),
];
/** As many as a phone has room for. */
const MOST_TICKS = 4;

/** Round times of the reader's clock within a span. */
export function timeTicks(span: Span, moments: Moments): Tick[] {
  const stepMs =
    STEPS_MS.find((step) => (span.to - span.from) / step <= MOST_TICKS) ?? Number.POSITIVE_INFINITY;
  if (!Number.isFinite(stepMs)) return [];
  const offsetMs = offsetOf(moments.zone(new Date(span.from).toISOString()));
  const first = Math.ceil((span.from + offsetMs) / stepMs) * stepMs - offsetMs;
  const ticks: Tick[] = [];
  let before: string | undefined;
  for (let at = first; at <= span.to; at += stepMs) {
    const iso = new Date(at).toISOString();
    const day = moments.day(iso).slice(5);
    const share = shareAt(span, at);
    const isNewDay = day !== before && stepMs < DAY_MS;
    const label = stepMs < DAY_MS ? moments.clock(iso) : day;
    ticks.push(isNewDay ? { share, label, day } : { share, label });
    before = day;
  }
  return ticks;
}

/** Milliseconds of a zone such as `UTC+5:30`. */
function offsetOf(zone: string): number {
  const [, sign, hours = '0', minutes = '0'] = /^UTC([+-])(\d+)(?::(\d+))?$/.exec(zone) ?? [];
  const size = Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS;
  return sign === '-' ? -size : size;
}
