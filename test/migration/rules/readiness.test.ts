import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallResult, Stats } from '../../../lib/migration/model/enrichment.ts';
import type { Ready } from '../../../lib/migration/model/run.ts';
import { DEFAULT_THRESHOLDS, type Thresholds } from '../../../lib/migration/model/thresholds.ts';
import { countLook, debounceOf } from '../../../lib/migration/rules/shared/debounce.ts';
import {
  evaluateStats,
  explained,
  type ReadinessEvaluation,
} from '../../../lib/migration/rules/shared/readiness-evaluation.ts';

const IN_STEP: Stats = { offset: 0, sourceKeys: 5000, targetKeys: 5000 };

const LIMITS = {
  maxOffset: 1000,
  maxKeyGapPercent: 1,
  looks: 3,
  unreadyOffset: 100_000,
  unreadyKeyGapPercent: 2,
  unreadyLooks: 3,
};
const NO_LAG = { maxOffset: 0, unreadyOffset: 0 };
const NO_GAP = { maxKeyGapPercent: 0, unreadyKeyGapPercent: 0 };
const ANY_GAP = { maxKeyGapPercent: 100, unreadyKeyGapPercent: 100 };

function evaluate(stats: Stats, cutover: Partial<Thresholds['cutover']> = {}): ReadinessEvaluation {
  const thresholds = { ...DEFAULT_THRESHOLDS, cutover: { ...DEFAULT_THRESHOLDS.cutover, ...cutover } };
  return evaluateStats({ kind: 'known', value: stats }, thresholds);
}

