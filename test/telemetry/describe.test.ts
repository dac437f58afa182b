import { describe, expect, test } from 'vitest';
import { describe as inWords, jsonLine, textLine } from '../../lib/telemetry/describe.ts';
import type { LogEntry, TickReport } from '../../lib/telemetry/log.ts';
import { TAKEN } from '../../lib/telemetry/log-fields.ts';
import { eventOf } from '../migration/events.ts';

const NOW = new Date('2026-01-05T02:12:00.000Z');

/** A newline, an escape sequence, a right-to-left override, a line separator. */
const HOSTILE = 'one\ntwo\u001b[31m\u202ethree\u2028four';
const named = { ...eventOf(1), data: { ...eventOf(1).data, summary: HOSTILE } };

const TICK = {
  kind: 'tick',
  tasks: 2,
  changed: 1,
  events: 1,
  delivered: 2,
  pending: 3,
  dead: 1,
  failedLooks: 1,
  ms: 40,
  looks: 2,
  failedRecords: 1,
  pendingAgeMs: 60_000,
  brokenChannels: 1,
  broken: [
    {
      channel: 'ops',
      since: '2026-01-05T01:00:00.000Z',
      nextTryAt: '2026-01-05T02:30:00.000Z',
      reason: 'HTTP 410',
    },
  ],
  silent: [],
  blind: [{ project: 'prod', since: '2026-01-05T00:12:00.000Z', reason: 'not authorised', isLasting: true }],
} as const;

const ENTRIES: LogEntry[] = [
  TICK,
  { kind: 'event', event: named },
  {
    kind: 'look_failed',
    project: HOSTILE,
    taskId: 't',
    reason: 'unreachable',
    detail: HOSTILE,
    requestId: 'r',
  },
  { kind: 'looks_skipped', project: 'prod', why: 'resting', count: 3 },
  { kind: 'delivery', channel: 'ops', eventIds: ['evt_1'], outcome: 'transient', reason: HOSTILE, ms: 3 },
  {
    kind: 'delivery',
    channel: 'ops',
    eventIds: ['evt_1', 'evt_2'],
    outcome: 'delivered',
    reason: 'HTTP 200',
    ms: 3,
  },
  { kind: 'dead_letter', channel: 'ops', eventId: 'evt_1', why: 'deadline', attempts: 7 },
  { kind: 'deliveries_cancelled', channel: 'old', count: 1 },
  { kind: 'deliveries_postponed', channel: 'ops', why: 'this run is nearly out of time' },
  { kind: 'notice', message: HOSTILE },
  { kind: 'problem', message: HOSTILE },
];

