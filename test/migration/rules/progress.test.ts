import { describe, expect, it } from 'vitest';
import type { Stats } from '../../../lib/migration/model/enrichment.ts';
import { type MigrationRun, newRun } from '../../../lib/migration/model/run.ts';
import { progressAfter } from '../../../lib/migration/rules/progress.ts';
import { minute } from '../support.ts';

const MARKS = [25, 50, 75];

/** A later look at this minute. */
const lookAt = (at: number, stats: Stats | undefined) => ({
  stats,
  marks: MARKS,
  isFirstLook: false,
  now: minute(at),
});

/** The marks that are announced of percentages, one a minute. */
function reportedMarks(
  percents: readonly (number | undefined)[],
  marks: readonly number[] = MARKS,
  isFirstLook = true,
) {
  let run: MigrationRun = newRun(minute(0));
  return percents.map((percent, index) => {
    const stats = percent === undefined ? {} : { progressPercent: percent };
    const passed = progressAfter(run, {
      stats,
      marks,
      isFirstLook: isFirstLook && index === 0,
      now: minute(index),
    });
    run = passed.run;
    return passed.progress?.mark;
  });
}

describe('a mark of the full synchronisation', () => {
  it.each<[string, readonly (number | undefined)[], readonly (number | undefined)[]]>([
    ['is reported when it is reached', [0, 24.9, 25], [undefined, undefined, 25]],
    ['is reported once', [0, 25, 26, 49], [undefined, 25, undefined, undefined]],
    ['is the highest of those that were passed', [0, 80, 99], [undefined, 75, undefined]],
    ['is not reported when it was passed before the first look', [60, 61, 75], [undefined, undefined, 75]],
    ['is not reported again when progress varies', [0, 26, 24, 26], [undefined, 25, undefined, undefined]],
    ['is reported again when the copy starts again', [0, 51, 2, 26, 51], [undefined, 50, undefined, 25, 50]],
    ['is not reached by an unknown percentage', [0, undefined, 30], [undefined, undefined, 25]],
    ['is not reported at a hundred percent by itself', [76, 100], [undefined, undefined]],
    ['is reported for a percentage above a hundred, too', [0, 140], [undefined, 75]],
  ])('%s', (_rule, percents, marks) => {
    expect(reportedMarks(percents)).toEqual(marks);
  });

  it('is reported even if statistics came late, where the phase was seen to begin', () => {
    expect(reportedMarks([undefined, 30], MARKS, false)).toEqual([undefined, 25]);
    expect(reportedMarks([30], MARKS, false)).toEqual([25]);
    expect(reportedMarks([undefined, 30, 31, 55], MARKS, false)).toEqual([undefined, 25, undefined, 50]);
  });

  it('is never reported where none is configured', () => {
    expect(reportedMarks([0, 50, 100], [])).toEqual([undefined, undefined, undefined]);
  });
});

describe('the rate of progress', () => {
  const begun = { ...newRun(minute(0)), rateFrom: { at: minute(0).toISOString(), percent: 5 }, mark: 0 };

  it('is measured since the last mark', () => {
    const first = progressAfter(begun, lookAt(60, { progressPercent: 25 }));
    expect(first.progress).toMatchObject({ percentPerHour: 20, secondsLeft: 13_500 });
    const second = progressAfter(first.run, lookAt(90, { progressPercent: 55 }));
    expect(second.progress).toMatchObject({ percentPerHour: 60, secondsLeft: 2700 });
  });

  it.each<[string, number, number]>([
    ['over less than a minute', 25, 0.5],
    ['over no time', 25, 0],
    ['when the clock went back', 25, -60],
  ])('is not reported %s', (_when, progressPercent, at) => {
    const { progress } = progressAfter(begun, lookAt(at, { progressPercent }));
    expect(progress).toEqual({ percent: 25, mark: 25 });
  });

  it('gives no time left at a hundred percent and above', () => {
    const { progress } = progressAfter(begun, lookAt(60, { progressPercent: 120 }));
    expect(progress?.secondsLeft).toBe(0);
  });

  it('is reported with the figures of the look', () => {
    const stats = {
      progressPercent: 30,
      sourceKeys: 10,
      targetKeys: 3,
      inputKbps: 7,
      opsPerSecond: 9,
      offset: 4,
    };
    expect(progressAfter(begun, lookAt(60, stats)).progress).toEqual({
      percent: 30,
      mark: 25,
      percentPerHour: 25,
      secondsLeft: 10_080,
      sourceKeys: 10,
      targetKeys: 3,
      inputKbps: 7,
      opsPerSecond: 9,
    });
  });
});

it('progress between two marks costs no write', () => {
  const run = { ...newRun(minute(0)), rateFrom: { at: minute(0).toISOString(), percent: 5 }, mark: 0 };
  for (const stats of [{ progressPercent: 6 }, { progressPercent: 5 }, {}, undefined]) {
    expect(progressAfter(run, lookAt(1, stats)).run).toBe(run);
  }
});
