import { describe, expect, it } from 'vitest';
import { type Course, hasFallenBack, newCourse } from '../../../lib/migration/model/run.ts';
import { noteProgress } from '../../../lib/migration/rules/progress.ts';
import { minute } from '../support.ts';

const MARKS = [25, 50, 75];

/** What is told of percentages, one a minute. */
function told(
  percents: readonly (number | undefined)[],
  marks: readonly number[] = MARKS,
  isFirstSight = true,
) {
  let course: Course = newCourse(minute(0));
  return percents.map((percent, index) => {
    const stats = percent === undefined ? {} : { progressPercent: percent };
    const passed = noteProgress(course, stats, marks, isFirstSight && index === 0, minute(index));
    course = passed.course;
    return passed.progress?.mark;
  });
}

describe('a mark', () => {
  it.each<[string, readonly (number | undefined)[], readonly (number | undefined)[]]>([
    ['is told when it is reached', [0, 24.9, 25], [undefined, undefined, 25]],
    ['is told once', [0, 25, 26, 49], [undefined, 25, undefined, undefined]],
    ['is the highest of those that were passed', [0, 80, 99], [undefined, 75, undefined]],
    ['that was passed before the first look is not told', [60, 61, 75], [undefined, undefined, 75]],
    ['is not told again when progress wavers', [0, 26, 24, 26], [undefined, 25, undefined, undefined]],
    ['is told again when the copy begins anew', [0, 51, 2, 26, 51], [undefined, 50, undefined, 25, 50]],
    ['is not reached by what is unknown', [0, undefined, 30], [undefined, undefined, 25]],
    ['is not a hundred percent by itself', [76, 100], [undefined, undefined]],
    ['is no matter how far above a hundred it is', [0, 140], [undefined, 75]],
  ])('%s', (_rule, percents, marks) => {
    expect(told(percents)).toEqual(marks);
  });

  it('that was passed before statistics were known is told, for the phase was seen to begin', () => {
    expect(told([undefined, 30], MARKS, false)).toEqual([undefined, 25]);
    expect(told([30], MARKS, false)).toEqual([25]);
    expect(told([undefined, 30, 31, 55], MARKS, false)).toEqual([undefined, 25, undefined, 50]);
  });

  it('is none where none is configured', () => {
    expect(told([0, 50, 100], [])).toEqual([undefined, undefined, undefined]);
  });
});

describe('the rate', () => {
  const begun = { ...newCourse(minute(0)), rateFrom: { at: minute(0).toISOString(), percent: 5 }, mark: 0 };

  it('is reckoned since the last mark', () => {
    const first = noteProgress(begun, { progressPercent: 25 }, MARKS, false, minute(60));
    expect(first.progress).toMatchObject({ percentPerHour: 20, secondsLeft: 13_500 });
    const second = noteProgress(first.course, { progressPercent: 55 }, MARKS, false, minute(90));
    expect(second.progress).toMatchObject({ percentPerHour: 60, secondsLeft: 2700 });
  });

  it.each<[string, number, number]>([
    ['over less than a minute', 25, 0.5],
    ['over no time', 25, 0],
    ['when the clock went back', 25, -60],
  ])('is not told %s', (_when, progressPercent, at) => {
    const { progress } = noteProgress(begun, { progressPercent }, MARKS, false, minute(at));
    expect(progress).toEqual({ percent: 25, mark: 25 });
  });

  it('leaves nothing to do at a hundred percent and beyond', () => {
    const { progress } = noteProgress(begun, { progressPercent: 120 }, MARKS, false, minute(60));
    expect(progress?.secondsLeft).toBe(0);
  });

  it('comes with the figures of the moment', () => {
    const stats = {
      progressPercent: 30,
      sourceKeys: 10,
      targetKeys: 3,
      inputKbps: 7,
      opsPerSecond: 9,
      offset: 4,
    };
    expect(noteProgress(begun, stats, MARKS, false, minute(60)).progress).toEqual({
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

it('nothing is remembered between marks', () => {
  const course = { ...newCourse(minute(0)), rateFrom: { at: minute(0).toISOString(), percent: 5 }, mark: 0 };
  for (const stats of [{ progressPercent: 6 }, { progressPercent: 5 }, {}, undefined]) {
    expect(noteProgress(course, stats, MARKS, false, minute(1)).course).toBe(course);
  }
});

it.each<[number | undefined, number | undefined, boolean]>([
  [60, 51, false],
  [60, 50, true],
  [8, 4, false],
  [8, 3, true],
  [0, 0, false],
  [undefined, 3, false],
  [3, undefined, false],
])('from %s to %s percent: fallen back, %s', (before, now, isSo) => {
  expect(hasFallenBack(before, now)).toBe(isSo);
});
