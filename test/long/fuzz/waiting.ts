import * as fc from 'fast-check';
import { clockSkewMs, retryAfterMs } from '../../../lib/channels/answers/http-outcome.ts';
import { DcsRefusal } from '../../../lib/dcs/errors.ts';
import { classifyRefusal } from '../../../lib/dcs/refusal.ts';
import { pauseMs, retryDelayMs } from '../../../lib/delivery/outbox/backoff/retry-policy.ts';
import { mutated, wild } from '../../support/fuzz.ts';
import type { Border } from './border.ts';

const NOW = new Date('2026-01-05T02:12:03.000Z');
const HOUR = 3_600_000;

const date = fc.date({ min: new Date(0), max: new Date('2099-01-01'), noInvalidDate: true });
const dates = date.chain((at) => {
  const [day = '', , month = '', year = '', time = ''] = at.toUTCString().split(' ');
  const asctime = `${day.slice(0, 3)} ${month} ${at.getUTCDate()} ${time} ${year}`;
  return fc.constantFrom(at.toUTCString(), asctime, at.toISOString());
});
const numbers = fc.oneof(fc.nat().map(String), fc.double().map(String), fc.bigInt().map(String));
const header = fc.oneof(dates, numbers, mutated(['Mon, 05 Jan 2026 02:13:03 GMT', '120, 30']), wild());

interface Waits {
  readonly asked: number | undefined;
  readonly skew: number | undefined;
  readonly rest: number | undefined;
  readonly waits: readonly number[];
}

/** What the headers `Retry-After` and `Date` make of all waits. */
export const WAIT: Border<{ readonly 'retry-after'?: string; readonly date?: string }, Waits> = {
  name: 'Retry-After',
  inputs: fc.record({ 'retry-after': header, date: header }, { requiredKeys: [] }),
  read(headers) {
    const asked = retryAfterMs(headers, NOW);
    const error = new DcsRefusal({ status: 429, headers, body: '', truncated: false, ms: 1 }, []);
    const look = classifyRefusal(error, NOW.getTime());
    return {
      asked,
      skew: clockSkewMs(headers, NOW),
      rest: look.kind === 'failed' ? look.cooldownMs : undefined,
      waits: (['people', 'programs'] as const).flatMap((audience) => [
        pauseMs(audience, asked),
        retryDelayMs({ audience, attempts: 1, retryAfterMs: asked, random: 0.5 }),
      ]),
    };
  },
  classify({ asked, skew, rest, waits }) {
    if (asked !== undefined && !(asked >= 0 && asked <= Number.MAX_SAFE_INTEGER))
      throw new Error('a wait out of bounds');
    if (skew !== undefined && !(Math.abs(skew) >= 295_000)) throw new Error('a difference that is none');
    if (rest === undefined || rest < 2000 || rest > 900_000) throw new Error('a rest out of bounds');
    for (const ms of waits) {
      if (!(ms >= 60_000 && ms <= 24 * HOUR)) throw new Error('a wait of ours out of bounds');
    }
    if (asked === undefined) return 'unreadable';
    return asked === 0 ? 'nothing to wait for' : 'a wait';
  },
  kinds: { unreadable: 0.1, 'nothing to wait for': 0.01, 'a wait': 0.1 },
};
