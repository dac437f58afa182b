import { describe, expect, it } from 'vitest';
import type { Audience } from '../../../../lib/channels/channel.ts';
import { nextBatch, suppressedFor } from '../../../../lib/delivery/outbox/batching/batching.ts';
import { enqueue } from '../../../../lib/delivery/outbox/enqueue.ts';
import { applyOutcome } from '../../../../lib/delivery/outbox/outcome/outcome.ts';
import type { MigrationEvent, Standing } from '../../../../lib/events/event.ts';
import type { Phase } from '../../../../lib/events/phase.ts';
import type { TaskState } from '../../../../lib/migration/model/state.ts';
import type { SentEntry, StoredRecord } from '../../../../lib/records/record.ts';
import { eventOf } from '../../../migration/events.ts';
import { type RecordFields, recordWith } from '../../../support/records.ts';

const NOW = new Date('2026-01-05T00:10:00.000Z');
const MINUTE = 60_000;
const WINDOW = 10 * MINUTE;

function ago(ms: number): string {
  return new Date(NOW.getTime() - ms).toISOString();
}

function events(count: number): MigrationEvent[] {
  return Array.from({ length: count }, (_, n) => eventOf(n + 1));
}

function waiting(count: number, more: RecordFields = {}): StoredRecord {
  return enqueue(recordWith(NOW, more), events(count), { to: () => ['ops', 'cutover'] }, NOW).record;
}

/** The numbers of the events that come next. */
function next(record: StoredRecord, audience: Audience = 'people', channel = 'ops'): number[] {
  return nextBatch(record, { name: channel, audience }, NOW).map(({ event }) => Number(event.sequence));
}

function visit(status: string, agoMs: number): Standing {
  return { status, phase: 'full', since: ago(agoMs) };
}

/** A task that came to one status three times in the last minutes. */
const FLAPPING: TaskState = {
  timeline: [visit('A', 5 * MINUTE), visit('B', 4 * MINUTE), visit('A', 3 * MINUTE), visit('B', 2 * MINUTE)],
  standing: visit('A', MINUTE),
};

function sentBefore(agoMs: number, channel = 'ops'): { readonly sent: readonly SentEntry[] } {
  return { sent: [{ eventId: 'e', channel, at: ago(agoMs), attempts: 1, events: 1 }] };
}

describe('the next batch of a channel', () => {
  it('is empty when nothing is pending for it', () => {
    expect(next(waiting(0))).toEqual([]);
    expect(next(waiting(5), 'people', 'nobody')).toEqual([]);
  });

  it('is empty while the oldest is not due', () => {
    const record = waiting(5);
    const [first] = record.outbox;
    if (first === undefined) throw new Error('nothing is pending');
    const failed = applyOutcome(record, {
      eventId: first.event.id,
      channel: 'ops',
      audience: 'people',
      outcome: { class: 'transient', reason: 'HTTP 503', ms: 1 },
      now: NOW,
      random: 0.5,
    }).record;

    expect(next(failed)).toEqual([]);
    expect(next(failed, 'people', 'cutover')).toEqual([1, 2, 3, 4, 5]);
  });

  it.each<[Audience, number, number[]]>([
    ['programs', 1, [1]],
    ['programs', 64, [1]],
    ['people', 1, [1]],
    ['people', 3, [1]],
    ['people', 4, [1, 2, 3, 4]],
    ['people', 5, [1, 2, 3, 4, 5]],
  ])('for %s, with %i events waiting, is %j', (audience, count, expected) => {
    expect(next(waiting(count), audience)).toEqual(expected);
  });

  it('counts only what waits for this channel', () => {
    const record = enqueue(
      waiting(0),
      events(4),
      { to: ({ sequence }) => (Number(sequence) < 4 ? ['ops', 'cutover'] : ['cutover']) },
      NOW,
    ).record;
    expect(next(record)).toEqual([1]);
    expect(next(record, 'people', 'cutover')).toEqual([1, 2, 3, 4]);
  });
});

