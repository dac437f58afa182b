import { describe, expect, it } from 'vitest';
import type { Audience, Outcome, OutcomeClass } from '../../../lib/channels/channel.ts';
import { cancelRemoved, expireBlocked } from '../../../lib/delivery/outbox/endings.ts';
import { enqueue, isNearlyFull, OUTBOX_BYTES, OUTBOX_EVENTS } from '../../../lib/delivery/outbox/enqueue.ts';
import { dueChannels, head, isDue, pending } from '../../../lib/delivery/outbox/outbox.ts';
import { applyOutcome } from '../../../lib/delivery/outbox/outcome/outcome.ts';
import type { DeadLetter, Readers } from '../../../lib/delivery/outbox/types.ts';
import type { MigrationEvent } from '../../../lib/events/event.ts';
import type { StoredRecord } from '../../../lib/records/record.ts';
import { eventOf } from '../../migration/events.ts';
import { stored } from '../../migration/support.ts';
import { withFields } from '../../support/records.ts';
import { bytesOf, EMPTY, HOUR, MINUTE, names, outcome, START } from './support.ts';

function after(ms: number): Date {
  return new Date(START.getTime() + ms);
}

/** A record with these events pending for these channels. */
function recordWith(events: readonly MigrationEvent[], channels: readonly string[] = ['ops']): StoredRecord {
  return enqueue(EMPTY, events, { to: () => channels }, START).record;
}

function numbered(count: number, summary?: string): MigrationEvent[] {
  return Array.from({ length: count }, (_, n) =>
    eventOf(n + 1, { at: START.getTime(), ...(summary !== undefined && { summary }) }),
  );
}

/** The event with a summary so long that it takes this many bytes in an outbox, pending for `ops`. */
function padded(event: MigrationEvent, bytes: number): MigrationEvent {
  const plain = { ...event, data: { ...event.data, summary: '' } };
  const summary = 'x'.repeat(bytes - bytesOf(recordWith([plain])));
  return { ...plain, data: { ...plain.data, summary } };
}

interface Try {
  readonly event: MigrationEvent;
  readonly channel?: string;
  readonly audience?: Audience;
  readonly outcome: Outcome;
  readonly now?: Date;
  readonly random?: number;
}

function tried(record: StoredRecord, { event, channel = 'ops', audience = 'programs', ...more }: Try) {
  return applyOutcome(record, { eventId: event.id, channel, audience, now: START, random: 0.5, ...more });
}

describe('the outbox', () => {
  it('holds each event for the channels that accept it, due at once', () => {
    const [one, two] = [eventOf(1, { phase: 'full' }), eventOf(2, { phase: 'failed' })];
    const wants = (event: MigrationEvent) =>
      event.data.to?.phase === 'failed' ? ['ops', 'cutover'] : ['ops'];
    const { record, deadLetters: dead } = enqueue(EMPTY, [one, two], { to: wants }, START);
    expect(names(pending(record))).toEqual(['1 ops', '2 ops', '2 cutover']);
    expect(dead).toEqual([]);
    for (const { event, delivery } of pending(record)) {
      expect(delivery).toEqual({ attempts: 0, nextAttemptAt: event.time, history: [] });
      expect(isDue(delivery, new Date(event.time))).toBe(true);
    }
  });

  it('holds no event that no channel accepts', () => {
    expect(enqueue(EMPTY, [eventOf(1)], { to: () => [] }, START)).toEqual({ record: EMPTY, deadLetters: [] });
  });

  it('takes new events after the pending ones', () => {
    const before = recordWith([eventOf(1)]);
    const { record } = enqueue(before, [eventOf(2), eventOf(3)], { to: () => ['ops'] }, START);
    expect(names(pending(record))).toEqual(['1 ops', '2 ops', '3 ops']);
  });

  it('changes nothing else in the record', () => {
    const lease = { owner: 'a', until: EMPTY.born };
    const record = withFields(EMPTY, { sequence: 4, missing: 1, lease });
    const { outbox: _outbox, ...rest } = enqueue(record, [eventOf(1)], { to: () => ['ops'] }, START).record;
    const { outbox: _before, ...before } = record;
    expect(rest).toEqual(before);
  });
});

