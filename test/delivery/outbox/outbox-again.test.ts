import { describe, expect, it } from 'vitest';
import type { OutcomeClass } from '../../../lib/channels/channel.ts';
import { expire, expireBlocked, withdraw } from '../../../lib/delivery/outbox/endings.ts';
import { enqueue } from '../../../lib/delivery/outbox/enqueue.ts';
import {
  deliveryName,
  isDue,
  pending,
  pendingDeliveryTo,
  pendingSince,
  withoutPending,
} from '../../../lib/delivery/outbox/outbox.ts';
import { applyOutcome } from '../../../lib/delivery/outbox/outcome/outcome.ts';
import { type Delivery, newRecord, type SentEntry, type StoredRecord } from '../../../lib/records/record.ts';
import { eventOf } from '../../migration/events.ts';

const HOUR = 3_600_000;
const START = new Date('2026-01-05T00:00:00.000Z');
const [FIRST, SECOND] = [eventOf(1, { at: START.getTime() }), eventOf(2, { at: START.getTime() })];
const REDRIVE = { number: 1, at: after(10 * HOUR).toISOString() };

function after(ms: number): Date {
  return new Date(START.getTime() + ms);
}

/** A record with two events pending for two channels; the delivery of the first to `ops` has these fields. */
function pendingRecord(more: Partial<Delivery> = {}): StoredRecord {
  const { record } = enqueue(newRecord(START), [FIRST, SECOND], { to: () => ['ops', 'cutover'] }, START);
  const [first, ...others] = record.outbox;
  if (first === undefined) throw new Error('nothing is pending');
  const { ops } = first.deliveries;
  if (ops === undefined) throw new Error('nothing is pending to ops');
  return {
    ...record,
    outbox: [{ ...first, deliveries: { ...first.deliveries, ops: { ...ops, ...more } } }, ...others],
  };
}

function settled(record: StoredRecord, outcomeClass: OutcomeClass, now: Date, status?: number) {
  const outcome = { class: outcomeClass, reason: 'r', ms: 7, ...(status !== undefined && { status }) };
  return applyOutcome(record, {
    eventId: FIRST.id,
    channel: 'ops',
    audience: 'people',
    outcome,
    now,
    random: 0.5,
  });
}

const names = (record: StoredRecord) =>
  pending(record).map(({ event, channel }) => `${Number(event.sequence)} ${channel}`);
const lastSent = ({ sent: all = [] }: StoredRecord): SentEntry | undefined => all.at(-1);

describe('a pending delivery', () => {
  it('is found by its event and its channel', () => {
    const record = pendingRecord({ attempts: 3 });
    expect(pendingDeliveryTo(record, FIRST.id, 'ops')?.attempts).toBe(3);
    expect(pendingDeliveryTo(record, FIRST.id, 'cutover')?.attempts).toBe(0);
    expect(pendingDeliveryTo(record, SECOND.id, 'ops')?.attempts).toBe(0);
    expect(pendingDeliveryTo(record, FIRST.id, 'nobody')).toBeUndefined();
    expect(pendingDeliveryTo(record, 'evt_none', 'ops')).toBeUndefined();
  });

  it('has a name of its own among those of all events and channels', () => {
    const all = pending(pendingRecord()).map(({ event, channel }) => deliveryName(event.id, channel));
    expect(new Set(all).size).toBe(4);
  });
});

describe('a delivery whose next attempt is an hour away', () => {
  const NOW = after(0);
  const dueAfter = (...attempts: number[]): boolean => {
    const history = attempts.map((ms) => ({
      at: after(ms).toISOString(),
      class: 'transient',
      reason: '',
      ms: 1,
    }));
    return isDue({ attempts: 3, nextAttemptAt: after(HOUR).toISOString(), history }, NOW);
  };

  it('is due at once when its last attempt was made by a clock more than a minute ahead', () => {
    expect(dueAfter(60_001)).toBe(true);
    expect(dueAfter(-3, -2, 60_001)).toBe(true);
  });

  it('waits when that clock was a minute ahead at most, as two right clocks may be', () => {
    expect(dueAfter(60_000)).toBe(false);
    expect(dueAfter(-1)).toBe(false);
  });

  it('waits when only earlier attempts were made by a clock ahead, or none is remembered', () => {
    expect(dueAfter(2 * HOUR, 2 * HOUR, -1)).toBe(false);
    expect(dueAfter()).toBe(false);
  });
});

