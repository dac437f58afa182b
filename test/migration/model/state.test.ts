import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRecord, encodeRecord } from '../../../lib/records/codec.ts';
import { newRecord, SCHEMA_VERSION, type StoredRecord } from '../../../lib/records/record.ts';
import { asStored, flat } from '../../records/as-stored.ts';
import { withFields } from '../../support/records.ts';
import { detectAll, failed, found, minute, missing, seen } from '../support.ts';

const TASK = { partition: 'project:p', id: 'task:t1' };
const PROJECT = { partition: 'project:p', id: 'project:p' };

/** A record with everything that the record of a task can have. */
function fullRecord(): StoredRecord {
  const { record, events } = detectAll([seen('FULLMIGRATING'), seen('INCRMIGEATING'), missing, failed()]);
  const tried = { at: minute(2).toISOString(), class: 'transient', reason: 'HTTP 503', status: 503, ms: 12 };
  const delivery = { attempts: 1, nextAttemptAt: minute(3).toISOString(), history: [tried] };
  return withFields(found(record), {
    outbox: events.map((event) => ({ event, deliveries: { ops: delivery, cutover: delivery } })),
    missing: 1,
    lease: { owner: 'run-1', until: minute(9).toISOString() },
  });
}

function kindOf(value: object, key = TASK): string {
  return decodeRecord(key, asStored(value)).kind;
}

/** The full record without one of its fields. */
function without(field: string): object {
  return Object.fromEntries(Object.entries(flat(fullRecord())).filter(([name]) => name !== field));
}

describe('a stored record', () => {
  it.each([
    ['without any state', newRecord(minute(0))],
    ['with all its parts', fullRecord()],
  ])('%s is read back as it was written', (_what, record) => {
    expect(decodeRecord(TASK, encodeRecord(record))).toEqual({ kind: 'record', record });
  });

  it('keeps every event byte for byte', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, fc.dictionary(text, text), (name, status, labels) => {
        const record = fullRecord();
        const { event } = found(record.outbox[0]);
        const task = { ...found(event.data.task), name, labels };
        const changed = { ...event, data: { ...event.data, task, summary: status } };
        const stored = { ...record, outbox: [{ event: changed, deliveries: {} }] };
        const decoded = decodeRecord(TASK, encodeRecord(stored));
        expect(decoded.kind === 'record' && JSON.stringify(decoded.record.outbox[0]?.event)).toBe(
          JSON.stringify(changed),
        );
      }),
    );
  });

  it('keeps unknown fields', () => {
    const more = JSON.stringify({ ...newRecord(minute(0)), later: { x: 1 } });
    const decoded = decodeRecord(TASK, more);
    expect(decoded).toEqual({ kind: 'record', record: JSON.parse(more) });
    expect(decoded.kind === 'record' && JSON.parse(encodeRecord(decoded.record))).toEqual(JSON.parse(more));
  });
});

describe('a record of a newer version', () => {
  it.each([
    ['in our shape', { ...newRecord(minute(0)), schemaVersion: SCHEMA_VERSION + 1 }],
    ['in another shape', { schemaVersion: 99, all: 'different' }],
  ])('%s is recognised, with its version', (_what, value) => {
    expect(decodeRecord(TASK, JSON.stringify(value))).toEqual({
      kind: 'newer',
      version: value.schemaVersion,
    });
  });
});