describe('the bound of the outbox', () => {
  const CHANNELS = ['ops', 'cutover'];
  it('is 64 events of 200 kB together', () => {
    expect([OUTBOX_EVENTS, OUTBOX_BYTES]).toEqual([64, 200_000]);
  });

  it.each([63, 64])('holds %i events without a loss', (count) => {
    const { record, deadLetters: dead } = enqueue(EMPTY, numbered(count), { to: () => CHANNELS }, START);
    expect(record.outbox).toHaveLength(count);
    expect(dead).toEqual([]);
  });

  it('makes the oldest dead letters, one for each channel, when there are more events', () => {
    const full = recordWith(numbered(64), CHANNELS);
    const more = [eventOf(65), eventOf(66)];
    const { record, deadLetters: dead } = enqueue(full, more, { to: () => ['ops'] }, after(HOUR));
    expect(names(dead)).toEqual(['1 ops', '1 cutover', '2 ops', '2 cutover']);
    expect(dead.map(({ why, diedAt }) => [why, diedAt])).toEqual(
      Array.from({ length: 4 }, () => ['overflow', after(HOUR).toISOString()]),
    );
    expect(record.outbox).toHaveLength(64);
    expect(record.outbox[0]?.event.sequence).toBe('0000000003');
  });

  it('counts only the pending deliveries of an event as dead', () => {
    const full = recordWith(numbered(64), CHANNELS);
    const [{ event } = { event: eventOf(1) }] = full.outbox;
    const delivered = tried(full, { event, channel: 'ops', outcome: outcome('delivered') }).record;
    expect(names(enqueue(delivered, [eventOf(65)], { to: () => ['ops'] }, START).deadLetters)).toEqual([
      '1 cutover',
    ]);
  });

  it('is also one of size, counted in bytes as they are stored', () => {
    const summary = '界'.repeat(5000); // 15,000 bytes in UTF-8
    const { record, deadLetters: dead } = enqueue(EMPTY, numbered(20, summary), { to: () => ['ops'] }, START);
    expect(dead.length).toBe(20 - record.outbox.length);
    expect(bytesOf(record)).toBeLessThanOrEqual(OUTBOX_BYTES);
    expect(bytesOf(record) + bytesOf(record) / record.outbox.length).toBeGreaterThan(OUTBOX_BYTES);
  });

  it('is full with exactly 200 kB, and too full with one byte more', () => {
    const two = (bytes: number) =>
      numbered(2).map((event, n) => padded(event, n === 0 ? 1000 : bytes - 1000));
    const outcomes = [OUTBOX_BYTES, OUTBOX_BYTES + 1].map((bytes) => {
      const events = two(bytes);
      expect(bytesOf(recordWith(events.slice(0, 1))) + bytesOf(recordWith(events.slice(1)))).toBe(bytes);
      return names(enqueue(EMPTY, events, { to: () => ['ops'] }, START).deadLetters);
    });
    expect(outcomes).toEqual([[], ['1 ops']]);
  });

  it('makes no more dead letters for size than are needed after those for number', () => {
    const events = numbered(70).map((event, n) =>
      n < 6 ? eventOf(n + 1, { summary: 'x'.repeat(30_000) }) : event,
    );
    const { record, deadLetters: dead } = enqueue(EMPTY, events, { to: () => ['ops'] }, START);
    expect(names(dead)).toEqual(['1 ops', '2 ops', '3 ops', '4 ops', '5 ops', '6 ops']);
    expect(bytesOf(record)).toBeLessThan(OUTBOX_BYTES);
    expect(bytesOf(record) + 6 * 30_000).toBeGreaterThan(OUTBOX_BYTES);
  });

  it('always leaves room for the newest event', () => {
    const { record, deadLetters: dead } = enqueue(
      EMPTY,
      numbered(3, 'x'.repeat(OUTBOX_BYTES)),
      { to: () => ['ops'] },
      START,
    );
    expect(names(pending(record))).toEqual(['3 ops']);
    expect(names(dead)).toEqual(['1 ops', '2 ops']);
  });

  it('holds while many chats fail for days, because histories are shortened', () => {
    const chats = Array.from({ length: 10 }, (_, n) => `chat-${n}`);
    const reason = `hooks.slack.com: ${'no complete answer '.repeat(8)}`;
    let record = recordWith(numbered(64, 'x'.repeat(400)), chats);
    const full = bytesOf(record);
    for (let n = 0; n < 10; n += 1) {
      for (const { event, channel } of pending(record)) {
        ({ record } = tried(record, {
          event,
          channel,
          audience: 'people',
          outcome: outcome('transient', { reason }),
        }));
      }
    }
    expect(pending(record)).toHaveLength(640);
    expect(pending(record).every(({ delivery }) => delivery.attempts === 10)).toBe(true);
    expect(bytesOf(record)).toBeGreaterThan(full);
    // DynamoDB takes 400 KB; observation and timeline need some of it.
    expect(bytesOf(record)).toBeLessThan(350_000);

    const [queued] = pending(record);
    if (queued === undefined) throw new Error('nothing is pending');
    const { deadLetters: dead } = tried(record, {
      ...queued,
      outcome: outcome('permanent', { reason: 'the last word' }),
    });
    expect(dead[0]?.delivery.attempts).toBe(11);
    expect(dead[0]?.delivery.history.at(-1)?.reason).toBe('the last word');
  });

  it('allows 320 attempts of all deliveries, and the last of each beyond that', () => {
    let record = recordWith(numbered(64));
    const fail = (which: number, times: number) => {
      const { event } = pending(record)[which] ?? {};
      if (event === undefined) throw new Error('nothing is pending');
      for (let n = 1; n <= times; n += 1) {
        record = tried(record, { event, outcome: outcome('transient', { reason: `attempt ${n}` }) }).record;
      }
    };
    const histories = () =>
      pending(record).map(({ delivery: { history } }) =>
        history.map(({ reason }) => Number(reason.slice(8))),
      );
    const all = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    const none = (count: number) => Array.from({ length: count }, () => []);
    for (let n = 0; n < 32; n += 1) fail(n, 10);

    expect(histories()).toEqual([...Array.from({ length: 32 }, () => all), ...none(32)]);

    fail(32, 1);
    expect(histories()).toEqual([...Array.from({ length: 32 }, () => all.slice(5)), [1], ...none(31)]);
  });
});