describe('a delivery that ends after its event had to make room', () => {
  const sent = {
    event: FIRST,
    channel: 'ops',
    delivery: { attempts: 2, nextAttemptAt: FIRST.time, history: [] },
  };
  const arriving = { eventId: FIRST.id, channel: 'ops', audience: 'people', random: 0.5, sent } as const;
  const outcome = { class: 'delivered', reason: 'r', ms: 7 } as const;
  const settledSent = (record: StoredRecord, now = after(HOUR)) =>
    applyOutcome(record, { ...arriving, outcome, now });
  const own = { event: FIRST, channel: 'ops', redrives: 0 };

  it('is logged when it arrived, and names its dead letter', () => {
    const { record, toResolve, deadLetters: dead } = settledSent(newRecord(START));
    expect(lastSent(record)).toMatchObject({ eventId: FIRST.id, channel: 'ops', attempts: 3 });
    expect({ toResolve, dead }).toEqual({ toResolve: [own], dead: [] });
  });

  it('names both dead letters when it had been requeued', () => {
    const requeued = { ...sent, delivery: { ...sent.delivery, redrive: REDRIVE } };
    const { toResolve } = applyOutcome(newRecord(START), {
      ...arriving,
      sent: requeued,
      outcome,
      now: after(HOUR),
    });
    expect(toResolve).toEqual([own, { ...own, redrives: 1 }]);
  });

  it('names a dead letter where one may be stored: up to the marked event, or past its deadline', () => {
    expect(settledSent({ ...pendingRecord(), deadLettersUpTo: 1 }).toResolve).toEqual([own]);
    expect(settledSent({ ...pendingRecord(), deadLettersUpTo: 0 })).not.toHaveProperty('toResolve');
    expect(settledSent(pendingRecord(), after(24 * HOUR)).toResolve).toEqual([own]);
    expect(settledSent(pendingRecord(), after(24 * HOUR - 1))).not.toHaveProperty('toResolve');
  });

  it('leaves no trace when it failed', () => {
    const empty = newRecord(START);
    const failed = { ...outcome, class: 'transient' } as const;
    expect(applyOutcome(empty, { ...arriving, outcome: failed, now: after(HOUR) })).toEqual({
      record: empty,
      deadLetters: [],
    });
  });
});

describe('the delivery log', () => {
  /** The log after each of these channels got an event, in this order. */
  const logAfter = (channels: readonly string[]): readonly string[] => {
    let record = newRecord(START);
    channels.forEach((channel, n) => {
      const event = eventOf(n, { at: START.getTime() + n });
      const outcome = { class: 'delivered', reason: 'r', ms: 7 } as const;
      const queued = enqueue(record, [event], { to: () => [channel] }, START).record;
      const about = { eventId: event.id, channel, audience: 'people', random: 0.5 } as const;
      record = applyOutcome(queued, { ...about, outcome, now: after(n) }).record;
    });
    return (record.sent ?? []).map(({ channel, at }) => `${channel} ${Date.parse(at) - START.getTime()}`);
  };
  const hooks = (count: number) => Array.from({ length: count }, () => 'hook');

  it('keeps the last five of each channel, however many the others got, and 64 in all', () => {
    const ops = Array.from({ length: 6 }, () => 'ops');
    const known = logAfter([...ops, 'audit', ...hooks(100)]);
    expect(known.slice(0, 7)).toEqual(['ops 1', 'ops 2', 'ops 3', 'ops 4', 'ops 5', 'audit 6', 'hook 49']);
    expect(known).toHaveLength(64);
    expect(known.at(-1)).toBe('hook 106');
  });

  it('keeps fewer of each channel where there are many, and always the last one', () => {
    const many = Array.from({ length: 39 }, (_, n) => `hook-${n}`);
    const known = logAfter(['ops', 'ops', 'ops', ...many, ...many, ...many]);
    expect(known.filter((one) => one.startsWith('ops'))).toEqual(['ops 2']);
    expect(known).toHaveLength(64);
  });

  it('keeps the last 64 deliveries where there are more channels than that', () => {
    const many = Array.from({ length: 70 }, (_, n) => `hook-${n}`);
    expect(logAfter(many)[0]).toBe('hook-6 6');
    expect(logAfter(many)).toHaveLength(64);
  });

  it('keeps everything up to 64 deliveries', () => {
    expect(logAfter(['ops', ...hooks(63)])).toHaveLength(64);
    expect(logAfter(['ops', ...hooks(63)])[1]).toBe('hook 1');
  });
});

describe('a delivery that was requeued', () => {
  it('names its dead letter when it arrives, and not otherwise', () => {
    const record = pendingRecord({ redrive: REDRIVE });
    expect(settled(record, 'delivered', after(HOUR)).toResolve).toEqual([
      { event: FIRST, channel: 'ops', redrives: 0 },
    ]);
    expect(settled(record, 'transient', after(HOUR))).not.toHaveProperty('toResolve');
    expect(settled(pendingRecord(), 'delivered', after(HOUR))).not.toHaveProperty('toResolve');
  });

  it('stays requeued after a failed attempt', () => {
    const { record } = settled(pendingRecord({ redrive: REDRIVE }), 'transient', after(11 * HOUR));
    expect(pendingDeliveryTo(record, FIRST.id, 'ops')).toMatchObject({ attempts: 1, redrive: REDRIVE });
  });

  it('has its time from then on; a reissued event has the time of the older one', () => {
    const plain = { attempts: 0, nextAttemptAt: START.toISOString(), history: [] };
    const owedSince = after(-HOUR).toISOString();
    expect(pendingSince(plain)).toBeUndefined();
    expect(pendingSince({ ...plain, owedSince })).toBe(owedSince);
    expect(pendingSince({ ...plain, owedSince, redrive: REDRIVE })).toBe(REDRIVE.at);
  });

  it('expires at the end of its own time', () => {
    const since = pendingRecord({ redrive: REDRIVE });
    expect(settled(since, 'transient', after(33 * HOUR)).deadLetters).toEqual([]);
    expect(settled(since, 'transient', after(34 * HOUR)).deadLetters).toMatchObject([{ why: 'deadline' }]);
    const blocked = (hours: number) =>
      expireBlocked(
        since,
        (name) => (name === 'ops' ? { audience: 'people' } : undefined),
        after(hours * HOUR),
      ).deadLetters;
    expect(blocked(33).map(({ event }) => event.id)).toEqual([SECOND.id]);
    expect(blocked(34).map(({ event }) => event.id)).toEqual([FIRST.id, SECOND.id]);
  });
});