describe('a flapping task', () => {
  it('has all events in a batch for a chat, and one for a program', () => {
    expect(next(waiting(2, FLAPPING))).toEqual([1, 2]);
    expect(next(waiting(2, FLAPPING), 'programs')).toEqual([1]);
  });

  it.each([
    ['just now', 0, []],
    ['nearly ten minutes ago', WINDOW - 1, []],
    ['ten minutes ago', WINDOW, [1, 2]],
    ['in the future, by another clock', -1, [1, 2]],
  ])('reaches a chat whose last message was %s: %3$j', (_words, agoMs, expected) => {
    expect(next(waiting(2, { ...FLAPPING, ...sentBefore(agoMs) }))).toEqual(expected);
  });

  it('has its waiting events reported, and until when they wait', () => {
    const held = (record: StoredRecord, audience: Audience = 'people') =>
      suppressedFor(record, { name: 'ops', audience }, NOW);
    const record = waiting(2, { ...FLAPPING, ...sentBefore(4 * MINUTE) });
    expect(held(record)).toMatchObject({ until: ago(-6 * MINUTE), waiting: [{}, {}] });
    expect(held(record, 'programs')).toBeUndefined();
    expect(held(waiting(2, { ...FLAPPING, ...sentBefore(WINDOW) }))).toBeUndefined();
    expect(held(waiting(0, { ...FLAPPING, ...sentBefore(MINUTE) }))).toBeUndefined();
    const twice = { sent: [...sentBefore(MINUTE).sent, ...sentBefore(4 * MINUTE).sent] };
    expect(held(waiting(1, { ...FLAPPING, ...twice }))).toMatchObject({ until: ago(-9 * MINUTE) });
  });

  it.each<[string, Parameters<typeof eventOf>[1], number[]]>([
    ['a status that it enters for the first time', { phase: 'failed' }, [1]],
    ['a status that it entered twice', { phase: 'incremental' }, []],
    ['a status that it enters again and again', { phase: 'full' }, []],
    ['a status that it entered before', { phase: 'stopped' }, []],
    ['the end of an IP switch', { type: 'dcs.migration.ip_switched' }, [1]],
    ['a roll-back', { type: 'dcs.migration.ip_rolled_back' }, [1]],
    ['progress', { type: 'dcs.migration.progress' }, []],
  ])('with a message just sent, at %s, has the batch %3$j', (_words, more, expected) => {
    const at = (phase: Phase, agoMs: number): Standing => ({
      status: phase.toUpperCase(),
      phase,
      since: ago(agoMs),
    });
    const timeline = [at('stopped', WINDOW), at('full', 7), at('incremental', 6), at('full', 5)];
    const past = { timeline: [...timeline, at('incremental', 4), at('full', 3)], standing: at('failed', 0) };
    const record = recordWith(NOW, { ...past, ...sentBefore(0) });
    const numbers = next(enqueue(record, [eventOf(1, more)], { to: () => ['ops'] }, NOW).record);
    expect(numbers).toEqual(expected);
  });

  it('has everything that waits sent with a new status, in order', () => {
    const past = {
      ...FLAPPING,
      standing: visit('FAILED', 0),
      timeline: [...FLAPPING.timeline, visit('A', 1)],
    };
    const record = recordWith(NOW, { ...past, ...sentBefore(0) });
    const failure = eventOf(3);
    const all = [...events(2), { ...failure, data: { ...failure.data, to: visit('FAILED', 0) } }];
    expect(next(enqueue(record, all, { to: () => ['ops'] }, NOW).record)).toEqual([1, 2, 3]);
  });

  it('does not wait because of a message to another channel', () => {
    expect(next(waiting(2, { ...FLAPPING, ...sentBefore(0, 'cutover') }))).toEqual([1, 2]);
    expect(next(waiting(2, { ...FLAPPING, ...sentBefore(0) }), 'programs')).toEqual([1]);
  });

  it('waits with events of a group, too', () => {
    const group = { name: 'orders', size: 2, projects: ['prod'], members: [] };
    const ofGroup = events(2).map((event) => ({ ...event, data: { ...event.data, group } }));
    const record = recordWith(NOW, { ...FLAPPING, ...sentBefore(0) });
    expect(next(enqueue(record, ofGroup, { to: () => ['ops'] }, NOW).record)).toEqual([]);
  });

  it('waits if any of the last messages is too recent', () => {
    const both = { sent: [...sentBefore(0).sent, ...sentBefore(WINDOW).sent] };
    expect(next(waiting(2, { ...FLAPPING, ...both }))).toEqual([]);
  });

  it.each<[string, TaskState]>([
    ['entered a status only twice', { timeline: FLAPPING.timeline.slice(2), standing: visit('A', MINUTE) }],
    [
      'moves on and on',
      { timeline: [visit('A', 3 * MINUTE), visit('B', 2 * MINUTE)], standing: visit('C', 0) },
    ],
    [
      'entered a status three times in more than ten minutes',
      { timeline: [visit('A', WINDOW), visit('B', 3), visit('A', 2)], standing: visit('A', 1) },
    ],
    ['has no status yet', { timeline: [] }],
    [
      'switches IP addresses, while its status stays the same',
      {
        timeline: [
          { status: 'INCRMIGEATING', phase: 'incremental', since: ago(3) },
          { status: 'INCRMIGEATING', phase: 'switching', since: ago(2) },
        ],
        standing: { status: 'INCRMIGEATING', phase: 'incremental', since: ago(1) },
      },
    ],
  ])('is not one that %s', (_words, past) => {
    expect(next(waiting(2, { ...past, ...sentBefore(0) }))).toEqual([1]);
  });

  it('is one that entered a status three times in just under ten minutes', () => {
    const past = {
      timeline: [visit('A', WINDOW - 1), visit('B', 3), visit('A', 2)],
      standing: visit('A', 1),
    };
    expect(next(waiting(2, past))).toEqual([1, 2]);
  });

  it('is one whose status is spelled in two ways', () => {
    const past = {
      timeline: [visit('INCRMIGEATING', 4), visit('B', 3), visit('INCRMIGRATING', 2)],
      standing: visit('INCRMIGEATING', 1),
    };
    expect(next(waiting(2, past))).toEqual([1, 2]);
  });

  it('is one that was seen to flap, whatever its status is now', () => {
    const past = { timeline: [visit('A', 3), visit('A', 2), visit('A', 1)] };
    expect(next(waiting(2, past))).toEqual([1, 2]);
  });
});