describe('an outbox counts as nearly full', () => {
  const ofBytes = (bytes: number): StoredRecord => {
    const filled = (length: number) => recordWith(numbered(1, 'x'.repeat(length)));
    const without = Buffer.byteLength(JSON.stringify(filled(0).outbox));
    return filled(bytes - without);
  };

  it('when it has more than half of the events that have room', () => {
    expect(isNearlyFull(recordWith(numbered(OUTBOX_EVENTS / 2)))).toBe(false);
    expect(isNearlyFull(recordWith(numbered(OUTBOX_EVENTS / 2 + 1)))).toBe(true);
  });

  it('when they take more than half of the bytes', () => {
    expect(isNearlyFull(ofBytes(OUTBOX_BYTES / 2))).toBe(false);
    expect(isNearlyFull(ofBytes(OUTBOX_BYTES / 2 + 1))).toBe(true);
  });
});

describe('a delivery that failed', () => {
  const [event] = numbered(1);
  const attempt = {
    eventId: event?.id ?? '',
    channel: 'ops',
    audience: 'programs',
    now: after(0),
    random: 0.5,
  } as const;
  const outcome: Outcome = { class: 'transient', reason: 'host name not found', ms: 1 };
  const failed = (settings?: string) => {
    const tried = applyOutcome(recordWith(numbered(1)), {
      ...attempt,
      outcome,
      ...(settings !== undefined && { settings }),
    });
    return pending(tried.record)[0]?.delivery;
  };

  it('records the settings with which it failed, if they are known', () => {
    expect(failed('old')?.settings).toBe('old');
    expect(failed()).not.toHaveProperty('settings');
  });

  it('is due at once with other settings, and with the same ones when its wait is over', () => {
    const delivery = failed('old');
    if (delivery === undefined) throw new Error('nothing is pending');
    expect(isDue(delivery, after(MINUTE / 2), 'new')).toBe(true);
    expect(isDue(delivery, after(MINUTE / 2), 'old')).toBe(false);
    expect(isDue(delivery, after(HOUR), 'old')).toBe(true);
  });
});