describe('one look at lag and keys', () => {
  it.each<[string, Stats, Partial<Thresholds['cutover']>, ReadinessEvaluation['kind']]>([
    ['no lag and as many keys', IN_STEP, {}, 'in step'],
    ['no keys at either side', { ...IN_STEP, sourceKeys: 0, targetKeys: 0 }, {}, 'in step'],
    ['a lag of a thousand', { ...IN_STEP, offset: 1000 }, {}, 'in step'],
    ['a lag that would not be announced', { ...IN_STEP, offset: 1001 }, {}, 'near'],
    ['a lag at which readiness just holds', { ...IN_STEP, offset: 100_000 }, {}, 'near'],
    ['a lag above that', { ...IN_STEP, offset: 100_001 }, {}, 'behind'],
    ['a lag of as much as a burst makes', { ...IN_STEP, offset: 100_000_000 }, {}, 'behind'],
    ['a lag that no burst makes', { ...IN_STEP, offset: 100_000_001 }, {}, 'lost'],
    ['a lag of one, where none is allowed', { ...IN_STEP, offset: 1 }, NO_LAG, 'behind'],
    ['a lag that is allowed', { ...IN_STEP, offset: 10 }, { maxOffset: 10 }, 'in step'],
    ['a lag just above', { ...IN_STEP, offset: 10.5 }, { maxOffset: 10, unreadyOffset: 10 }, 'behind'],
    ['exactly one percent fewer keys', { ...IN_STEP, targetKeys: 4950 }, {}, 'in step'],
    ['exactly one percent more keys, of the larger count', { ...IN_STEP, sourceKeys: 4950 }, {}, 'in step'],
    ['a key more than one percent', { ...IN_STEP, targetKeys: 4949 }, {}, 'near'],
    ['exactly two percent fewer keys', { ...IN_STEP, targetKeys: 4900 }, {}, 'near'],
    ['a key more than two percent', { ...IN_STEP, targetKeys: 4899 }, {}, 'behind'],
    ['a fifth of the keys missing', { ...IN_STEP, targetKeys: 4000 }, {}, 'lost'],
    ['no fifth yet', { ...IN_STEP, targetKeys: 4001 }, {}, 'behind'],
    ['keys at one side only', { ...IN_STEP, sourceKeys: 0 }, {}, 'lost'],
    ['all keys missing, where that is allowed', { ...IN_STEP, targetKeys: 0 }, ANY_GAP, 'in step'],
    ['any gap, where none is allowed', { ...IN_STEP, targetKeys: 4999 }, NO_GAP, 'behind'],
    [
      'a gap so small that it rounds to nothing',
      { offset: 0, sourceKeys: 1e9, targetKeys: 1e9 - 1 },
      NO_GAP,
      'behind',
    ],
    ['figures that say that nothing migrates', { ...IN_STEP, isMigrating: false }, {}, 'lost'],
    ['figures that say that it migrates', { ...IN_STEP, isMigrating: true }, {}, 'in step'],
    ['no lag, and keys unknown', { offset: 0 }, {}, 'unknown'],
    ['no lag, and the keys of one side unknown', { offset: 0, sourceKeys: 5000 }, {}, 'unknown'],
    ['as many keys, and the lag unknown', { sourceKeys: 5000, targetKeys: 5000 }, {}, 'unknown'],
    ['a small lag, and keys unknown', { offset: 5000 }, {}, 'unknown'],
    ['a lag, and keys unknown', { offset: 200_000 }, {}, 'behind'],
    ['some other keys, and the lag unknown', { sourceKeys: 5000, targetKeys: 4850 }, {}, 'behind'],
    ['other keys, and the lag unknown', { sourceKeys: 5000, targetKeys: 1 }, {}, 'lost'],
    ['nothing', {}, {}, 'unknown'],
  ])('that finds %s', (_what, stats, cutover, kind) => {
    expect(evaluate(stats, cutover).kind).toBe(kind);
  });

  it.each<[CallResult<Stats> | undefined, string]>([
    [{ kind: 'denied', detail: '' }, 'the access key may not read the statistics'],
    [{ kind: 'missing', detail: '' }, 'there are no statistics for this task'],
    [{ kind: 'failed', reason: 'throttled', detail: '' }, 'the statistics could not be read (throttled)'],
    [{ kind: 'skipped', why: 'out of time' }, 'the statistics were not read'],
    [undefined, 'the statistics were not read'],
    [
      { kind: 'known', value: { offset: 0, sourceKeys: 5 } },
      'the statistics give no usable target key count',
    ],
    [{ kind: 'known', value: {} }, 'lag (offset), source key count or target key count'],
  ])('without an answer names the reason: %j', (answer, reason) => {
    const evaluation = evaluateStats(answer, DEFAULT_THRESHOLDS);
    if (evaluation.kind !== 'unknown') throw new Error(evaluation.kind);
    expect(explained(evaluation).reason).toContain(reason);
  });

  it('names its figures and limits', () => {
    expect(evaluate({ offset: 3, sourceKeys: 200, targetKeys: 199, progressPercent: 100 }).basis).toEqual({
      ...LIMITS,
      offset: 3,
      sourceKeys: 200,
      targetKeys: 199,
      keyGapPercent: 0.5,
    });
  });

  it.each<[Stats, object]>([
    [
      { offset: 0, sourceKeys: 0, targetKeys: 0 },
      { offset: 0, sourceKeys: 0, targetKeys: 0, keyGapPercent: 0 },
    ],
    [
      { offset: 0, targetKeys: 5 },
      { offset: 0, targetKeys: 5 },
    ],
    [{ sourceKeys: 5 }, { sourceKeys: 5 }],
    [{}, {}],
  ])('names the known figures of %j, and no others', (stats, basis) => {
    expect(evaluate(stats).basis).toStrictEqual({ ...basis, ...LIMITS });
  });

  it('never rounds a gap down, nor up by more than a hundredth', () => {
    const keys = fc.integer({ min: 1, max: 2 ** 40 });
    fc.assert(
      fc.property(keys, keys, (source, target) => {
        const gap =
          evaluate({ offset: 0, sourceKeys: source, targetKeys: target }).basis.keyGapPercent ?? Number.NaN;
        const exact = (Math.abs(source - target) * 100) / Math.max(source, target);
        expect(gap).toBeGreaterThanOrEqual(exact - 1e-9);
        expect(gap).toBeLessThan(exact + 0.01 + 1e-9);
      }),
    );
  });

  it('allows a gap of exactly the percentage that is allowed, whatever the counts', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.integer({ min: 1, max: 99 }),
        (hundredth, percent) => {
          const source = hundredth * 100;
          const target = source - hundredth * percent;
          const { kind } = evaluate(
            { offset: 0, sourceKeys: source, targetKeys: target },
            { maxKeyGapPercent: percent },
          );
          expect(kind).toBe('in step');
        },
      ),
    );
  });
});

