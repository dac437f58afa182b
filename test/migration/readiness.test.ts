import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ready } from '../../lib/migration/course.ts';
import type { Answer, Stats } from '../../lib/migration/neighbours.ts';
import { countLook, type Judgement, judgeReadiness } from '../../lib/migration/readiness.ts';
import { DEFAULT_THRESHOLDS, type Thresholds } from '../../lib/migration/thresholds.ts';

const IN_STEP: Stats = { offset: 0, sourceKeys: 5000, targetKeys: 5000 };

function judged(stats: Stats, cutover: Partial<Thresholds['cutover']> = {}): Judgement {
  const thresholds = { ...DEFAULT_THRESHOLDS, cutover: { ...DEFAULT_THRESHOLDS.cutover, ...cutover } };
  return judgeReadiness({ kind: 'known', value: stats }, thresholds);
}

describe('one look at lag and keys', () => {
  it.each<[string, Stats, Partial<Thresholds['cutover']>, Judgement['kind']]>([
    ['no lag and as many keys', IN_STEP, {}, 'in step'],
    ['no keys at either side', { ...IN_STEP, sourceKeys: 0, targetKeys: 0 }, {}, 'in step'],
    ['a lag of one', { ...IN_STEP, offset: 1 }, {}, 'behind'],
    ['a lag that is allowed', { ...IN_STEP, offset: 10 }, { maxOffset: 10 }, 'in step'],
    ['a lag just above', { ...IN_STEP, offset: 10.5 }, { maxOffset: 10 }, 'behind'],
    ['exactly one percent fewer keys', { ...IN_STEP, targetKeys: 4950 }, {}, 'in step'],
    ['exactly one percent more keys, of the larger count', { ...IN_STEP, sourceKeys: 4950 }, {}, 'in step'],
    ['a key more than one percent', { ...IN_STEP, targetKeys: 4949 }, {}, 'behind'],
    ['keys at one side only', { ...IN_STEP, sourceKeys: 0 }, {}, 'behind'],
    ['any gap, where none is allowed', { ...IN_STEP, targetKeys: 4999 }, { maxKeyGapPercent: 0 }, 'behind'],
    [
      'a gap so small that it rounds to nothing',
      { offset: 0, sourceKeys: 1e9, targetKeys: 1e9 - 1 },
      { maxKeyGapPercent: 0 },
      'behind',
    ],
    ['figures that say that nothing migrates', { ...IN_STEP, isMigrating: false }, {}, 'behind'],
    ['figures that say that it migrates', { ...IN_STEP, isMigrating: true }, {}, 'in step'],
    ['no lag, and keys unknown', { offset: 0 }, {}, 'unknown'],
    ['no lag, and the keys of one side unknown', { offset: 0, sourceKeys: 5000 }, {}, 'unknown'],
    ['as many keys, and the lag unknown', { sourceKeys: 5000, targetKeys: 5000 }, {}, 'unknown'],
    ['a lag, and keys unknown', { offset: 9 }, {}, 'behind'],
    ['other keys, and the lag unknown', { sourceKeys: 5000, targetKeys: 1 }, {}, 'behind'],
    ['nothing', {}, {}, 'unknown'],
  ])('that finds %s', (_what, stats, cutover, kind) => {
    expect(judged(stats, cutover).kind).toBe(kind);
  });

  it.each<[Answer<Stats> | undefined, string]>([
    [{ kind: 'denied', detail: '' }, 'the key may not read the statistics'],
    [{ kind: 'missing', detail: '' }, 'there are no statistics of this task'],
    [{ kind: 'failed', reason: 'throttled', detail: '' }, 'the statistics could not be read (throttled)'],
    [{ kind: 'skipped', why: 'out of time' }, 'the statistics were not read'],
    [undefined, 'the statistics were not read'],
    [{ kind: 'known', value: { offset: 0 } }, 'the statistics lack the lag or the key counts'],
  ])('without an answer says why it cannot tell: %j', (answer, reason) => {
    expect(judgeReadiness(answer, DEFAULT_THRESHOLDS)).toMatchObject({ kind: 'unknown', reason });
  });

  it('says what it rests on', () => {
    expect(judged({ offset: 3, sourceKeys: 200, targetKeys: 199, progressPercent: 100 }).basis).toEqual({
      offset: 3,
      maxOffset: 0,
      sourceKeys: 200,
      targetKeys: 199,
      keyGapPercent: 0.5,
      maxKeyGapPercent: 1,
      looks: 3,
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
  ])('says of %j what is known, and nothing of the rest', (stats, basis) => {
    expect(judged(stats).basis).toStrictEqual({ ...basis, maxOffset: 0, maxKeyGapPercent: 1, looks: 3 });
  });

  it('never makes a gap smaller than it is, nor larger by more than a hundredth', () => {
    const keys = fc.integer({ min: 1, max: 2 ** 40 });
    fc.assert(
      fc.property(keys, keys, (source, target) => {
        const gap =
          judged({ offset: 0, sourceKeys: source, targetKeys: target }).basis.keyGapPercent ?? Number.NaN;
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
          const { kind } = judged(
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
  const ANNOUNCED: Ready = { streak: 3, told: { id: 'evt_1', sequence: 7 } };

  /** `+` in step, `-` behind, `?` not known. */
  function counted(looks: string, before?: Ready) {
    const kinds: Readonly<Record<string, Judgement['kind']>> = {
      '+': 'in step',
      '-': 'behind',
      '?': 'unknown',
    };
    let ready = before;
    const told = [...looks].map((letter) => {
      const kind = kinds[letter] ?? 'unknown';
      const judgement: Judgement =
        kind === 'in step'
          ? { kind, basis: judged({}).basis }
          : { kind, basis: judged({}).basis, reason: '' };
      const verdict = countLook(ready, judgement, 3);
      ready = verdict.told === 'ready' ? { ...ANNOUNCED } : verdict.ready;
      return verdict.told === undefined ? '.' : verdict.told[0];
    });
    return told.join('');
  }

  it.each([
    ['three make it ready, once', '+++++', '..r..'],
    ['none of them may be behind', '++-++', '.....'],
    ['none of them may be unknown', '++?++', '.....'],
    ['one that is behind takes it back at once', '+++-', '..ru'],
    ['two that cannot tell take nothing back', '+++??+', '..r...'],
    ['three that cannot tell take it back', '+++???', '..r..u'],
    ['a good one between them ends the doubt', '+++??+??+', '..r......'],
    ['one that is behind among the doubts takes it back', '+++?-', '..r.u'],
    ['it takes three again afterwards', '+++-+++', '..ru..r'],
    ['what was never ready is not taken back', '---???', '......'],
  ])('%s', (_rule, looks, told) => {
    expect(counted(looks)).toBe(told);
  });

  it('change nothing while it stands and is confirmed', () => {
    expect(countLook(ANNOUNCED, judged(IN_STEP), 3).ready).toBe(ANNOUNCED);
  });

  it('are one where one is enough', () => {
    expect(countLook(undefined, judged(IN_STEP), 1)).toEqual({ ready: { streak: 1 }, told: 'ready' });
  });
});