describe('a delivery that arrived', () => {
  const arrived = (renews?: string) => {
    const [first] = numbered(1);
    if (first === undefined) throw new Error('there is no event');
    const event = { ...first, data: { ...first.data, ...(renews !== undefined && { renews }) } };
    const outcome: Outcome = { class: 'delivered', reason: '', ms: 1 };
    const attempt = {
      eventId: event.id,
      channel: 'ops',
      audience: 'programs',
      now: after(0),
      random: 0.5,
    } as const;
    return applyOutcome(recordWith([event]), { ...attempt, outcome }).record.sent?.[0];
  };

  it('is logged with the event that it renews', () => {
    expect(arrived('evt_first')?.renews).toBe('evt_first');
    expect(arrived()).not.toHaveProperty('renews');
  });
});

describe('the due channels', () => {
  const [one, two] = [eventOf(1, { at: START.getTime() }), eventOf(2, { at: START.getTime() })];

  it('are those whose oldest event is due', () => {
    const record = recordWith([one, two], ['ops', 'cutover']);
    expect(head(record, 'ops')?.event).toBe(one);
    expect(head(record, 'nobody')).toBeUndefined();
    expect(dueChannels(record, START)).toEqual(['ops', 'cutover']);
  });

  it('are without a channel whose oldest event is not due yet', () => {
    const record = recordWith([one, two], ['ops', 'cutover']);
    const waiting = tried(record, { event: one, outcome: outcome('transient') }).record;
    expect(head(waiting, 'ops')?.event).toBe(one);
    expect(dueChannels(waiting, START)).toEqual(['cutover']);
    expect(dueChannels(waiting, after(MINUTE - 1))).toEqual(['cutover']);
    expect(dueChannels(waiting, after(MINUTE))).toEqual(['ops', 'cutover']);
  });

  it.each(['delivered', 'permanent'] as const)(
    'have their next event due once the one before is %s',
    (end) => {
      const record = tried(recordWith([one, two]), { event: one, outcome: outcome(end) }).record;
      expect(head(record, 'ops')?.event).toEqual(two);
      expect(dueChannels(record, START)).toEqual(['ops']);
    },
  );

  it('have one whose event was never attempted, even if its date lies ahead', () => {
    const early = recordWith([eventOf(1, { at: after(HOUR).getTime() })]);
    expect(dueChannels(early, START)).toEqual(['ops']);
    expect(
      dueChannels(
        tried(early, { event: eventOf(1, { at: after(HOUR).getTime() }), outcome: outcome('transient') })
          .record,
        START,
      ),
    ).toEqual([]);
  });

  it('are none when nothing is pending', () => {
    expect(dueChannels(EMPTY, START)).toEqual([]);
    expect(pending(EMPTY)).toEqual([]);
  });
});