describe('looks in a row', () => {
  const ANNOUNCED: Ready = { streak: 3, announced: { id: 'evt_1', sequence: 7 } };

  const DEBOUNCE = { looks: 3, unreadyLooks: 3 };

  /** `+` in step, `~` near, `-` behind, `!` far behind, `?` not known. */
  function counted(looks: string) {
    const kinds: Readonly<Record<string, ReadinessEvaluation['kind']>> = {
      '+': 'in step',
      '~': 'near',
      '-': 'behind',
      '!': 'lost',
    };
    let ready: Ready | undefined;
    const announced = [...looks].map((letter) => {
      const kind = kinds[letter] ?? 'unknown';
      const { basis } = evaluate({});
      const evaluation: ReadinessEvaluation =
        kind === 'in step' ? { kind, basis } : { kind, basis, because: { code: 'resting' }, unmet: [] };
      const change = countLook(ready, evaluation, DEBOUNCE);
      ready = change.announces === 'ready' ? { ...ANNOUNCED } : change.ready;
      return change.announces === undefined ? '.' : change.announces[0];
    });
    return announced.join('');
  }

  it.each([
    ['three make it ready, once', '+++++', '..r..'],
    ['none of them may be behind', '++-++', '.....'],
    ['none of them may be near only', '++~++', '.....'],
    ['none of them may be unknown', '++?++', '.....'],
    ['near is near enough to stay ready', '+++~~~~~~', '..r......'],
    ['one that is far behind retracts it at once', '+++!', '..ru'],
    ['two that are behind retract nothing', '+++--+', '..r...'],
    ['three that are behind retract it', '+++---', '..r..u'],
    ['two without figures retract nothing', '+++??+', '..r...'],
    ['three without figures retract it', '+++???', '..r..u'],
    ['three that are behind or without figures retract it', '+++?-?', '..r..u'],
    ['a good one between them resets the count', '+++??+-?+', '..r......'],
    ['one that is near resets it, too', '+++-?~--+', '..r......'],
    ['one that is far behind after one without figures retracts it', '+++?!', '..r.u'],
    ['three are needed again afterwards', '+++!+++', '..ru..r'],
    ['without readiness there is no retraction', '---???!', '.......'],
  ])('%s', (_rule, looks, announced) => {
    expect(counted(looks)).toBe(announced);
  });

  const NOW = new Date('2026-01-05T12:00:00.000Z');
  const looksFor = (run: Parameters<typeof debounceOf>[1]) =>
    debounceOf(DEFAULT_THRESHOLDS.cutover, run, NOW).looks;

  it('are twice as many after each retraction for being behind', () => {
    const needed = [0, 1, 2, 3, 6].map((retractions) => looksFor({ retractions }));
    expect(needed).toEqual([3, 6, 12, 24, 192]);
  });

  it('are as many as at first after six hours in step, however often it was retracted', () => {
    const since = (time: string) => ({ retractions: 50, ready: { streak: 3, since: `2026-01-05T${time}Z` } });
    expect(looksFor(since('06:00:00.000'))).toBe(3);
    expect(looksFor(since('06:00:01.000'))).toBeGreaterThan(360);
  });

  it('are as many as before when figures were missing twice, and twice as many each time after that', () => {
    expect([1, 2, 3, 4].map((lapses) => looksFor({ lapses }))).toEqual([3, 3, 6, 12]);
  });

  it('change nothing while readiness is confirmed', () => {
    expect(countLook(ANNOUNCED, evaluate(IN_STEP), DEBOUNCE).ready).toBe(ANNOUNCED);
  });

  it('are one where one is enough', () => {
    expect(countLook(undefined, evaluate(IN_STEP), { looks: 1, unreadyLooks: 1 })).toEqual({
      ready: { streak: 1 },
      announces: 'ready',
    });
  });
});
