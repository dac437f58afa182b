import { CloudEvent } from 'cloudevents';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type EventData,
  type EventParts,
  type MigrationEvent,
  makeEvent,
  nextSequence,
  sequenceText,
} from '../../lib/events/event.ts';
import { EVENT_TYPES } from '../../lib/events/schema/codes.ts';
import { groupSource, projectSource, taskSource, WATCHER_SOURCE } from '../../lib/events/source.ts';
import { minute } from '../migration/support.ts';
import { STAMP } from '../support/stamp.ts';

const DATA: EventData = { severity: 'info', summary: 'something', consoleUrl: 'https://console.example' };
const PARTS: EventParts = {
  origin: { source: taskSource('cn-north-4', 'p1', 't1'), subject: 't1' },
  stamp: STAMP,
  sequence: 7,
  now: minute(1),
  type: 'dcs.migration.gone',
  data: DATA,
};
const UNTIL = minute(31).toISOString();
const STANDING = { status: 'INCRMIGEATING', phase: 'incremental', since: minute(0).toISOString() } as const;
const GONE = { status: 'GONE', phase: 'gone', since: minute(1).toISOString() } as const;

const made = (parts: Partial<EventParts> = {}): MigrationEvent => makeEvent({ ...PARTS, ...parts });

describe('an event', () => {
  it.each(EVENT_TYPES)('of type %s names its origin, its time and its number', (type) => {
    const { id, ...rest } = made({ type });
    expect(id).toMatch(/^evt_[0-9a-f]{24}$/);
    expect(rest).toStrictEqual({
      specversion: '1.0',
      type,
      source: '/huaweicloud/dcs/cn-north-4/p1/migration-tasks/t1',
      subject: 't1',
      time: '2026-01-05T00:11:11.000Z',
      datacontenttype: 'application/json',
      sequence: '0000000007',
      severity: 'info',
      data: DATA,
    });
  });

  it.each<[what: string, data: Partial<EventData>, attributes: object]>([
    ['how much it matters', { severity: 'failure' }, { severity: 'failure' }],
    ['where the task stands', { standing: STANDING }, { phase: 'incremental' }],
    ['where the task has come to', { from: STANDING, to: GONE }, { phase: 'gone' }],
    ['until when it is valid', { validUntil: UNTIL }, { expirytime: UNTIL }],
  ])('has as an attribute, for brokers that filter by attributes: %s', (_what, data, attributes) => {
    expect(made({ data: { ...DATA, ...data } })).toMatchObject(attributes);
  });

  it('has no attribute for absent data', () => {
    expect(Object.keys(made())).not.toContain('phase');
    expect(Object.keys(made())).not.toContain('expirytime');
    expect(Object.keys(made())).not.toContain('drill');
  });

  it('of a drill has an attribute for that', () => {
    expect(made({ stamp: { ...STAMP, drill: true } })).toMatchObject({ drill: true });
  });

  it('is a valid CloudEvent with every attribute that there is', () => {
    const event = made({
      stamp: { ...STAMP, drill: true },
      data: { ...DATA, standing: STANDING, validUntil: UNTIL },
    });
    const read = new CloudEvent<EventData>(JSON.parse(JSON.stringify(event)));
    expect(read.validate()).toBe(true);
    expect(read).toMatchObject({ phase: 'incremental', expirytime: UNTIL, drill: true });
  });

  it('has a sequence whose text sorts like its number', () => {
    const number = fc.integer({ min: 0, max: 9_999_999_999 });
    fc.assert(
      fc.property(number, number, (a, b) => {
        const [left = '', right = ''] = [a, b].map((sequence) => made({ sequence }).sequence);
        expect(left < right).toBe(a < b);
      }),
    );
  });
});

describe('the id of an event', () => {
  it('stays when the same run makes the same event again', () => {
    expect(made().id).toBe(made({ data: { ...DATA } }).id);
  });

  it('differs in another run, which may not know earlier events', () => {
    expect(made({ stamp: { nonce: 'another run' } }).id).not.toBe(made().id);
  });

  it.each<[what: string, parts: Partial<EventParts>]>([
    ['source', { origin: { ...PARTS.origin, source: '/elsewhere' } }],
    ['subject', { origin: { ...PARTS.origin, subject: 't2' } }],
    ['number', { sequence: 8 }],
    ['time', { now: minute(2) }],
    ['type', { type: 'dcs.watch.failing' }],
    ['data', { data: { ...DATA, summary: 'else' } }],
    ['drill', { stamp: { ...STAMP, drill: true } }],
  ])('belongs to one body: with another %s it differs', (_what, parts) => {
    expect(made(parts).id).not.toBe(made().id);
  });

  it('differs for every number', () => {
    const ids = Array.from({ length: 2000 }, (_, sequence) => made({ sequence }).id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

/** RFC 3986, appendix A: what a path of segments may hold. */
const PATH = /^(\/([A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-F]{2})+)+$/;

describe('the source of an event', () => {
  it('names the task, the group, the project, or the watcher itself', () => {
    expect(taskSource('cn-north-4', 'p1', 't1')).toBe('/huaweicloud/dcs/cn-north-4/p1/migration-tasks/t1');
    expect(groupSource('orders')).toBe('/dcs-migration-watch/groups/orders');
    expect(projectSource('cn-north-4', 'p1')).toBe('/huaweicloud/dcs/cn-north-4/p1');
    expect(projectSource('cn-north-4', 'p1', 'prod')).toBe('/huaweicloud/dcs/cn-north-4/p1/entries/prod');
    expect(WATCHER_SOURCE).toBe('/dcs-migration-watch');
  });

  it('is a path for any name, and differs for another name', () => {
    const name = fc.string({ minLength: 1, unit: 'grapheme' });
    fc.assert(
      fc.property(name, name, (one, other) => {
        for (const source of [groupSource(one), projectSource('r', 'p', one), taskSource('r', 'p', one)]) {
          expect(source).toMatch(PATH);
        }
        expect(groupSource(one) === groupSource(other)).toBe(one === other);
      }),
    );
  });

  it.each(['a/b c', 'prod #2', '100 %', '订单', '\ud800'])('is a path for the name %j, too', (name) => {
    expect(projectSource('r', 'p', name)).toMatch(PATH);
  });
});

describe('the next sequence', () => {
  const seconds = (iso: string) => Date.parse(iso) / 1000;

  it.each<[what: string, last: number, now: string, next: number]>([
    ['of a new record is the time in seconds', 0, '2026-01-05T00:00:00.900Z', 1_767_571_200],
    ['is one more within a second', 1_767_571_200, '2026-01-05T00:00:00.900Z', 1_767_571_201],
    ['is one more when the clock was set back', 1_767_571_200, '2025-01-05T00:00:00.000Z', 1_767_571_201],
    ['is one more before 1970', 0, '1969-01-05T00:00:00.000Z', 1],
    ['is no later than a clock of 2255 makes it', 0, '9999-01-01T00:00:00.000Z', 8_999_999_999],
    ['goes on above that', 8_999_999_999, '9999-01-01T00:00:00.000Z', 9_000_000_000],
  ])('%s', (_what, last, now, next) => {
    expect(nextSequence(last, new Date(now))).toBe(next);
    expect(sequenceText(next)).toMatch(/^[0-9]{10}$/);
  });

  it('believes every clock for two hundred years', () => {
    expect(nextSequence(0, new Date('2226-01-01T00:00:00.000Z'))).toBe(seconds('2226-01-01T00:00:00.000Z'));
  });
});
