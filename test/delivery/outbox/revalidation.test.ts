import { describe, expect, it } from 'vitest';
import { enqueue, OUTBOX_EVENTS } from '../../../lib/delivery/outbox/enqueue.ts';
import { pending } from '../../../lib/delivery/outbox/outbox.ts';
import {
  applyFindings,
  type Findings,
  needsRevalidation,
  type Revalidation,
} from '../../../lib/delivery/outbox/revalidation.ts';
import { type MigrationEvent, makeEvent } from '../../../lib/events/event.ts';
import { groupSource } from '../../../lib/events/source.ts';
import { newRecord, type StoredRecord } from '../../../lib/records/record.ts';
import { eventOf } from '../../migration/events.ts';
import { stored } from '../../migration/support.ts';
import { STAMP } from '../../support/stamp.ts';

const HOUR = 3_600_000;
const START = new Date('2026-01-05T00:00:00.000Z');
const after = (ms: number) => new Date(START.getTime() + ms);

const READY = eventOf(1, { type: 'dcs.migration.cutover_ready', at: START.getTime() });
const LATER = eventOf(2, { at: START.getTime() + 1000 });
const RENEWED = eventOf(3, { type: 'dcs.migration.cutover_ready', at: START.getTime() + 2 * HOUR });
const NEWS = eventOf(4, { type: 'dcs.migration.cutover_unready', at: START.getTime() + 2 * HOUR });

const recordWith = (
  channels: readonly string[],
  events: readonly MigrationEvent[] = [READY, LATER],
): StoredRecord => enqueue(newRecord(START), events, { to: () => channels }, START).record;

const saying =
  (result: Revalidation, events: readonly MigrationEvent[] = []): Findings =>
  (stream) => ({ update: { stream, events }, result });

function settled(record: StoredRecord, review: Findings, ms = 2 * HOUR, event = READY) {
  const input = {
    findings: review,
    routing: () => ({ to: () => ['a', 'b'] }),
    audience: 'programs',
    now: after(ms),
  } as const;
  const { record: left, ...done } = applyFindings(record, { event, channel: 'a' }, input);
  stored(left);
  const waiting = pending(left).map(({ event, channel }) => `${Number(event.sequence)} ${channel}`);
  const dead = done.deadLetters.map(
    ({ event, channel, why }) => `${Number(event.sequence)} ${channel} ${why}`,
  );
  const resolved = done.toResolve?.map(({ event }) => event.id);
  return { left, waiting, dead, result: done.result, resolved };
}

describe('a revalidation', () => {
  it.each<[string, Revalidation, readonly string[], readonly string[]]>([
    ['is valid changes nothing', { kind: 'valid' }, ['1 a', '1 b', '2 a', '2 b'], []],
    ['has an unknown result makes it wait', { kind: 'unknown' }, ['1 a', '1 b', '2 a', '2 b'], []],
    [
      'is invalid withdraws it from this channel alone',
      { kind: 'invalid', why: 'it is over' },
      ['1 b', '2 a', '2 b'],
      ['1 a withdrawn'],
    ],
    [
      'is reissued adds the new one for this channel alone, after the waiting ones',
      { kind: 'reissued', event: RENEWED },
      ['1 b', '2 a', '2 b', '3 a'],
      [],
    ],
  ])('of an event that %s', (_what, result, waiting, dead) => {
    expect(settled(recordWith(['a', 'b']), saying(result))).toMatchObject({ waiting, dead, result });
  });

  it('enqueues new events for all channels, whatever its result', () => {
    const { waiting } = settled(recordWith(['a']), saying({ kind: 'invalid', why: 'it is over' }, [NEWS]));
    expect(waiting).toEqual(['2 a', '4 a', '4 b']);
  });

  it('changes nothing when the delivery has ended already', () => {
    const record = recordWith(['b']);
    const { left, result } = settled(record, saying({ kind: 'invalid', why: 'it is over' }));
    expect(left).toBe(record);
    expect(result).toEqual({ kind: 'unknown' });
  });

  it('changes nothing when the event is valid and there are no new ones', () => {
    const record = recordWith(['a']);
    expect(settled(record, saying({ kind: 'valid' })).left).toEqual(record);
  });

  it('ends waiting at the deadline of the event', () => {
    const record = recordWith(['a']);
    expect(settled(record, saying({ kind: 'unknown' }), 72 * HOUR - 1).dead).toEqual([]);
    expect(settled(record, saying({ kind: 'unknown' }), 72 * HOUR)).toMatchObject({
      waiting: ['2 a'],
      dead: ['1 a deadline'],
    });
  });

  it('makes room as usual when there are too many new events', () => {
    const events = Array.from({ length: OUTBOX_EVENTS }, (_, n) => eventOf(n + 10, { at: START.getTime() }));
    const { waiting, dead } = settled(
      recordWith(['a'], [READY, ...events.slice(1)]),
      saying({ kind: 'invalid', why: 'it is over' }, [NEWS]),
    );
    expect(dead).toEqual(['1 a overflow']);
    expect(waiting).toHaveLength(OUTBOX_EVENTS + 1);
  });
});

describe('the deadline of a reissued event', () => {
  const tried = { attempts: 3, nextAttemptAt: START.toISOString(), history: [] };
  const withDelivery = (delivery: object): StoredRecord => ({
    ...newRecord(START),
    outbox: [{ event: READY, deliveries: { a: { ...tried, ...delivery } } }],
  });
  const renewal = (record: StoredRecord, event = READY, renewed = RENEWED) =>
    settled(record, saying({ kind: 'reissued', event: renewed }), 2 * HOUR, event).left.outbox.at(-1);

  it('counts from the first event, and its attempts go on', () => {
    const first = renewal(withDelivery({}));
    expect(first?.deliveries['a']).toEqual({
      attempts: 3,
      nextAttemptAt: RENEWED.time,
      history: [],
      owedSince: READY.time,
    });
    const again = first && renewal({ ...newRecord(START), outbox: [first] }, RENEWED, NEWS);
    expect(again?.deliveries['a']?.owedSince).toBe(READY.time);
  });

  it('counts from the requeue of the first event, if that was a dead letter', () => {
    const at = after(HOUR).toISOString();
    expect(renewal(withDelivery({ redrive: { number: 1, at } }))?.deliveries['a']).toMatchObject({
      owedSince: at,
    });
  });

  it('comes with the end of the first dead letter, which is not sent beside it', () => {
    const at = after(HOUR).toISOString();
    const renewed = saying({ kind: 'reissued', event: RENEWED });
    expect(settled(withDelivery({ redrive: { number: 1, at } }), renewed).resolved).toEqual([READY.id]);
    expect(settled(withDelivery({}), renewed).resolved).toEqual([]);
  });
});

describe('an event to revalidate', () => {
  it('is one that says until when it permits an action, and no other', () => {
    const fenced = makeEvent({
      origin: { source: groupSource('s'), subject: 's' },
      stamp: STAMP,
      sequence: 1,
      now: START,
      type: 'dcs.group.ready',
      data: { validUntil: after(HOUR).toISOString(), severity: 'action', summary: '', consoleUrl: '' },
    });
    expect(needsRevalidation(fenced)).toBe(true);
    expect(needsRevalidation(LATER)).toBe(false);
  });
});
