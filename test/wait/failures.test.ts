import { describe, expect, it } from 'vitest';
import type { Answer, LookFailure } from '../../lib/events/event.ts';
import type { Look } from '../../lib/migration/model/observation.ts';
import {
  detailOf,
  endingFailure,
  type Failure,
  type Failures,
  failuresAfter,
  isSameFailure,
  NO_FAILURES,
  pauseMs,
} from '../../lib/wait/failures.ts';

const SEEN: Look = { kind: 'seen', observation: { status: 'FULLMIGRATING' } };
const MISSING: Failure = { kind: 'missing', detail: 'no such task' };
const RESTING: Failure = { kind: 'skipped', why: 'resting' };
const REFUSED: Failure = { kind: 'failed', reason: 'not authorised', detail: 'key', isKeyRefused: true };

function failed(reason: LookFailure, code?: Answer['code'], cooldownMs?: number): Failure {
  const facts = { kind: 'failed', reason, detail: `${reason} ${code ?? ''}` } as const;
  const answer = code === undefined ? {} : { answer: { code } };
  return cooldownMs === undefined ? { ...facts, ...answer } : { ...facts, ...answer, cooldownMs };
}

function after(...looks: readonly Look[]): Failures {
  return looks.reduce(failuresAfter, NO_FAILURES);
}

/** After how many looks of this kind in a row a wait ends; nothing where it goes on. */
function endsAfter(failure: Failure, isKnown: boolean): number | undefined {
  const looks: Failure[] = [];
  while (looks.length < 10) {
    looks.push(failure);
    if (endingFailure(after(...looks), isKnown) === failure) return looks.length;
  }
  return undefined;
}

describe('a look that shows nothing', () => {
  it.each<readonly [Failure, number | undefined, number | undefined]>([
    [REFUSED, 1, 1],
    [failed('not found'), 1, 1],
    [failed('not authorised'), 1, 3],
    [failed('unreachable', 'no_such_api'), 1, 3],
    [failed('unreachable', 'refused_on_the_way'), 3, 10],
    [failed('unreachable', 'service_failed'), undefined, undefined],
    [failed('unreadable answer', 'unreadable'), undefined, undefined],
    [failed('refused', 'service_refuses'), undefined, undefined],
    [failed('throttled', 'throttled', 5000), undefined, undefined],
    [MISSING, 2, undefined],
    [RESTING, undefined, undefined],
  ])('ends a wait for a task that was never seen, or that was: %j', (failure, unknown, known) => {
    expect([endsAfter(failure, false), endsAfter(failure, true)]).toEqual([unknown, known]);
  });

  it('is counted with those that are refused alike', () => {
    const [denied, broken] = [failed('not authorised'), failed('unreachable', 'service_failed')];
    expect(after(broken, broken, denied)).toEqual({ inARow: 1, last: denied });
    expect(endingFailure(after(broken, broken, denied), true)).toBeUndefined();
  });

  it('is counted as long as it is of one kind, and forgotten with a good look', () => {
    expect(after(MISSING, failed('unreachable'), MISSING)).toEqual({ inARow: 1, last: MISSING });
    expect(after(MISSING, MISSING)).toEqual({ inARow: 2, last: MISSING });
    expect(after(MISSING, SEEN)).toEqual({ inARow: 0 });
    expect(endingFailure(NO_FAILURES, false)).toBeUndefined();
  });

  it.each<readonly [Look, boolean, number]>([
    [SEEN, true, 30_000],
    [failed('unreachable'), true, 30_000],
    [failed('throttled', 'throttled', 7000), true, 30_000],
    [failed('throttled', 'throttled', 70_000), true, 70_000],
    [SEEN, false, 30_000],
    [failed('unreachable'), false, 30_000],
    [failed('throttled', 'throttled', 70_000), false, 70_000],
    [MISSING, true, 30_000],
    [MISSING, false, 5000],
    [RESTING, true, 30_000],
  ])(
    'is followed by the next one after the interval, or the pause that is asked for: %j',
    (look, isKnown, ms) => {
      expect(pauseMs(after(look), 30_000, isKnown)).toBe(ms);
      expect(pauseMs(after(MISSING), 1000, false)).toBe(1000);
    },
  );

  it('says why', () => {
    const silent: Failure = {
      kind: 'skipped',
      why: 'the endpoint does not answer',
      failure: { reason: 'unreachable', detail: 'no answer' },
    };
    expect([MISSING, REFUSED, RESTING, silent].map(detailOf)).toEqual([
      'no such task',
      'key',
      'resting',
      'no answer',
    ]);
    expect(isSameFailure(MISSING, MISSING)).toBe(true);
    expect(isSameFailure(MISSING, REFUSED)).toBe(false);
    expect(isSameFailure(undefined, MISSING)).toBe(false);
  });
});