describe('the outcome of an attempt', () => {
  const event = eventOf(1, { at: START.getTime() });
  const record = recordWith([event], ['ops', 'cutover']);

  it.each<[OutcomeClass, 'gone' | 'dead' | 'pending']>([
    ['delivered', 'gone'],
    ['permanent', 'dead'],
    ['transient', 'pending'],
    ['pause', 'pending'],
    ['broken', 'pending'],
  ])('%s: the delivery is %s, and that of the other channel stays', (outcomeClass, end) => {
    const { record: settled, deadLetters: dead } = tried(record, { event, outcome: outcome(outcomeClass) });
    expect(names(dead)).toEqual(end === 'dead' ? ['1 ops'] : []);
    expect(names(pending(settled))).toEqual(end === 'pending' ? ['1 ops', '1 cutover'] : ['1 cutover']);
    expect(head(settled, 'cutover')).toEqual(head(record, 'cutover'));
  });

  it('adds the attempt, and the time of the next one', () => {
    const failure = outcome('transient', { status: 503, reason: 'HTTP 503' });
    const { record: settled } = tried(record, { event, outcome: failure, now: after(5) });
    expect(head(settled, 'ops')?.delivery).toEqual({
      attempts: 1,
      nextAttemptAt: after(5 + MINUTE).toISOString(),
      history: [{ at: after(5).toISOString(), class: 'transient', reason: 'HTTP 503', status: 503, ms: 7 }],
    });
  });

  it('has no status where there was no answer', () => {
    const { record: settled } = tried(record, { event, outcome: outcome('transient') });
    expect(head(settled, 'ops')?.delivery.history).toStrictEqual([
      { at: START.toISOString(), class: 'transient', reason: 'as the test wants it', ms: 7 },
    ]);
  });

  it('keeps the delivery due when its channel is broken: the channel waits', () => {
    const broken = outcome('broken', { retryAfterMs: HOUR });
    const { record: settled } = tried(record, { event, outcome: broken, now: after(5) });
    expect(head(settled, 'ops')?.delivery.nextAttemptAt).toBe(after(5).toISOString());
  });

  it('logs deliveries that arrived: the last 64, the oldest first', () => {
    let held = recordWith(numbered(64), ['ops', 'cutover']);
    for (const { event, channel } of pending(held)) {
      held = tried(held, { event, channel, outcome: outcome('delivered'), now: after(MINUTE) }).record;
    }
    expect(held.sent).toHaveLength(64);
    expect(held.sent?.[0]).toEqual({
      eventId: eventOf(33, { at: START.getTime() }).id,
      channel: 'ops',
      at: after(MINUTE).toISOString(),
      attempts: 1,
      events: 1,
      type: 'dcs.migration.status_changed',
      ms: 7,
    });
    expect(held.sent?.at(-1)).toMatchObject({ channel: 'cutover' });
  });

  it('makes the delivery wait as long as the receiver asks, within the bounds of its audience', () => {
    const asked = outcome('pause', { retryAfterMs: 1e12 });
    const wait = (audience: Audience) =>
      head(tried(record, { event, audience, outcome: asked }).record, 'ops')?.delivery;
    expect(wait('people')?.nextAttemptAt).toBe(after(HOUR).toISOString());
    expect(wait('programs')?.nextAttemptAt).toBe(after(24 * HOUR).toISOString());
  });

  it('puts all attempts into the dead letter', () => {
    const once = tried(record, { event, outcome: outcome('transient') }).record;
    const refused = outcome('permanent', { status: 400, reason: 'HTTP 400' });
    const { deadLetters: dead } = tried(once, { event, outcome: refused, now: after(MINUTE) });
    expect(dead).toHaveLength(1);
    expect(dead[0]).toMatchObject({
      event,
      channel: 'ops',
      why: 'refused',
      diedAt: after(MINUTE).toISOString(),
    });
    expect(dead[0]?.delivery.attempts).toBe(2);
    expect(dead[0]?.delivery.history.map(({ class: end }) => end)).toEqual(['transient', 'permanent']);
  });

  it('logs the event that arrived, and its last three attempts', () => {
    let held = record;
    for (let n = 0; n < 4; n += 1) {
      held = tried(held, { event, outcome: outcome('transient', { reason: `attempt ${n}` }) }).record;
    }
    const taken = outcome('delivered', { status: 204, ms: 31 });
    const { sent } = stored(tried(held, { event, outcome: taken, now: after(HOUR) }).record);
    expect(sent).toEqual([
      {
        eventId: event.id,
        channel: 'ops',
        at: after(HOUR).toISOString(),
        attempts: 5,
        events: 1,
        type: event.type,
        time: event.time,
        summary: 'event 1',
        facts: { severity: 'info' },
        status: 204,
        ms: 31,
        before: [2, 3].map((n) => ({
          at: START.toISOString(),
          class: 'transient',
          reason: `attempt ${n}`,
          ms: 7,
        })),
      },
    ]);
  });

  it('logs the text of an event once, however many channels got it', () => {
    const queued = recordWith([event], ['ops', 'cutover']);
    const first = tried(queued, { event, outcome: outcome('delivered') }).record;
    const both = tried(first, { event, channel: 'cutover', outcome: outcome('delivered') }).record;
    expect(both.sent?.map(({ channel, summary }) => [channel, summary])).toEqual([
      ['ops', undefined],
      ['cutover', 'event 1'],
    ]);
  });

  it('cuts a long summary in the log, and leaves out a damaged one', () => {
    const long = eventOf(1, { at: START.getTime(), summary: 'x'.repeat(1000) });
    const summary = (delivered: MigrationEvent) =>
      stored(tried(recordWith([delivered]), { event: delivered, outcome: outcome('delivered') }).record)
        .sent?.[0]?.summary;
    expect(summary(long)).toHaveLength(120);
    const damaged: MigrationEvent = JSON.parse(
      JSON.stringify({ ...long, type: 7, data: { severity: 'info' } }),
    );
    expect(summary(damaged)).toBeUndefined();
  });

  it('keeps no more than the last ten attempts', () => {
    let held = record;
    for (let n = 0; n < 25; n += 1) {
      const failure = outcome('transient', { reason: `attempt ${n}` });
      held = tried(held, { event, outcome: failure }).record;
    }
    const delivery = head(held, 'ops')?.delivery;
    expect(delivery?.attempts).toBe(25);
    expect(delivery?.history.map(({ reason }) => reason)).toEqual(
      Array.from({ length: 10 }, (_, n) => `attempt ${15 + n}`),
    );
  });

  it.each(['transient', 'pause', 'broken'] as const)('%s makes a dead letter after the deadline', (end) => {
    const failure = outcome(end);
    const inTime = tried(record, { event, outcome: failure, now: after(70 * HOUR) });
    expect(inTime.deadLetters).toEqual([]);
    const late = tried(record, { event, outcome: failure, now: after(72 * HOUR + 1) });
    expect(late.deadLetters.map(({ channel, why }) => [channel, why])).toEqual([['ops', 'deadline']]);
    expect(names(pending(late.record))).toEqual(['1 cutover']);
  });

  it('delivered counts, however late', () => {
    const { record: settled, deadLetters: dead } = tried(record, {
      event,
      outcome: outcome('delivered'),
      now: after(999 * HOUR),
    });
    expect(dead).toEqual([]);
    expect(names(pending(settled))).toEqual(['1 cutover']);
  });

  it.each<[Audience, number]>([
    ['people', 24 * HOUR],
    ['programs', 72 * HOUR],
  ])(
    'makes one dead letter of an event for %s that is never accepted, within its deadline',
    (audience, deadline) => {
      let held = recordWith([event]);
      let now = START;
      const dead: DeadLetter[] = [];
      for (let next = head(held, 'ops'); next !== undefined; next = head(held, 'ops')) {
        now = new Date(next.delivery.nextAttemptAt);
        const settled = tried(held, { event, audience, outcome: outcome('transient'), now });
        held = settled.record;
        dead.push(...settled.deadLetters);
      }
      expect(names(dead)).toEqual(['1 ops']);
      expect(now.getTime()).toBeLessThanOrEqual(after(deadline).getTime());
      expect(dead[0]?.delivery.attempts).toBeGreaterThanOrEqual(7);
    },
  );

  it('changes nothing when the delivery is not pending, or no longer pending', () => {
    const settled = tried(record, { event, outcome: outcome('delivered') }).record;
    for (const end of ['delivered', 'permanent', 'transient'] as const) {
      const again = tried(settled, { event, outcome: outcome(end) });
      expect(again.record).toBe(settled);
      expect(again.deadLetters).toEqual([]);
      expect(tried(record, { event: eventOf(9), outcome: outcome(end) }).record).toBe(record);
      expect(tried(record, { event, channel: 'nobody', outcome: outcome(end) }).record).toBe(record);
    }
  });

  it('leaves no empty entry behind', () => {
    const one = tried(record, { event, outcome: outcome('delivered') }).record;
    const both = tried(one, { event, channel: 'cutover', outcome: outcome('permanent') }).record;
    expect(both.outbox).toEqual([]);
  });
});

