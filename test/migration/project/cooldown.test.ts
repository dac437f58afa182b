import { describe, expect, it } from 'vitest';
import type { Look } from '../../../lib/migration/model/observation.ts';
import type { Cooldown } from '../../../lib/migration/model/state.ts';
import {
  type CooldownContext,
  cooldownAfter,
  type Fingerprints,
  isCoolingDown,
} from '../../../lib/migration/project/cooldown.ts';
import { failed, minute, missing, seen } from '../support.ts';

const SEEN = seen('FULLMIGRATING');
const skipped: Look = { kind: 'skipped', why: 'resting' };

function refused(cooldownMs?: number): Look {
  return {
    kind: 'failed',
    reason: 'not authorised',
    detail: 'HTTP 401 APIGW.0301: signature refused.',
    ...(cooldownMs !== undefined && { cooldownMs }),
  };
}

function throttled(cooldownMs: number): Look {
  return { kind: 'failed', reason: 'throttled', detail: 'HTTP 429 APIGW.0308.', cooldownMs };
}

const at = (access: Fingerprints, now: Date, all: readonly Cooldown[] = []): CooldownContext => ({
  access,
  now,
  all,
});

const MINUTES = 60_000;
const KEY = 'fingerprint of the key';
const ENDPOINT = 'fingerprint of the endpoint';
const OURS: Fingerprints = { keyFingerprint: KEY, endpointFingerprint: ENDPOINT };
const OTHER_KEY: Fingerprints = { keyFingerprint: 'another key', endpointFingerprint: 'another way' };
const ELSEWHERE: Fingerprints = { ...OURS, endpointFingerprint: 'another endpoint' };

describe('the cooldown of an endpoint and key', () => {
  /** Minutes of cooldown after each tick, with the refusals counted. */
  function cooldowns(
    rows: readonly (readonly Look[])[],
    key = OURS,
    before?: Cooldown,
  ): [minutes: number, refusals: number][] {
    let cooldown = before;
    return rows.map((looks, index) => {
      cooldown = cooldownAfter(cooldown, looks, at(key, minute(index)));
      if (cooldown === undefined) return [0, 0];
      return [Math.max(0, Date.parse(cooldown.until) - minute(index).getTime()) / MINUTES, cooldown.refusals];
    });
  }
  const refusal = [refused(5 * MINUTES), skipped];
  const good = [SEEN];

  it.each<[rule: string, rows: Look[][], cooldowns: [number, number][]]>([
    [
      'a good tick causes none',
      [good, good],
      [
        [0, 0],
        [0, 0],
      ],
    ],
    [
      'a failure that asks for none causes none',
      [[failed()], [refused()]],
      [
        [0, 0],
        [0, 0],
      ],
    ],
    [
      'refusals of the key cool it down for longer and longer from the third on, up to half an hour',
      Array.from({ length: 10 }, () => refusal),
      [
        [0, 1],
        [0, 2],
        [5, 3],
        [10, 4],
        [15, 5],
        [20, 6],
        [25, 7],
        [30, 8],
        [30, 9],
        [30, 10],
      ],
    ],
    ['many refusals in one tick count as one', [[refused(1), refused(1), refused(1)]], [[0, 1]]],
    [
      'an answer ends the row',
      [refusal, refusal, good, refusal],
      [
        [0, 1],
        [0, 2],
        [0, 0],
        [0, 1],
      ],
    ],
    [
      'a missing task is an answer',
      [refusal, refusal, [missing], refusal],
      [
        [0, 1],
        [0, 2],
        [0, 0],
        [0, 1],
      ],
    ],
    [
      'an unreachable service does not end the row',
      [refusal, refusal, [failed()], refusal],
      [
        [0, 1],
        [0, 2],
        [0, 2],
        [5, 3],
      ],
    ],
    [
      'a throttled tick does not end the row',
      [refusal, refusal, [throttled(MINUTES)], refusal],
      [
        [0, 1],
        [0, 2],
        [1, 2],
        [5, 3],
      ],
    ],
    ['a throttled endpoint cools down as long as it asks', [[throttled(2 * MINUTES), skipped]], [[2, 0]]],
    [
      'the longest requested time counts',
      [[throttled(MINUTES), throttled(3 * MINUTES), throttled(2 * MINUTES)]],
      [[3, 0]],
    ],
    [
      'a cooldown that is over before the next tick is not stored',
      [[throttled(999)], [throttled(1000)]],
      [
        [0, 0],
        [1 / 60, 0],
      ],
    ],
    [
      'an unreadable cooldown is none',
      [[throttled(Number.NaN)], [throttled(-1)], [throttled(0)]],
      [
        [0, 0],
        [0, 0],
        [0, 0],
      ],
    ],
  ])('%s', (_rule, rows, expected) => {
    expect(cooldowns(rows)).toEqual(expected);
  });

  it('stays as it is while looks are skipped', () => {
    const cooldown: Cooldown = { until: minute(5).toISOString(), keyFingerprint: KEY, refusals: 3 };
    expect(cooldownAfter(cooldown, [skipped, skipped], at(OURS, minute(1)))).toBe(cooldown);
    expect(cooldownAfter(cooldown, [], at(OURS, minute(1)))).toBe(cooldown);
  });

  it('starts again with another key', () => {
    const before: Cooldown = { until: minute(9).toISOString(), keyFingerprint: KEY, refusals: 7 };
    expect(cooldowns([refusal, refusal, refusal], OTHER_KEY, before)).toEqual([
      [0, 1],
      [0, 2],
      [5, 3],
    ]);
  });

  it('never permits more than five tries of a refused key in five minutes, one try a minute', () => {
    let cooldown: Cooldown | undefined;
    const tries: number[] = [];
    for (let now = 0; now < 24 * 60; now += 1) {
      if (isCoolingDown(cooldown === undefined ? [] : [cooldown], at(OURS, minute(now)))) continue;
      tries.push(now);
      cooldown = cooldownAfter(cooldown, refusal, at(OURS, minute(now)));
    }
    expect(tries.length).toBeGreaterThan(40);
    for (const start of tries)
      expect(tries.filter((at) => at >= start && at < start + 5).length).toBeLessThanOrEqual(5);
  });
});

