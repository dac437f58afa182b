import { printable } from '../../../base/text.ts';
import { bytes, spanWords } from '../../../language/en/figures.ts';
import type { TaskStatus } from '../../../status/status.ts';

const MINUTE_MS = 60_000;

/** Stored values may be foreign: each becomes one line. */
export function words(text: string): string {
  return printable(text.toWellFormed());
}

/** `20 s`, `25 min`, `2.5 h`, `7 d`: the time from a moment until now; clocks differ, so it is never negative. */
export function sinceWords(iso: string, now: string): string {
  return spanOf(Math.max(0, Date.parse(now) - Date.parse(iso)));
}

export function spanOf(ms: number): string {
  return ms < MINUTE_MS ? `${Math.floor(ms / 1000)} s` : spanWords(ms / 1000);
}

export function nameOf({ name, id }: { readonly name?: string; readonly id: string }): string {
  return words(name ?? id);
}

/** `40 %, 3 h left`, `lag 12 MB, keys 5 %` (so far apart); empty where nothing is known. */
export function figureWords({ progress, lag, keys, stalledSince }: TaskStatus): string {
  const parts = [
    progress?.percent === undefined ? '' : `${progress.percent} %`,
    progress?.remainingMs === undefined ? '' : `${spanOf(progress.remainingMs)} left`,
    lag === undefined ? '' : lag.bytes === 0 ? 'no lag' : `lag ${bytes(lag.bytes)}`,
    keys?.gapPercent === undefined ? '' : `keys ${keys.gapPercent} %`,
    stalledSince === undefined ? '' : 'stalled',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** `ready`, `no: lag, keys`, `not known`; a dash where the question does not arise. */
export function readyWords({ readiness: { state, unmet } }: TaskStatus): string {
  if (state === 'does not apply') return '-';
  if (state !== 'not ready') return state;
  return unmet.length === 0 ? 'not yet' : `no: ${unmet.join(', ')}`;
}