describe('a channel that was removed', () => {
  it('has its deliveries cancelled and no others, in order', () => {
    const record = recordWith(numbered(3), ['ops', 'old']);
    const { record: left, deadLetters: dead } = cancelRemoved(record, (name) => name !== 'old', START);
    expect(names(dead)).toEqual(['1 old', '2 old', '3 old']);
    expect(new Set(dead.map(({ why }) => why))).toEqual(new Set(['cancelled']));
    expect(names(pending(left))).toEqual(['1 ops', '2 ops', '3 ops']);
  });

  it('leaves the record as it is when nothing is pending for it', () => {
    const record = recordWith(numbered(3));
    expect(cancelRemoved(record, () => true, START)).toEqual({ record, deadLetters: [] });
    expect(cancelRemoved(record, () => true, START).record).toBe(record);
  });

  it('leaves no empty entry behind', () => {
    expect(cancelRemoved(recordWith(numbered(3)), () => false, START).record.outbox).toEqual([]);
  });
});

describe('a channel that cannot be tried now', () => {
  const [old, fresh] = [eventOf(1, { at: START.getTime() }), eventOf(2, { at: after(HOUR).getTime() })];
  const record = recordWith([old, fresh], ['ops', 'cutover']);
  const onlyOps = (channel: string): Readers | undefined =>
    channel === 'ops' ? { audience: 'people' } : undefined;

  it('has deliveries past their deadline end as dead letters, and no others', () => {
    const { record: left, deadLetters: dead } = expireBlocked(record, onlyOps, after(24 * HOUR));
    expect(names(dead)).toEqual(['1 ops']);
    expect(dead.map(({ why, diedAt }) => [why, diedAt])).toEqual([
      ['deadline', after(24 * HOUR).toISOString()],
    ]);
    expect(names(pending(left))).toEqual(['1 cutover', '2 ops', '2 cutover']);
  });

  it('keeps all deliveries until then', () => {
    const { record: left, deadLetters: dead } = expireBlocked(record, onlyOps, after(24 * HOUR - 1));
    expect(dead).toEqual([]);
    expect(left).toBe(record);
  });

  it('has the deadlines of its audience', () => {
    expect(expireBlocked(record, () => ({ audience: 'programs' }), after(72 * HOUR - 1)).deadLetters).toEqual(
      [],
    );
    expect(
      names(expireBlocked(record, () => ({ audience: 'programs' }), after(72 * HOUR)).deadLetters),
    ).toEqual(['1 ops', '1 cutover']);
  });

  it('is one only while it is blocked: others make their last attempt', () => {
    const final = recordWith([old, eventOf(3, { phase: 'failed' })]);
    for (const queued of [record, final]) {
      expect(expireBlocked(queued, () => undefined, after(999 * HOUR))).toEqual({
        record: queued,
        deadLetters: [],
      });
    }
  });
});
