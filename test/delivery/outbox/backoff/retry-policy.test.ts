import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Audience } from '../../../../lib/channels/channel.ts';
import { quietHours } from '../../../../lib/channels/chat/quiet.ts';
import {
  deadlineOf,
  isPostponed,
  pauseMs,
  retryDelayMs,
} from '../../../../lib/delivery/outbox/backoff/retry-policy.ts';
import { PHASES } from '../../../../lib/events/phase.ts';
import { eventOf } from '../../../migration/events.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const AUDIENCES: Audience[] = ['people', 'programs'];
/** The middle of the jitter: the delay is the schedule's own. */
const NO_JITTER = 0.5;

const audience = fc.constantFrom(...AUDIENCES);
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const attempts = fc.integer({ min: 1, max: 1000 });
const retryAfterMs = fc.oneof(
  fc.constantFrom(undefined, 0, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  fc.double(),
  fc.integer({ min: 0, max: 100 * HOUR }),
);

describe('the wait before the next attempt', () => {
  const SCHEDULE: [attempts: number, wait: string, ms: number][] = [
    [1, '1 minute', MINUTE],
    [2, '5 minutes', 5 * MINUTE],
    [3, '30 minutes', 30 * MINUTE],
    [4, '2 hours', 2 * HOUR],
    [5, '5 hours', 5 * HOUR],
    [6, '10 hours', 10 * HOUR],
    [7, '14 hours', 14 * HOUR],
    [8, '20 hours', 20 * HOUR],
    [9, '24 hours', 24 * HOUR],
    [10, '24 hours', 24 * HOUR],
    [500, '24 hours', 24 * HOUR],
  ];

  describe.each(SCHEDULE)('after %i attempts', (attempts, wait, ms) => {
    it.each(AUDIENCES)(`is ${wait} for a %s, give or take a fifth`, (audience) => {
      const delay = (random: number) => retryDelayMs({ audience, attempts, retryAfterMs: undefined, random });
      expect(delay(0)).toBe(0.8 * ms);
      expect(delay(NO_JITTER)).toBe(ms);
      expect(delay(1 - Number.EPSILON)).toBeLessThanOrEqual(1.2 * ms);
      expect(delay(0.999_999)).toBeGreaterThan(1.19 * ms);
    });
  });

  it.each<[says: string, audience: Audience, retryAfterMs: number | undefined, ms: number]>([
    ['nothing', 'programs', undefined, MINUTE],
    ['5 s: the schedule is later', 'programs', 5 * SECOND, MINUTE],
    ['0', 'programs', 0, MINUTE],
    ['−1', 'programs', -1, MINUTE],
    ['a date long past', 'programs', -1e12, MINUTE],
    ['something unreadable', 'programs', Number.NaN, MINUTE],
    ['10 minutes: later than the schedule', 'programs', 10 * MINUTE, 10 * MINUTE],
    ['10 minutes: later than the schedule', 'people', 10 * MINUTE, 10 * MINUTE],
    ['a day', 'programs', 24 * HOUR, 24 * HOUR],
    ['a day: at most an hour for a chat', 'people', 24 * HOUR, HOUR],
    ['1e9 s: at most a day', 'programs', 1e9 * SECOND, 24 * HOUR],
    ['1e9 s: at most an hour for a chat', 'people', 1e9 * SECOND, HOUR],
    ['for ever', 'programs', Number.POSITIVE_INFINITY, 24 * HOUR],
  ])('follows Retry-After %s (%s)', (_says, audience, retryAfterMs, ms) => {
    expect(retryDelayMs({ audience, attempts: 1, retryAfterMs, random: NO_JITTER })).toBe(ms);
  });

  it('is never cut short by Retry-After', () => {
    expect(retryDelayMs({ audience: 'people', attempts: 5, retryAfterMs: 2 * HOUR, random: NO_JITTER })).toBe(
      5 * HOUR,
    );
  });

  it('is a whole number of milliseconds between 48 seconds and 28.8 hours, whatever is asked for', () => {
    fc.assert(
      fc.property(audience, attempts, retryAfterMs, random, (audience, attempts, retryAfterMs, random) => {
        const ms = retryDelayMs({ audience, attempts, retryAfterMs, random });
        expect(Number.isInteger(ms)).toBe(true);
        expect(ms).toBeGreaterThanOrEqual(0.8 * MINUTE);
        expect(ms).toBeLessThanOrEqual(28 * HOUR + 48 * MINUTE);
      }),
    );
  });

  it('never gets shorter through Retry-After or through one attempt more', () => {
    fc.assert(
      fc.property(audience, attempts, retryAfterMs, random, (audience, attempts, retryAfterMs, random) => {
        const asked = retryDelayMs({ audience, attempts, retryAfterMs, random });
        const own = retryDelayMs({ audience, attempts, retryAfterMs: undefined, random });
        const next = retryDelayMs({ audience, attempts: attempts + 1, retryAfterMs, random });
        expect(asked).toBeGreaterThanOrEqual(own);
        expect(next).toBeGreaterThanOrEqual(asked);
      }),
    );
  });
});

describe('the pause of a whole channel', () => {
  it.each<[says: string, audience: Audience, retryAfterMs: number | undefined, ms: number]>([
    ['nothing', 'people', undefined, MINUTE],
    ['5 s', 'people', 5 * SECOND, MINUTE],
    ['0', 'programs', 0, MINUTE],
    ['−1', 'programs', -1, MINUTE],
    ['something unreadable', 'programs', Number.NaN, MINUTE],
    ['2 minutes', 'people', 2 * MINUTE, 2 * MINUTE],
    ['1e9 s', 'people', 1e9 * SECOND, HOUR],
    ['1e9 s', 'programs', 1e9 * SECOND, 24 * HOUR],
  ])('follows Retry-After %s to a %s', (_says, audience, retryAfterMs, ms) => {
    expect(pauseMs(audience, retryAfterMs)).toBe(ms);
  });

  it('is between a minute and the bound of its audience', () => {
    fc.assert(
      fc.property(audience, retryAfterMs, (audience, retryAfterMs) => {
        const ms = pauseMs(audience, retryAfterMs);
        expect(ms).toBeGreaterThanOrEqual(MINUTE);
        expect(ms).toBeLessThanOrEqual(audience === 'people' ? HOUR : 24 * HOUR);
      }),
    );
  });
});

describe('the deadline of an event', () => {
  const at = Date.parse('2026-01-05T02:12:00.000Z');
  const FINAL = ['stopped', 'succeeded', 'failed', 'released', 'gone'];

  it.each(PHASES)('about the phase %s is a day in a chat unless the phase is final, else three', (phase) => {
    const event = eventOf(1, { phase, at });
    expect(deadlineOf(event, 'people') - at).toBe(FINAL.includes(phase) ? 72 * HOUR : 24 * HOUR);
    expect(deadlineOf(event, 'programs') - at).toBe(72 * HOUR);
  });

  it.each(FINAL)(
    'that leaves the final phase %s is three days everywhere: it corrects an earlier event',
    (phase) => {
      const { data, ...event } = eventOf(1, { phase: 'incremental', at });
      const from = {
        status: phase,
        phase: PHASES.find((one) => one === phase) ?? 'unknown',
        since: event.time,
      };
      expect(deadlineOf({ ...event, data: { ...data, from } }, 'people') - at).toBe(72 * HOUR);
    },
  );

  it('without a phase, of a failing watch, is a day in a chat and three for a program', () => {
    const event = eventOf(1, { type: 'dcs.watch.failing', at });
    expect(event.data.to).toBeUndefined();
    expect(deadlineOf(event, 'people') - at).toBe(24 * HOUR);
    expect(deadlineOf(event, 'programs') - at).toBe(72 * HOUR);
  });
});

describe('the deadline of an event for a chat with quiet hours', () => {
  it('comes when a day has gone by without them', () => {
    const at = Date.parse('2026-01-05T00:00:00.000Z');
    const night = quietHours({ from: '01:00', to: '06:00' }, 'UTC');
    expect(deadlineOf(eventOf(1, { at }), 'people', undefined, night) - at).toBe(34 * HOUR);
    const since = new Date(at + 6 * HOUR).toISOString();
    expect(deadlineOf(eventOf(1, { at }), 'people', since, night) - at).toBe(35 * HOUR);
  });
});

describe('the deadline of how a group ended', () => {
  it('is not that of its readiness', () => {
    const { data, ...event } = eventOf(1, { type: 'dcs.group.ready', at: 0 });
    const group = { name: 'orders', size: 1, projects: [], members: [] };
    expect(deadlineOf({ ...event, data: { ...data, group } }, 'people')).toBe(24 * HOUR);
  });

  it.each([
    ['dcs.group.failed', 72],
    ['dcs.group.finished', 72],
    ['dcs.group.ready', 24],
  ] as const)('that is taken back (%s) is %i hours in a chat', (type, hours) => {
    const { data, ...event } = eventOf(1, { type: 'dcs.group.retracted', at: 0 });
    const retracts = { type, id: 'evt_1', reason: 'none is failed' };
    const group = { name: 'orders', size: 1, projects: [], members: [], retracts };
    expect(deadlineOf({ ...event, data: { ...data, group } }, 'people')).toBe(hours * HOUR);
  });

  it.each(['dcs.group.failed', 'dcs.group.finished'] as const)('(%s) is three days everywhere', (type) => {
    const event = eventOf(1, { type, at: 0 });
    expect(deadlineOf(event, 'people')).toBe(72 * HOUR);
    expect(deadlineOf(event, 'programs')).toBe(72 * HOUR);
  });

  it.each(['dcs.group.ready', 'dcs.group.retracted'] as const)(
    'is not that of another event about the group: %s',
    (type) => {
      const event = eventOf(1, { type, at: 0 });
      expect(deadlineOf(event, 'people')).toBe(24 * HOUR);
      expect(deadlineOf(event, 'programs')).toBe(72 * HOUR);
    },
  );
});

describe('a postponed attempt', () => {
  const now = new Date('2026-01-05T02:12:00.000Z');
  const at = (ms: number) => new Date(now.getTime() + ms).toISOString();

  it.each<[what: string, notBefore: string, expected: boolean]>([
    ['waits until its time', at(1), true],
    ['waits no more at its time', at(0), false],
    ['waits no more after its time', at(-1), false],
    ['waits a whole day with its jitter', at(28.8 * HOUR), true],
    ['does not wait longer than any attempt can: its clock was wrong', at(29 * HOUR), false],
    ['does not wait until 2038', '2038-01-19T03:14:08.000Z', false],
    ['does not wait for a time that cannot be read', 'never', false],
  ])('%s', (_what, notBefore, expected) => {
    expect(isPostponed(notBefore, now)).toBe(expected);
  });

  it('is always believed when the retry policy made it', () => {
    fc.assert(
      fc.property(audience, attempts, retryAfterMs, random, (ofAudience, made, asked, jitter) => {
        const ms = retryDelayMs({
          audience: ofAudience,
          attempts: made,
          retryAfterMs: asked,
          random: jitter,
        });
        expect(isPostponed(at(ms), now)).toBe(true);
      }),
    );
  });
});
