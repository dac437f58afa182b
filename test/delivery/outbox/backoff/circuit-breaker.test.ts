import { describe, expect, it, test } from 'vitest';
import type { Outcome, OutcomeClass } from '../../../../lib/channels/channel.ts';
import {
  allows,
  isBroken,
  stateAfter as stateAfterAttempt,
} from '../../../../lib/delivery/outbox/backoff/circuit-breaker.ts';
import type { ClassifiedOutcome } from '../../../../lib/delivery/outbox/backoff/pace.ts';
import type { CircuitState } from '../../../../lib/records/record.ts';

const NOW = new Date('2026-01-05T00:00:00.000Z');
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const OPS = { audience: 'programs', settings: 'a1' } as const;
const CHAT = { audience: 'people', settings: 'a1' } as const;
const CHANGED = { audience: 'programs', settings: 'b2' } as const;

function after(ms: number): string {
  return new Date(NOW.getTime() + ms).toISOString();
}

function outcome(outcomeClass: OutcomeClass, more: Partial<Outcome> = {}): Outcome {
  return { class: outcomeClass, reason: 'as the test wants it', ms: 7, ...more };
}

function state(more: Partial<CircuitState> = {}): CircuitState {
  return { settings: 'a1', reason: 'as it was', openUntil: after(MINUTE), refusals: 0, ...more };
}

function stateAfter(
  before: CircuitState | undefined,
  outcome: ClassifiedOutcome,
  channel: typeof OPS | typeof CHAT | typeof CHANGED,
  now: Date,
  startedAt = now,
): CircuitState | undefined {
  return stateAfterAttempt(before, channel, { outcome, now, startedAt });
}

const BROKEN = state({ brokenSince: after(-MINUTE) });
/** It was tried once more. */
const TRIED = state({ brokenSince: after(-MINUTE), openUntil: after(0) });

describe('a circuit allows an attempt', () => {
  test.each([
    ['of a channel without state', undefined, OPS, true],
    ['of a paused channel', state(), OPS, false],
    ['of a channel that is paused for a millisecond more', state({ openUntil: after(1) }), OPS, false],
    ['of a channel whose pause is over', state({ openUntil: after(0) }), OPS, true],
    ['of a channel that a wrong clock paused', state({ openUntil: after(999 * 60 * MINUTE) }), OPS, true],
    ['of a paused channel that has other settings now', state(), CHANGED, true],
  ])('%s: %4$s', (_words, known, channel, may) => {
    expect(allows(known, channel, NOW)).toBe(may);
  });
});

describe('a channel is broken', () => {
  test.each([
    ['without state', undefined, OPS, false],
    ['that is only paused', state(), OPS, false],
    ['that stopped working', BROKEN, OPS, true],
    ['that stopped working, but has other settings now', BROKEN, CHANGED, false],
  ])('%s: %4$s', (_words, known, channel, is) => {
    expect(isBroken(known, channel)).toBe(is);
  });
});

