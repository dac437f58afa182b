import { describe, expect, test } from 'vitest';
import { claimed, type PartitionClaim } from '../../../lib/poll/load/claims.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.parse('2026-01-05T00:00:00.000Z');
const OLD = ['a'];
const NEW = ['a', 'b'];

const at = (ms: number) => new Date(START + ms);
const iso = (ms: number) => at(ms).toISOString();
const mine = (channels: readonly string[], loadedAt: number) => ({
  channels,
  loadedAt: START + loadedAt,
});

/** The channels as the newer configuration registered them. */
const CLAIMED: PartitionClaim = { channels: NEW, claim: { loadedAt: iso(HOUR) } };

describe('the channels of a partition', () => {
  test('are those of the first configuration', () => {
    const before: PartitionClaim = { channels: undefined, claim: undefined };
    expect(claimed(before, mine(OLD, 0), at(MINUTE))).toEqual({ channels: OLD, claim: { loadedAt: iso(0) } });
  });

  test('are those of the configuration that was loaded last', () => {
    const before: PartitionClaim = { channels: OLD, claim: { loadedAt: iso(0) } };
    expect(claimed(before, mine(NEW, HOUR), at(HOUR))).toEqual(CLAIMED);
  });

  test('are those of any configuration after a version that noted no time of loading', () => {
    const before: PartitionClaim = { channels: OLD, claim: undefined };
    expect(claimed(before, mine(NEW, -HOUR), at(0))).toMatchObject({ channels: NEW });
  });

  test.each([0, HOUR, 2 * HOUR])(
    'are written once: the same ones, loaded after %i ms, change nothing',
    (loadedAt) => {
      expect(claimed(CLAIMED, mine(NEW, loadedAt), at(3 * HOUR))).toBe(CLAIMED);
      const legacy: PartitionClaim = { channels: NEW, claim: undefined };
      expect(claimed(legacy, mine(NEW, loadedAt), at(3 * HOUR))).toBe(legacy);
    },
  );
});

describe('an older configuration', () => {
  const older = mine(OLD, 0);
  const contested = claimed(CLAIMED, older, at(2 * HOUR));

  test('changes no channels, and asks whether the newer one is still in use', () => {
    expect(contested).toEqual({ channels: NEW, claim: { loadedAt: iso(HOUR), contestedAt: iso(2 * HOUR) } });
  });

  test.each([MINUTE, 3 * HOUR - 1])('waits for an answer, without a further write: %i ms', (ms) => {
    expect(claimed(contested, older, at(2 * HOUR + ms))).toBe(contested);
  });

  test('takes over when nobody answers for three hours', () => {
    const now = at(5 * HOUR);
    expect(claimed(contested, older, now)).toEqual({ channels: OLD, claim: { loadedAt: now.toISOString() } });
  });

  test('is answered by a process with the newer one, and does not ask again for an hour', () => {
    const defended = claimed(contested, mine(NEW, HOUR), at(2 * HOUR + MINUTE));
    expect(defended).toEqual({
      channels: NEW,
      claim: { loadedAt: iso(HOUR), defendedAt: iso(2 * HOUR + MINUTE) },
    });
    expect(claimed(defended, older, at(3 * HOUR))).toBe(defended);
    expect(claimed(defended, older, at(3 * HOUR + 2 * MINUTE))).toMatchObject({
      claim: { contestedAt: iso(3 * HOUR + 2 * MINUTE) },
    });
  });

  test('asks again where a wrong clock has dated its question ahead', () => {
    const ahead: PartitionClaim = {
      channels: NEW,
      claim: { loadedAt: iso(HOUR), contestedAt: iso(999 * HOUR) },
    };
    expect(claimed(ahead, older, at(2 * HOUR))).toMatchObject({
      channels: NEW,
      claim: { contestedAt: iso(2 * HOUR) },
    });
  });

  test('is the newer one as soon as it is loaded again', () => {
    expect(claimed(contested, mine(OLD, 3 * HOUR), at(3 * HOUR))).toEqual({
      channels: OLD,
      claim: { loadedAt: iso(3 * HOUR) },
    });
  });
});
