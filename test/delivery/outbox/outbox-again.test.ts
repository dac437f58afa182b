import { describe, expect, it } from 'vitest';
import type { OutcomeClass } from '../../../lib/channels/channel.ts';
import { expire, expireBlocked, withdraw } from '../../../lib/delivery/outbox/endings.ts';
import { enqueue } from '../../../lib/delivery/outbox/enqueue.ts';
import { pending, pendingSince, pendingTo, withoutPending } from '../../../lib/delivery/outbox/outbox.ts';
import { applyOutcome } from '../../../lib/delivery/outbox/outcome.ts';
import {
  type Delivery,
  newRecord,
  type SentEntry,
  type WatchRecord,
} from '../../../lib/migration/model/state.ts';
import { eventOf } from '../../migration/events.ts';

const HOUR = 3_600_000;
const START = new Date('2026-01-05T00:00:00.000Z');
const [FIRST, SECOND] = [eventOf(1, { at: START.getTime() }), eventOf(2, { at: START.getTime() })];
const REDRIVE = { number: 1, at: after(10 * HOUR).toISOString() };

function after(ms: number): Date {
  return new Date(START.getTime() + ms);
}

/** A record that owes two events to two channels, the first to `ops` with more about it. */
function owing(more: Partial<Delivery> = {}): WatchRecord {
  const { record } = enqueue(newRecord(START), [FIRST, SECOND], { to: () => ['ops', 'cutover'] }, START);
  const [first, ...others] = record.outbox;
  if (first === undefined) throw new Error('nothing is owed');
  const { ops } = first.deliveries;
  if (ops === undefined) throw new Error('nothing is owed to ops');
  return {
    ...record,
    outbox: [{ ...first, deliveries: { ...first.deliveries, ops: { ...ops, ...more } } }, ...others],
  };
}