describe('after an attempt', () => {
  it.each(['delivered', 'permanent'] as const)(
    'that was %s a channel works, whatever its state was',
    (end) => {
      for (const before of [undefined, state({ openUntil: after(0) }), TRIED]) {
        expect(stateAfter(before, outcome(end), OPS, NOW)).toBeUndefined();
      }
    },
  );

  it.each(['delivered', 'permanent'] as const)(
    'that was %s, but began before the pause was over, the channel stays paused',
    (end) => {
      const [early, late] = [new Date(after(MINUTE - 2)), new Date(after(MINUTE - 1))];
      for (const before of [state(), BROKEN]) {
        expect(stateAfter(before, outcome(end), OPS, late, early)).toBe(before);
        const over = { ...before, openUntil: early.toISOString() };
        expect(stateAfter(over, outcome(end), OPS, late, early)).toBeUndefined();
      }
      const lateForAll = stateAfter(BROKEN, outcome(end), OPS, new Date(after(2 * MINUTE)), early);
      expect(lateForAll).toBe(BROKEN);
    },
  );

  it('that asks for a shorter pause, or is refused, the longer pause stays', () => {
    const paused = state({ openUntil: after(60 * MINUTE) });
    for (const failed of [
      outcome('pause', { retryAfterMs: 5 * MINUTE }),
      outcome('transient', { status: 401, notHere: true }),
    ]) {
      expect(stateAfter(paused, failed, OPS, NOW)).toMatchObject({ openUntil: paused.openUntil });
    }
    const longer = outcome('pause', { retryAfterMs: 90 * MINUTE });
    expect(stateAfter(paused, longer, OPS, NOW)).toMatchObject({ openUntil: after(90 * MINUTE) });
  });

  it('that asks for a pause, an earlier one that a wrong clock made no longer counts', () => {
    const wrong = state({ openUntil: after(999 * 60 * MINUTE) });
    expect(stateAfter(wrong, outcome('pause'), OPS, NOW)).toMatchObject({ openUntil: after(MINUTE) });
  });

  it('that breaks the channel it is tried again in half an hour', () => {
    expect(stateAfter(undefined, outcome('broken', { reason: 'HTTP 410' }), OPS, NOW)).toEqual({
      settings: 'a1',
      reason: 'HTTP 410',
      openUntil: after(30 * MINUTE),
      refusals: 0,
      brokenSince: NOW.toISOString(),
    });
  });

  it.each(['broken', 'pause', 'transient'] as const)(
    'that failed (%s) a broken channel keeps the time since when it is broken',
    (end) => {
      expect(stateAfter(TRIED, outcome(end, { retryAfterMs: 5 * MINUTE }), OPS, NOW)).toMatchObject({
        openUntil: after(30 * MINUTE),
        brokenSince: BROKEN.brokenSince,
      });
    },
  );

  it('that failed under way when the channel broke, nothing changes', () => {
    for (const end of ['broken', 'pause', 'transient'] as const) {
      expect(stateAfter(BROKEN, outcome(end, { status: 401, notHere: true }), OPS, NOW)).toBe(BROKEN);
    }
  });

  it('that arrived under way when the channel broke, nothing changes', () => {
    const refused = { ...BROKEN, refusals: 3 };
    const began = new Date(NOW.getTime() - SECOND);
    expect(stateAfter(refused, outcome('delivered'), OPS, NOW, began)).toBe(refused);
  });

  it('with other settings a broken channel starts from scratch', () => {
    expect(stateAfter(BROKEN, outcome('broken'), CHANGED, NOW)).toMatchObject({
      settings: 'b2',
      brokenSince: NOW.toISOString(),
    });
    expect(stateAfter(BROKEN, outcome('transient'), CHANGED, NOW)).toBeUndefined();
  });

  it.each([
    [OPS, undefined, MINUTE],
    [OPS, SECOND, MINUTE],
    [OPS, 120 * MINUTE, 120 * MINUTE],
    [CHAT, 120 * MINUTE, 60 * MINUTE],
  ])('that asks %j to pause for %s ms it is paused for %s ms', (channel, retryAfterMs, openMs) => {
    const asked = outcome('pause', retryAfterMs === undefined ? {} : { retryAfterMs });
    expect(stateAfter(undefined, asked, channel, NOW)).toEqual({
      settings: 'a1',
      reason: 'as the test wants it',
      openUntil: after(openMs),
      refusals: 0,
    });
  });

  it('that failed because of the event alone, the state of the channel stays', () => {
    const known = state();
    expect(stateAfter(undefined, outcome('transient', { status: 503 }), OPS, NOW)).toBeUndefined();
    expect(stateAfter(known, outcome('transient', { status: 503 }), OPS, NOW)).toBe(known);
  });

  describe.each([
    ['to be tried again', outcome('transient', { status: 404, notHere: true })],
    ["by a stranger's 2xx, which is not repeated", outcome('permanent', { status: 200, notHere: true })],
  ])('that was refused at its address, %s,', (_words, refused) => {
    it('the refusal is counted, and the circuit stays closed', () => {
      const once = stateAfter(undefined, refused, OPS, NOW);
      expect(once).toEqual({
        settings: 'a1',
        reason: 'as the test wants it',
        openUntil: NOW.toISOString(),
        refusals: 1,
      });
      expect(stateAfter(once, refused, OPS, NOW)).toMatchObject({ refusals: 2 });
      expect(stateAfter(once, refused, OPS, NOW)).not.toHaveProperty('brokenSince');
    });

    it('the channel is broken at the third time in a row', () => {
      expect(stateAfter(state({ refusals: 2 }), refused, OPS, NOW)).toMatchObject({
        refusals: 3,
        openUntil: after(MINUTE),
        brokenSince: NOW.toISOString(),
      });
    });

    it.each([
      [3, 5],
      [4, 30],
      [5, 30],
    ])('after %i refusals the channel is tried again in %i minutes', (refusals, minutes) => {
      expect(stateAfter({ ...TRIED, refusals }, refused, OPS, NOW)).toMatchObject({
        refusals: refusals + 1,
        openUntil: after(minutes * MINUTE),
        brokenSince: TRIED.brokenSince,
      });
    });

    it('the count starts again with other settings', () => {
      expect(stateAfter(state({ refusals: 2 }), refused, CHANGED, NOW)).toMatchObject({ refusals: 1 });
    });
  });

  it.each([
    ['another answer came in between', outcome('transient', { status: 500 }), 1, undefined],
    ['an event was refused in between', outcome('permanent', { status: 422 }), 1, undefined],
    ['no answer came in between: that is none', outcome('transient'), 3, NOW.toISOString()],
  ])('that is refused again, and %s', (_words, between, refusals, brokenSince) => {
    const twice = state({ refusals: 2, openUntil: after(0) });
    // It was under way before the second refusal came.
    const known = stateAfter(twice, between, OPS, NOW, new Date(after(-1)));
    const third = stateAfter(known, outcome('transient', { status: 401, notHere: true }), OPS, NOW);
    expect(third).toMatchObject({ refusals });
    expect(third?.brokenSince).toBe(brokenSince);
  });

  it('with another answer between refusals, the circuit stays open for as long as it asked', () => {
    const paused = state({ refusals: 2 });
    const answered = stateAfter(paused, outcome('transient', { status: 500 }), OPS, NOW);
    expect(answered).toEqual({ ...paused, refusals: 0 });
  });

  it('that asks for a pause, refusals before and after it are not in a row', () => {
    expect(stateAfter(state({ refusals: 2 }), outcome('pause', { status: 429 }), OPS, NOW)).toMatchObject({
      refusals: 0,
    });
  });
});
