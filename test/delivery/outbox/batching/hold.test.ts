import { describe, expect, it } from 'vitest';
import { quietHours } from '../../../../lib/channels/chat/quiet.ts';
import type { MutedTime } from '../../../../lib/channels/mutes.ts';
import { holdOf } from '../../../../lib/delivery/outbox/batching/hold.ts';
import { createRandom } from '../../../long/proof/random.ts';
import { eventOf } from '../../../migration/events.ts';

const START = Date.parse('2026-01-05T00:00:00.000Z');
const MINUTE = 60_000;
const EVENT = eventOf(1, { at: START });
const NIGHT = quietHours({ from: '01:00', to: '02:00' }, 'UTC');

const at = (minute: number) => START + minute * MINUTE;
const muted = (from: number, until: number): MutedTime => ({ from: at(from), until: at(until) });

function hold(times: readonly MutedTime[], quiet?: typeof NIGHT) {
  const readers = { audience: 'people', mutes: { about: () => times } } as const;
  const found = holdOf(quiet === undefined ? readers : { ...readers, quiet }, EVENT);
  if (found === undefined) throw new TypeError('nothing holds it');
  return found;
}

describe('the time in which a chat gets no message about an event', () => {
  it('is nothing without quiet hours and mutes, and the quiet hours alone without mutes', () => {
    expect(holdOf({ audience: 'people' }, EVENT)).toBeUndefined();
    expect(holdOf({ audience: 'people', quiet: NIGHT, mutes: { about: () => [] } }, EVENT)).toBe(NIGHT);
  });

  it('ends with what ends last of mutes and quiet hours that meet', () => {
    expect(hold([muted(30, 90)], NIGHT).until(at(30))).toBe(at(120));
    expect(hold([muted(70, 150)], NIGHT).until(at(60))).toBe(at(150));
    expect(hold([muted(30, 60), muted(120, 130)], NIGHT).until(at(40))).toBe(at(130));
    expect(hold([muted(30, 59)], NIGHT).until(at(40))).toBe(at(59));
    expect(hold([muted(30, 59)]).until(at(59))).toBeUndefined();
  });

  it('covers what waited in a mute, and nothing that came after it', () => {
    const { coversSome } = hold([muted(30, 60)]);
    expect(coversSome(at(59), at(90))).toBe(true);
    expect(coversSome(at(10), at(30))).toBe(true);
    expect(coversSome(at(60), at(90))).toBe(false);
    expect(coversSome(at(10), at(29))).toBe(false);
  });

  it('covers what waited in any of several mutes, or in quiet hours beside them', () => {
    expect(hold([muted(30, 60), muted(300, 310)]).coversSome(at(50), at(90))).toBe(true);
    expect(hold([muted(300, 310)], NIGHT).coversSome(at(70), at(90))).toBe(true);
    expect(hold([muted(300, 310)], NIGHT).coversSome(at(121), at(130))).toBe(false);
  });

  it('covers nothing where a mute ended before it began', () => {
    expect(hold([muted(50, 40)]).coversSome(at(30), at(90))).toBe(false);
    expect(hold([muted(50, 50)]).coversSome(at(30), at(90))).toBe(false);
  });

  it('moves a deadline by the mutes before it, each moment counted once', () => {
    expect(hold([muted(0, 100), muted(10, 20), muted(50, 110)]).after(at(0), 30 * MINUTE)).toBe(at(140));
    expect(hold([muted(40, 60), muted(10, 20)]).after(at(0), 35 * MINUTE)).toBe(at(65));
  });

  it('moves no deadline that is over before a mute begins, and one at which it begins to its end', () => {
    expect(hold([muted(30, 60)]).after(at(0), 10 * MINUTE)).toBe(at(10));
    expect(hold([muted(30, 90)], NIGHT).after(at(0), 30 * MINUTE)).toBe(at(120));
  });

  it('does not count for a deadline, however mutes and quiet hours lie', () => {
    const random = createRandom('hold');
    for (let round = 0; round < 300; round += 1) {
      const times = Array.from({ length: random.below(4) + 1 }, () => {
        const from = random.below(300);
        return muted(from, from + random.below(90));
      });
      const spans = hold(times, round % 2 === 0 ? NIGHT : undefined);
      const [since, awake] = [at(random.below(200)), random.below(120)];
      const end = spans.after(since, awake * MINUTE);
      let counted = 0;
      for (let one = since; one < end; one += MINUTE) counted += spans.until(one) === undefined ? 1 : 0;
      expect(counted).toBeGreaterThanOrEqual(awake);
      expect(spans.until(end)).toBeUndefined();
      const longest = times.reduce((sum, { from, until }) => sum + until - from, 0);
      expect(end - since).toBeLessThanOrEqual(awake * MINUTE + longest + 3 * 60 * MINUTE);
    }
  });
});