describe('a delivery that cannot be tried now', () => {
  const record = pendingRecord();
  const pending = { event: FIRST, channel: 'ops', delivery: { attempts: 2, nextAttemptAt: '', history: [] } };

  it('waits until its deadline', () => {
    expect(expire(record, pending, { audience: 'people' }, after(24 * HOUR - 1))).toEqual({
      record,
      deadLetters: [],
    });
  });

  it('becomes a dead letter then, and no other does', () => {
    const expired = expire(record, pending, { audience: 'people' }, after(24 * HOUR));
    expect(expired.deadLetters).toEqual([
      { ...pending, why: 'deadline', diedAt: after(24 * HOUR).toISOString() },
    ]);
    expect(names(expired.record)).toEqual(['1 cutover', '2 ops', '2 cutover']);
  });
});

describe('an event that is withdrawn from a channel', () => {
  it('becomes a dead letter that says so, and stays pending for the others', () => {
    const { record, deadLetters: dead } = withdraw(
      pendingRecord({ attempts: 3 }),
      FIRST.id,
      'ops',
      after(HOUR),
    );
    expect(names(record)).toEqual(['1 cutover', '2 ops', '2 cutover']);
    expect(dead).toMatchObject([
      {
        event: { id: FIRST.id },
        channel: 'ops',
        delivery: { attempts: 3 },
        why: 'withdrawn',
        diedAt: after(HOUR).toISOString(),
      },
    ]);
  });

  it.each([
    ['of another channel', FIRST.id, 'nobody'],
    ['that is not pending', 'evt_none', 'ops'],
  ])('leaves everything as it is where it is one %s', (_what, eventId, channel) => {
    const record = pendingRecord();
    expect(withdraw(record, eventId, channel, START)).toEqual({ record, deadLetters: [] });
  });
});

describe('an event that another one replaces', () => {
  it('becomes no dead letter, and stays pending for the others', () => {
    const record = withoutPending(pendingRecord({ attempts: 3 }), FIRST.id, 'ops');
    expect(names(record)).toEqual(['1 cutover', '2 ops', '2 cutover']);
  });
});

describe('the log entry of a delivery', () => {
  const attempt = (n: number) => ({ at: after(n).toISOString(), class: 'transient', reason: `${n}`, ms: n });

  it('holds the last attempts: two before the one that arrived', () => {
    const history = [attempt(1), attempt(2), attempt(3)];
    const { record } = settled(pendingRecord({ attempts: 3, history }), 'delivered', after(HOUR), 204);
    expect(lastSent(record)).toMatchObject({
      attempts: 4,
      status: 204,
      ms: 7,
      before: [attempt(2), attempt(3)],
    });
  });

  it('has no status where there was none, and no attempts before the first', () => {
    const { record } = settled(pendingRecord(), 'delivered', after(HOUR));
    expect(lastSent(record)).not.toHaveProperty('status');
    expect(lastSent(record)).not.toHaveProperty('before');
  });

  it('says how often the delivery was requeued', () => {
    const again = settled(pendingRecord({ redrive: REDRIVE }), 'delivered', after(HOUR)).record;
    expect(lastSent(again)).toMatchObject({ redrives: REDRIVE.number });
    expect(lastSent(settled(pendingRecord(), 'delivered', after(HOUR)).record)).not.toHaveProperty(
      'redrives',
    );
  });

  it('has the type of each event, and its text once, at the channel that it reached last', () => {
    const outcome = { class: 'delivered', reason: 'r', ms: 7 } as const;
    let record = pendingRecord();
    for (const [event, channel] of [
      [FIRST, 'ops'],
      [SECOND, 'ops'],
      [SECOND, 'cutover'],
    ] as const) {
      const arrived = {
        eventId: event.id,
        channel,
        audience: 'people',
        outcome,
        now: after(HOUR),
        random: 0.5,
      } as const;
      record = applyOutcome(record, arrived).record;
    }
    expect(record.sent?.map(({ channel, type, summary }) => [channel, type, summary])).toEqual([
      ['ops', FIRST.type, FIRST.data.summary],
      ['ops', SECOND.type, undefined],
      ['cutover', SECOND.type, SECOND.data.summary],
    ]);
  });
});