function settled(record: WatchRecord, outcomeClass: OutcomeClass, now: Date, status?: number) {
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

const names = (record: WatchRecord) =>
  pending(record).map(({ event, channel }) => `${Number(event.sequence)} ${channel}`);
const told = ({ sent: all = [] }: WatchRecord): SentEntry | undefined => all.at(-1);

describe('a pending delivery', () => {
  it('is found by both', () => {
    const record = owing({ attempts: 3 });
    expect(pendingTo(record, FIRST.id, 'ops')?.attempts).toBe(3);
    expect(pendingTo(record, FIRST.id, 'cutover')?.attempts).toBe(0);
    expect(pendingTo(record, SECOND.id, 'ops')?.attempts).toBe(0);
    expect(pendingTo(record, FIRST.id, 'nobody')).toBeUndefined();
    expect(pendingTo(record, 'evt_none', 'ops')).toBeUndefined();
  });
});

describe('a delivery that arrives', () => {
  const sent = {
    event: FIRST,
    channel: 'ops',
    delivery: { attempts: 2, nextAttemptAt: FIRST.time, history: [] },
  };
  const arriving = { eventId: FIRST.id, channel: 'ops', audience: 'people', random: 0.5, sent } as const;
  const outcome = { class: 'delivered', reason: 'r', ms: 7 } as const;
  const settledSent = (record: WatchRecord, now = after(HOUR)) =>
    applyOutcome(record, { ...arriving, outcome, now });
  const own = { event: FIRST, channel: 'ops', redrives: 0 };

  it('is logged also when it had to make room meanwhile, and names its dead letter', () => {
    const { record, toResolve: letters, deadLetters: dead } = settledSent(newRecord(START));
    expect(told(record)).toMatchObject({ eventId: FIRST.id, channel: 'ops', attempts: 3 });
    expect({ letters, dead }).toEqual({ letters: [own], dead: [] });
  });

  it('names both dead letters when it had to make room after it was requeued', () => {
    const putBack = { ...sent, delivery: { ...sent.delivery, redrive: REDRIVE } };
    const { toResolve: letters } = applyOutcome(newRecord(START), {
      ...arriving,
      sent: putBack,
      outcome,
      now: after(HOUR),
    });
    expect(letters).toEqual([own, { ...own, redrives: 1 }]);
  });

  it('names a dead letter where one may be stored: up to the marked event, and past its deadline', () => {
    expect(settledSent({ ...owing(), deadLettersUpTo: 1 }).toResolve).toEqual([own]);
    expect(settledSent({ ...owing(), deadLettersUpTo: 0 })).not.toHaveProperty('toResolve');
    expect(settledSent(owing(), after(24 * HOUR)).toResolve).toEqual([own]);
    expect(settledSent(owing(), after(24 * HOUR - 1))).not.toHaveProperty('toResolve');
  });

  it('and failed leaves no trace when it had to make room meanwhile', () => {
    const empty = newRecord(START);
    const failed = { ...outcome, class: 'transient' } as const;
    expect(applyOutcome(empty, { ...arriving, outcome: failed, now: after(HOUR) })).toEqual({
      record: empty,
      deadLetters: [],
    });
  });
});

describe('the delivery log', () => {
  /** After these channels were told an event each, in this order. */
  const remembering = (channels: readonly string[]): readonly string[] => {
    let record = newRecord(START);
    channels.forEach((channel, n) => {
      const event = eventOf(n, { at: START.getTime() + n });
      const outcome = { class: 'delivered', reason: 'r', ms: 7 } as const;
      const owing = enqueue(record, [event], { to: () => [channel] }, START).record;
      const about = { eventId: event.id, channel, audience: 'people', random: 0.5 } as const;
      record = applyOutcome(owing, { ...about, outcome, now: after(n) }).record;
    });
    return (record.sent ?? []).map(({ channel, at }) => `${channel} ${Date.parse(at) - START.getTime()}`);
  };
  const hooks = (count: number) => Array.from({ length: count }, () => 'hook');

  it('keeps the last five of each channel, however many the others got, and 64 in all', () => {
    const ops = Array.from({ length: 6 }, () => 'ops');
    const known = remembering([...ops, 'audit', ...hooks(100)]);
    expect(known.slice(0, 7)).toEqual(['ops 1', 'ops 2', 'ops 3', 'ops 4', 'ops 5', 'audit 6', 'hook 49']);
    expect(known).toHaveLength(64);
    expect(known.at(-1)).toBe('hook 106');
  });

  it('are fewer of each channel where there are many, and always the last one', () => {
    const many = Array.from({ length: 39 }, (_, n) => `hook-${n}`);
    const known = remembering(['ops', 'ops', 'ops', ...many, ...many, ...many]);
    expect(known.filter((one) => one.startsWith('ops'))).toEqual(['ops 2']);
    expect(known).toHaveLength(64);
  });

  it('is the last 64 where there are more channels than that', () => {
    const many = Array.from({ length: 70 }, (_, n) => `hook-${n}`);
    expect(remembering(many)[0]).toBe('hook-6 6');
    expect(remembering(many)).toHaveLength(64);
  });

  it('is everything up to then', () => {
    expect(remembering(['ops', ...hooks(63)])).toHaveLength(64);
    expect(remembering(['ops', ...hooks(63)])[1]).toBe('hook 1');
  });
});

describe('a delivery that was requeued', () => {
  it('names its dead letter when it arrives, and only then', () => {
    const record = owing({ redrive: REDRIVE });
    expect(settled(record, 'delivered', after(HOUR)).toResolve).toEqual([
      { event: FIRST, channel: 'ops', redrives: 0 },
    ]);
    expect(settled(record, 'transient', after(HOUR))).not.toHaveProperty('toResolve');
    expect(settled(owing(), 'delivered', after(HOUR))).not.toHaveProperty('toResolve');
  });

  it('stays one after an attempt that failed', () => {
    const { record } = settled(owing({ redrive: REDRIVE }), 'transient', after(11 * HOUR));
    expect(pendingTo(record, FIRST.id, 'ops')).toMatchObject({ attempts: 1, redrive: REDRIVE });
  });

  it('has its time from then on; one that says what an older one said has that of the older one', () => {
    const plain = { attempts: 0, nextAttemptAt: START.toISOString(), history: [] };
    const owedSince = after(-HOUR).toISOString();
    expect(pendingSince(plain)).toBeUndefined();
    expect(pendingSince({ ...plain, owedSince })).toBe(owedSince);
    expect(pendingSince({ ...plain, owedSince, redrive: REDRIVE })).toBe(REDRIVE.at);
  });

  it('ends at the end of its own time', () => {
    const since = owing({ redrive: REDRIVE });
    expect(settled(since, 'transient', after(33 * HOUR)).deadLetters).toEqual([]);
    expect(settled(since, 'transient', after(34 * HOUR)).deadLetters).toMatchObject([{ why: 'deadline' }]);
    const blocked = (hours: number) =>
      expireBlocked(since, (name) => (name === 'ops' ? 'people' : undefined), after(hours * HOUR))
        .deadLetters;
    expect(blocked(33).map(({ event }) => event.id)).toEqual([SECOND.id]);
    expect(blocked(34).map(({ event }) => event.id)).toEqual([FIRST.id, SECOND.id]);
  });
});

describe('a delivery that nobody can try now', () => {
  const record = owing();
  const owed = { event: FIRST, channel: 'ops', delivery: { attempts: 2, nextAttemptAt: '', history: [] } };

  it('waits until its time is over', () => {
    expect(expire(record, owed, 'people', after(24 * HOUR - 1))).toEqual({ record, deadLetters: [] });
  });

  it('is a dead letter then, and no other is', () => {
    const expired = expire(record, owed, 'people', after(24 * HOUR));
    expect(expired.deadLetters).toEqual([
      { ...owed, why: 'deadline', diedAt: after(24 * HOUR).toISOString() },
    ]);
    expect(names(expired.record)).toEqual(['1 cutover', '2 ops', '2 cutover']);
  });
});

describe('an event that is withdrawn from a channel', () => {
  it('is a dead letter that says so, and pending for the others as before', () => {
    const { record, deadLetters: dead } = withdraw(owing({ attempts: 3 }), FIRST.id, 'ops', after(HOUR));
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
    ['that is not owed', 'evt_none', 'ops'],
  ])('leaves everything as it is where it is one %s', (_what, eventId, channel) => {
    const record = owing();
    expect(withdraw(record, eventId, channel, START)).toEqual({ record, deadLetters: [] });
  });
});

describe('an event that another one says anew', () => {
  it('is no dead letter, and pending for the others as before', () => {
    const record = withoutPending(owing({ attempts: 3 }), FIRST.id, 'ops');
    expect(names(record)).toEqual(['1 cutover', '2 ops', '2 cutover']);
  });
});

describe('what is remembered of a delivery that arrived', () => {
  const attempt = (n: number) => ({ at: after(n).toISOString(), class: 'transient', reason: `${n}`, ms: n });

  it('is how the last attempts went: two before the one that arrived', () => {
    const history = [attempt(1), attempt(2), attempt(3)];
    const { record } = settled(owing({ attempts: 3, history }), 'delivered', after(HOUR), 204);
    expect(told(record)).toMatchObject({ attempts: 4, status: 204, ms: 7, before: [attempt(2), attempt(3)] });
  });

  it('has no status where there was none, and no attempts before the first', () => {
    const { record } = settled(owing(), 'delivered', after(HOUR));
    expect(told(record)).not.toHaveProperty('status');
    expect(told(record)).not.toHaveProperty('before');
  });

  it('says how often a delivery was requeued, if it was', () => {
    const again = settled(owing({ redrive: REDRIVE }), 'delivered', after(HOUR)).record;
    expect(told(again)).toMatchObject({ redrives: REDRIVE.number });
    expect(told(settled(owing(), 'delivered', after(HOUR)).record)).not.toHaveProperty('redrives');
  });

  it('says the type of each event, and its text once, at the channel that it reached last', () => {
    const outcome = { class: 'delivered', reason: 'r', ms: 7 } as const;
    let record = owing();
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
