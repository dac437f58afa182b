import { expect, it } from 'vitest';
import { hasFallenBack } from '../../../lib/migration/model/run.ts';

it.each<[number | undefined, number | undefined, boolean]>([
  [60, 51, false],
  [60, 50, true],
  [8, 4, false],
  [8, 3, true],
  [0, 0, false],
  [undefined, 3, false],
  [3, undefined, false],
])('progress from %s to %s percent has fallen back: %s', (before, now, isSo) => {
  expect(hasFallenBack(before, now)).toBe(isSo);
});
