import { describe, expect, test } from 'vitest';
import { remindEverySchema } from '../../../lib/channels/chat/remind.ts';

const MINUTE = 60_000;

describe('remindEvery', () => {
  test.each([
    ['30m', 30 * MINUTE],
    ['4h', 240 * MINUTE],
    ['1d', 1440 * MINUTE],
    ['30d', 43_200 * MINUTE],
  ])('takes %s', (text, ms) => {
    expect(remindEverySchema.parse(text)).toBe(ms);
  });

  test.each(['29m', '31d', '4', '4 h', '4H', '', '0h', 4, true])(
    'refuses %j, and says what it takes',
    (value) => {
      const { error } = remindEverySchema.safeParse(value);
      expect(error?.issues.map(({ message }) => message)).toEqual([
        'expected a time such as 4h or 1d, from 30m to 30d',
      ]);
    },
  );

  test('may be left out', () => {
    expect(remindEverySchema.parse(undefined)).toBeUndefined();
  });
});