describe('a key that several projects use', () => {
  const mine: Look = {
    kind: 'failed',
    reason: 'not authorised',
    detail: 'HTTP 401 APIGW.0301: signature refused.',
    cooldownMs: 5 * MINUTES,
    isKeyRefused: true,
  };
  const of = (refusals: number, more: Partial<Cooldown> = { endpointFingerprint: ENDPOINT }): Cooldown => ({
    until: minute(5).toISOString(),
    keyFingerprint: KEY,
    refusals,
    ...more,
  });

  it('has its refusals at one endpoint counted together', () => {
    const all = [of(4), of(6), of(9, { endpointFingerprint: 'another endpoint or key' }), of(8, {})];
    expect(cooldownAfter(undefined, [mine], at(OURS, minute(0), all))).toEqual({
      until: minute(25).toISOString(),
      keyFingerprint: KEY,
      endpointFingerprint: ENDPOINT,
      refusals: 7,
    });
    expect(cooldownAfter(undefined, [mine, SEEN], at(OURS, minute(0), all))?.refusals).toBe(1);
  });

  it('does not count a refusal from long ago', () => {
    const [soon, late] = [minute(64), minute(65)];
    expect(cooldownAfter(undefined, [mine], at(OURS, soon, [of(6)]))?.refusals).toBe(7);
    expect(cooldownAfter(undefined, [mine], at(OURS, late, [of(6)]))?.refusals).toBe(1);
  });

  it('counts no refusal for others when only the project is foreign', () => {
    expect(cooldownAfter(undefined, [refused(5 * MINUTES)], at(OURS, minute(0), [of(6)]))).toEqual({
      until: minute(0).toISOString(),
      keyFingerprint: KEY,
      refusals: 1,
    });
  });

  it.each<[cooldowns: boolean, who: string, cooldown: Cooldown, Fingerprints]>([
    [true, 'all who use a refused key there', of(3), OURS],
    [false, 'who uses it at another endpoint', of(3), ELSEWHERE],
    [false, 'who uses another key', of(3), OTHER_KEY],
    [true, 'all at an endpoint that throttles', of(0, { endpointFingerprint: ENDPOINT }), OURS],
    [false, 'who uses the key at another endpoint', of(0, { endpointFingerprint: ENDPOINT }), ELSEWHERE],
    [false, 'other projects than the one that is not the key’s', of(3, {}), OURS],
  ])('cools down (%s) for %s', (expected, _who, cooldown, fingerprints) => {
    expect(isCoolingDown([], at(fingerprints, minute(4), [cooldown]))).toBe(expected);
    expect(isCoolingDown([], at(fingerprints, minute(5), [cooldown]))).toBe(false);
  });

  it('cools down at the endpoint that throttled it, as its own record says', () => {
    const cooldown = cooldownAfter(undefined, [throttled(2 * MINUTES)], at(OURS, minute(0)));
    expect(cooldown?.endpointFingerprint).toBe(ENDPOINT);
    expect(isCoolingDown(cooldown === undefined ? [] : [cooldown], at(OURS, minute(1)))).toBe(true);
    expect(isCoolingDown(cooldown === undefined ? [] : [cooldown], at(ELSEWHERE, minute(1)))).toBe(false);
  });
});

describe('a stored cooldown', () => {
  const cooldown: Cooldown = { until: minute(5).toISOString(), keyFingerprint: KEY, refusals: 3 };

  it.each<[string, boolean, Cooldown | undefined, Fingerprints, Date]>([
    ['holds until its end', true, cooldown, OURS, minute(4)],
    ['is over at its end', false, cooldown, OURS, minute(5)],
    ['is over after its end', false, cooldown, OURS, minute(6)],
    ['is not for another key', false, cooldown, OTHER_KEY, minute(4)],
    ['that does not exist holds nobody up', false, undefined, OURS, minute(4)],
    ['that a wrong clock made for years holds nobody up', false, cooldown, OURS, minute(-60 * 24 * 365)],
    ['without a readable end holds nobody up', false, { ...cooldown, until: 'never' }, OURS, minute(4)],
  ])('%s', (_rule, expected, held, key, now) => {
    expect(isCoolingDown(held === undefined ? [] : [held], at(key, now))).toBe(expected);
  });
});