describe('text that is no record', () => {
  it.each([
    ['', 'no text'],
    ['not json', 'no JSON'],
    ['{"schemaVersion":1', 'torn off'],
    ['null', 'null'],
    ['[]', 'a list'],
    ['"text"', 'a string'],
    ['{}', 'an object without anything'],
    ['{"schemaVersion":1}', 'a version and nothing else'],
    ['{"__proto__":{"schemaVersion":2}}', 'a version that is only inherited'],
    [`${'['.repeat(10_000)}${']'.repeat(10_000)}`, 'nested 10,000 deep'],
  ])('%.30j is unreadable (%s)', (body) => {
    expect(decodeRecord(TASK, body)).toEqual({ kind: 'unreadable' });
  });

  it.each(['schemaVersion', 'born', 'timeline', 'sequence', 'outbox'])('lacks the field %s', (field) => {
    expect(kindOf(without(field))).toBe('unreadable');
  });

  it.each(['observation', 'standing', 'failing', 'missing', 'lease'])(
    'is still a record without the optional field %s',
    (field) => {
      expect(kindOf(without(field))).toBe('record');
    },
  );

  const time = { since: minute(0).toISOString() };
  const withData = (data: object) => {
    const [entry] = fullRecord().outbox;
    return { ...entry, event: { ...entry?.event, data: { ...entry?.event.data, ...data } } };
  };
  it.each<[string, object]>([
    ['version 0', { schemaVersion: 0 }],
    ['a version in words', { schemaVersion: '1' }],
    ['a birth that is no time', { born: 'yesterday' }],
    ['a sequence in words', { sequence: '7' }],
    ['a sequence below nothing', { sequence: -1 }],
    ['half a sequence', { sequence: 1.5 }],
    ['a sequence of which the next ones have more than ten digits', { sequence: 9_999_000_000 }],
    ['a timeline that is none', { timeline: {} }],
    ['a timeline of words', { timeline: ['SUCCESS'] }],
    ['an observation that is a list', { observation: [] }],
    ['a source that is null', { observation: { status: 'SUCCESS', source: null } }],
    ['a target in words', { observation: { status: 'SUCCESS', target: 'there' } }],
    ['an event that leads nowhere', { outbox: [withData({ to: null })] }],
    ['an event that takes nothing back', { outbox: [withData({ group: { retracts: null } })] }],
    ['a standing without a status', { standing: { phase: 'full', ...time } }],
    ['a standing without a time', { standing: { status: 'SUCCESS', phase: 'succeeded' } }],
    ['an outbox that is none', { outbox: {} }],
    ['an outbox entry without an event', { outbox: [{ deliveries: {} }] }],
    ['an outbox entry without deliveries', { outbox: [{ event: fullRecord().outbox[0]?.event }] }],
    [
      'an event without a time',
      { outbox: [{ event: { id: 'e', sequence: '1', data: {} }, deliveries: {} }] },
    ],
    ['a delivery that is null', { outbox: [{ ...fullRecord().outbox[0], deliveries: { ops: null } }] }],
    [
      'a delivery at no time',
      {
        outbox: [
          {
            ...fullRecord().outbox[0],
            deliveries: { ops: { attempts: 0, nextAttemptAt: 'soon', history: [] } },
          },
        ],
      },
    ],
    ['a failing without a count', { failing: { reason: 'throttled', announced: false, ...time } }],
    ['a lease for ever', { lease: { owner: 'run-1', until: 'for ever' } }],
    ['a lease of nobody', { lease: { until: minute(0).toISOString() } }],
  ])('has %s', (_what, wrong) => {
    expect(kindOf({ ...flat(fullRecord()), ...wrong })).toBe('unreadable');
  });

  it('has, as the record of a project, a cooldown without an end', () => {
    const cooldown = { keyFingerprint: 'f', refusals: 0 };
    const withCooldown = (cooldowns: object[]) => ({ ...flat(newRecord(minute(0))), cooldowns });
    expect(kindOf(withCooldown([cooldown]), PROJECT)).toBe('unreadable');
    expect(kindOf(withCooldown([{ ...cooldown, until: minute(1).toISOString() }]), PROJECT)).toBe('record');
  });

  it('stands under a key of no kind of record', () => {
    expect(kindOf(flat(newRecord(minute(0))), { partition: 'project:p', id: 't1' })).toBe('unreadable');
  });

  it('never throws, whatever text it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json({ maxDepth: 6 })), (body) => {
        expect(decodeRecord(TASK, body).kind).toBe('unreadable');
      }),
      { numRuns: 500 },
    );
  });

  it('never makes an unusable record, whatever one of its parts is', () => {
    const field = fc.constantFrom(...Object.keys(flat(fullRecord())));
    const value = fc.oneof(fc.string(), fc.double(), fc.object(), fc.array(fc.jsonValue()));
    fc.assert(
      fc.property(field, value, (field, value) => {
        const decoded = decodeRecord(TASK, asStored({ ...flat(fullRecord()), [field]: value }));
        if (decoded.kind !== 'record') return;
        const next = detectAll([seen('SUCCESS'), missing, missing], { record: decoded.record, minute: 9 });
        expect(next.record?.state.standing?.status).toBe('DELETED');
      }),
      { numRuns: 500 },
    );
  });

  it('changes no prototype', () => {
    const body = encodeRecord(newRecord(minute(0))).replace('{', '{"__proto__":{"polluted":true},');
    const decoded = decodeRecord(TASK, body);
    expect(decoded.kind).toBe('record');
    expect({}).not.toHaveProperty('polluted');
  });
});