describe('a log entry', () => {
  test.each(ENTRIES)('is one line, as text and as JSON, whatever is in it ($kind)', (entry) => {
    for (const line of [textLine(entry, NOW), jsonLine(entry, NOW)]) {
      expect(line.split(/\r|\n/)).toHaveLength(1);
    }
    expect(textLine(entry, NOW)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(JSON.parse(jsonLine(entry, NOW))).toMatchObject({
      timestamp: NOW.toISOString(),
      kind: entry.kind,
    });
  });

  test('has one blank in place of unprintable characters, however many', () => {
    const entry: LogEntry = { kind: 'notice', message: 'a\r\n\u001b\u200f\ud800b' };
    expect(inWords(entry)).toEqual({ level: 'info', message: 'a b', fields: { kind: 'notice' } });
  });

  test('has time and severity as text', () => {
    const lines: LogEntry[] = [
      { kind: 'notice', message: 'a' },
      { kind: 'problem', message: 'b' },
      { kind: 'dead_letter', channel: 'ops', eventId: 'evt_1', why: 'deadline', attempts: 1 },
      {
        kind: 'delivery',
        channel: 'mail',
        eventIds: ['evt_1'],
        outcome: 'delivered',
        reason: 'SMTP 250; 1 of 2 addresses were refused, check to',
        isPartial: true,
        ms: 3,
      },
    ];
    expect(lines.map((entry) => textLine(entry, NOW))).toEqual([
      '2026-01-05 02:12:00Z   a',
      '2026-01-05 02:12:00Z ! b',
      '2026-01-05 02:12:00Z ✖ channel ops: event evt_1 was given up (deadline after 1 attempt) and is kept as a dead letter; once the cause is fixed, send it with deliveries redrive --channel ops',
      '2026-01-05 02:12:00Z ! channel mail: event evt_1 delivered (3 ms), not to all: SMTP 250; 1 of 2 addresses were refused, check to',
    ]);
  });

  test('has the facts in JSON, of an event only what identifies it, and no message but the one line', () => {
    const event = {
      ...named,
      data: {
        ...named.data,
        from: { status: 'A', phase: 'full', since: NOW.toISOString() },
        to: { status: 'B', phase: 'incremental', since: NOW.toISOString() },
      },
    } as const;
    expect(JSON.parse(jsonLine({ kind: 'event', event }, NOW))).toEqual({
      timestamp: NOW.toISOString(),
      level: 'info',
      message: 'info: one two [31m three four',
      kind: 'event',
      eventId: event.id,
      type: event.type,
      taskId: event.subject,
      sequence: event.sequence,
      severity: 'info',
      from: 'A',
      to: 'B',
    });
    for (const kind of ['notice', 'problem'] as const) {
      expect(JSON.parse(jsonLine({ kind, message: HOSTILE }, NOW))).toEqual({
        timestamp: NOW.toISOString(),
        level: kind === 'notice' ? 'info' : 'warn',
        message: 'one two [31m three four',
        kind,
      });
    }
  });

  test('of a drill says so, as text and as a field', () => {
    const event = { ...eventOf(1), drill: true } as const;
    expect(textLine({ kind: 'event', event }, NOW)).toContain('drill, info: event 1');
    expect(JSON.parse(jsonLine({ kind: 'event', event }, NOW))).toMatchObject({ drill: true });
    expect(JSON.parse(jsonLine({ kind: 'event', event: eventOf(1) }, NOW))).not.toHaveProperty('drill');
  });

  test('of an event without statuses has none in JSON', () => {
    const facts = JSON.parse(jsonLine({ kind: 'event', event: eventOf(1) }, NOW));
    expect(facts).not.toHaveProperty('from');
    expect(facts).not.toHaveProperty('to');
  });

  test('says what a tick did, and nothing else', () => {
    expect(ENTRIES.map((entry) => inWords(entry).message)).toMatchObject({
      0: 'tick: looked at 2 tasks in 40 ms, 1 failed, 1 changed, 1 event, 2 delivered, 3 pending, 1 dead, 1 record not read or saved; nothing seen of prod since 2026-01-05T00:12:00Z (not authorised); ops broken since 2026-01-05T01:00:00Z, next try 2026-01-05T02:30:00Z',
      5: 'channel ops: 2 events delivered (3 ms)',
      7: 'channel old is no longer configured: 1 pending delivery cancelled and kept as dead letters; if the channel comes back, deliveries redrive sends them',
    });
  });

  test('says how many tasks were looked at, and whether anything happened', () => {
    const wordsOf = (more: Partial<TickReport>) => inWords({ ...TICK, failedLooks: 0, ...more }).message;
    expect(wordsOf({ looks: 1, changed: 0, events: 3 })).toContain(
      'looked at 1 of 2 tasks in 40 ms, 3 events, 2',
    );
    expect(wordsOf({ looks: 0, changed: 0, events: 0 })).toContain(
      'looked at 0 of 2 tasks in 40 ms, no change, 2',
    );
    // Looked at several times in one tick.
    expect(wordsOf({ looks: 9 })).toContain('looked at 2 tasks in 40 ms, 1 changed, 1 event');
  });

  test('of a tick that was not healthy is a warning', () => {
    const levelOf = (more: Partial<TickReport>) =>
      inWords({ ...TICK, failedRecords: 0, broken: [], blind: [], ...more }).level;
    expect(levelOf({})).toBe('info');
    expect(levelOf({ broken: TICK.broken })).toBe('warn');
    expect(levelOf({ blind: TICK.blind })).toBe('warn');
    expect(levelOf({ failedRecords: 1 })).toBe('warn');
  });

  test('names five of many broken channels, and counts the others', () => {
    const [broken] = TICK.broken;
    const many = Array.from({ length: 100 }, (_, i) => ({ ...broken, channel: `c-${i}` }));
    const { message } = inWords({ ...TICK, broken: many });
    expect(message).toContain('c-4 broken since 2026-01-05T01:00:00Z');
    expect(message).not.toContain('c-5');
    expect(message).toMatch(/; and 95 more channels$/);
  });

  test('is an error only where an event will not be sent, or something has failed', () => {
    const errors = ENTRIES.filter((entry) => inWords(entry).level === 'error').map(({ kind }) => kind);
    expect(errors).toEqual(['dead_letter']);
  });

  test.each([
    ['info', 'info'],
    ['success', 'info'],
    ['action', 'warn'],
    ['failure', 'error'],
  ] as const)('of an event of severity %s has level %s', (severity, level) => {
    const event = { ...named, data: { ...named.data, severity } };
    expect(inWords({ kind: 'event', event }).level).toBe(level);
  });

  test.each(ENTRIES)('has no field that hides one of the logger ($kind)', (entry) => {
    expect(Object.keys(inWords(entry).fields).filter((name) => TAKEN.has(name))).toEqual([]);
    const line = JSON.parse(jsonLine(entry, NOW));
    expect(line).toMatchObject({ timestamp: NOW.toISOString(), level: inWords(entry).level });
    expect(line.message).toBe(inWords(entry).message);
  });

  test('has another name for the request id of Huawei Cloud, because requestId is that of the invocation', () => {
    const failed = ENTRIES.find(({ kind }) => kind === 'look_failed');
    expect(failed && inWords(failed).fields).toMatchObject({ dcsRequestId: 'r' });
    expect(failed && inWords(failed).fields).not.toHaveProperty('requestId');
  });
});
