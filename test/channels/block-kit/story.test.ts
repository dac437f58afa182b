import { describe, expect, test } from 'vitest';
import { renderSlackPreview } from '../../../lib/channels/block-kit/preview.ts';
import { isMentioned } from '../../../lib/channels/chat/mention.ts';
import type { EventType, MigrationEvent } from '../../../lib/events/event.ts';
import { EVENT_TYPES } from '../../../lib/events/schema/codes.ts';
import type { Events } from '../../../lib/messages/message.ts';
import { STORIES } from '../../support/stories.ts';
import { eventOf, NOW } from '../support.ts';
import { digestPayload, lookPayload } from './payload.ts';

/** The events of one look as a reader sees them, without the lines that messages about all tasks have in common. */
function read(story: string, types: readonly EventType[], lateMs?: number): string[] {
  const events = looked(story, types);
  const now = new Date(Date.parse(events[0].time) + (lateMs ?? 0));
  const called = isMentioned(events) ? '<!here>' : undefined;
  const message = lookPayload(events, { now, ...(lateMs !== undefined && { lateMs }) }, called);
  const common =
    /^(?:Source → target|Project|task|group|project [0-9a-f]{32}): |^(?:task|group|project) \S+ · /;
  return renderSlackPreview(message).filter((line) => !common.test(line));
}

/** The first look of a story that noticed just this. */
function looked(story: string, types: readonly EventType[]): Events {
  const chapter = STORIES[story]?.find((events) => events.map(({ type }) => type).join() === types.join());
  const [first, ...others] = chapter ?? [];
  if (first === undefined) throw new Error(`nobody saw ${types} in ${story}`);
  return [first, ...others];
}

const MIGRATION = 'a migration with a fall back';
const LIMITS = ['maxOffset', 'unreadyOffset', 'unreadyKeyGapPercent', 'unreadyLooks'] as const;

describe('the message about a full synchronisation', () => {
  test('shows progress, speed and the time left', () => {
    expect(read(MIGRATION, ['dcs.migration.progress'])).toEqual([
      'ℹ️ orders-cache: full synchronisation at 50.4 %, about 1.6 h left at this rate',
      'Status: FULLMIGRATING (full), since 2026-01-06 00:27 UTC',
      'Progress: ▓▓▓▓▓░░░░░ 50.4 %',
      'Rate: 30.6 % per hour',
      'Time left: about 1 h 37 min at this rate',
      'Key counts: source 1,000,000, target 504,000',
      'Traffic: 20,480 KB/s into the target, 5,600 operations/s',
    ]);
  });

  test('estimates to the minute, and never says that no time is left', () => {
    const timeLeft = (secondsLeft: number) => {
      const data = { ...eventOf().data, progress: { percent: 99, mark: 75, secondsLeft } };
      const message = lookPayload([eventOf(data, 'dcs.migration.progress')], { now: NOW });
      return renderSlackPreview(message).filter((line) => line.startsWith('Time left'));
    };
    expect(timeLeft(2419)).toEqual(['Time left: about 40 min at this rate']);
    expect(timeLeft(12)).toEqual(['Time left: about 1 min at this rate']);
  });

  test('that stalls says since when, and at which progress', () => {
    expect(read(MIGRATION, ['dcs.migration.stalled'])).toEqual([
      '⏸️ orders-cache: stalled: no progress for 35 min (at 50.4 %)',
      'Status: FULLMIGRATING (full), since 2026-01-06 00:27 UTC',
      'No progress since: 2026-01-06 02:02 UTC, for 35 min',
      'Progress: ▓▓▓▓▓░░░░░ 50.4 %',
      'Keys in the target: 504,000',
      'Traffic: 0 KB/s into the target',
    ]);
  });

  test('that moves again says how long it stalled', () => {
    expect(read(MIGRATION, ['dcs.migration.resumed'])).toContain(
      'Had been stalled since: 2026-01-06 02:02 UTC, for 44 min',
    );
  });
});

describe('the message about the cut-over', () => {
  test('says why the task is ready, and until when that counts', () => {
    expect(read(MIGRATION, ['dcs.migration.cutover_ready'])).toEqual([
      '🟢 READY · orders-cache: ready for the cut-over: lag (offset) 0 bytes, key counts 0.05 % apart, for 3 looks in a row',
      'Status: INCRMIGEATING (incremental), since 2026-01-06 04:16 UTC',
      'Lag (offset): 0 bytes, limit 1 kB',
      'Key counts: source 1,000,000, target 999,520',
      'Key gap: 0.05 % (limit 1 %)',
      'In step for: 3 looks in a row',
      'Valid until: 2026-01-06 05:19 UTC, unless a later event retracts it',
    ]);
  });

  test('says when it is over, if it comes too late', () => {
    const late = read(MIGRATION, ['dcs.migration.cutover_ready'], 3_600_000);
    expect(late).toContain('Valid until: EXPIRED at 2026-01-06 05:19 UTC: look again before you act');
    expect(read(MIGRATION, ['dcs.migration.cutover_ready'], 3_599_000).join()).not.toContain('OVER');
  });

  test('says that it is over even before it counts as late', () => {
    const [first] = looked(MIGRATION, ['dcs.migration.cutover_ready']);
    const validUntil = new Date(Date.parse(first.time) + 60_000).toISOString();
    const event = { ...first, data: { ...first.data, validUntil } };
    const now = new Date(Date.parse(validUntil));
    expect(lookPayload([event], { now }).text).toContain('EXPIRED at');
  });

  test('names the reason, once, and the event that it takes back', () => {
    const [announced] = looked(MIGRATION, ['dcs.migration.cutover_ready']);
    const lines = read(MIGRATION, ['dcs.migration.cutover_unready']);
    expect(lines[0]).toBe(
      '⛔ NOT READY · orders-cache: no longer ready for the cut-over: the lag (offset) is 512 MB (limit 1 kB)',
    );
    expect(lines).toContain('Lag (offset): 512 MB (512,000,000), limit 1 kB');
    expect(lines).toContain(`Retracts: cutover ready (${announced.id})`);
    expect(lines.join()).not.toContain('Because');
    expect(lines.join()).not.toContain('In step for');
  });
});

describe('a look with several events', () => {
  const types = [
    'dcs.migration.cutover_unready',
    'dcs.migration.status_changed',
    'dcs.migration.regressed',
  ] as const;

  test('is one message: the most severe, the last among equals, with the others below', () => {
    expect(read(MIGRATION, types)).toEqual([
      '⏪ FELL BACK · orders-cache: do not cut over: it fell back to a full synchronisation',
      '<!here>',
      'Status: INCRMIGEATING (incremental) → FULLMIGRATING (full)',
      'Resynchronisation: number 1',
      'Previous phase: incremental, for 12 min',
      'also: ⛔ NOT READY · no longer ready for the cut-over: it is no longer replicating (FULLMIGRATING)',
      'also: ⚠️ fell back from incremental replication to a full synchronisation',
    ]);
  });

  test('names the numbers of all of them', () => {
    const [first, ...others] = looked(MIGRATION, types);
    expect(renderSlackPreview(lookPayload([first, ...others], { now: NOW })).at(-1)).toContain(
      '· events 11, 12, 13 · 2026-01-06 04:28 UTC',
    );
  });

  test('shows a failure first, whatever else happened', () => {
    const events = looked(MIGRATION, types);
    const [first, ...others] = events.map((event, place): MigrationEvent => {
      const severity = place === 1 ? 'failure' : 'success';
      return { ...event, data: { ...event.data, severity } };
    });
    if (first === undefined) throw new Error('nothing was noticed');
    const [header, call] = renderSlackPreview(lookPayload([first, ...others], { now: NOW }, '<!here>'));
    expect(header).toMatch(/^❌ orders-cache: fell back/);
    expect(call).toBe('<!here>');
  });

  test('loses no detail of another event', () => {
    const lines = read(MIGRATION, ['dcs.migration.status_changed', 'dcs.migration.ip_switched']);
    expect(lines[0]).toMatch(/^✅ SWITCHED · orders-cache: IP addresses switched/);
    expect(lines).toContain('also: ✅ DONE · migration finished');
    expect(lines.join('\n')).toContain('The whole migration, watched since');
  });
});

describe('the last message about a migration', () => {
  test('says how long each phase was, how far it was behind at most, and which events were sent when', () => {
    const lines = read(MIGRATION, ['dcs.migration.status_changed', 'dcs.migration.ip_switched']);
    expect(lines.slice(-6)).toEqual([
      'The whole migration, watched since 2026-01-05 00:10 UTC: 8 d 6 h',
      'configuring 1 d · full 5 h 9 min · incremental 7 d 1 h · switching 1 min',
      'largest lag (offset) about 512 MB · fell back to a full synchronisation once',
      '7 earlier events',
      'events on 2026-01-06: 04:19 cutover ready, 04:23 cutover unready, 04:26 cutover ready, 04:28 cutover unready, 04:28 status changed, 04:28 regressed, 05:48 status changed, 06:24 stalled, 06:50 resumed',
      'events on 2026-01-13: 06:50 forgotten, 06:53 cutover ready, 06:58 status changed',
    ]);
  });

  test('that failed has the reason of the service, and our advice', () => {
    expect(read('a failure with a cause', ['dcs.migration.status_changed'])[0]).toContain('finished');
    const failure = STORIES['a failure with a cause']?.at(-1) ?? [];
    const [first, ...others] = failure;
    if (first === undefined) throw new Error('nothing failed');
    const lines = renderSlackPreview(lookPayload([first, ...others], { now: NOW }, '<!here>'));
    expect(lines[0]).toBe(
      '❌ FAILED · orders-cache: migration failed (client-output-buffer-limit): The source closed the replication connection.',
    );
    const from = lines.indexOf('Error message');
    expect(lines.slice(from, from + 8)).toEqual([
      'Error message',
      'The source closed the replication connection.',
      'Last errors in its log',
      '2026/01/07 09:14:30  Client id=17 addr=192.168.1.31:51002 scheduled to be closed ASAP for overcoming of output buffer limits.',
      '2026/01/07 09:14:31  sync interrupted: EOF while reading from the source',
      'What to do (client-output-buffer-limit)',
      'Set client-output-buffer-limit (slave) on the source to 20 % of its maximum memory, then restart the task.',
      'documentation: https://support.huaweicloud.com/intl/en-us/migration-dcs/dcs-migration-211125001.html',
    ]);
  });

  test('says what could not be read about a failure', () => {
    const lines = read('a failure that nobody explains', ['dcs.migration.status_changed']);
    const from = lines.indexOf('Not known');
    expect(lines.slice(from, from + 3)).toEqual([
      'Not known',
      'the error message: the access key may not read it',
      'the log: could not be read (throttled)',
    ]);
  });

  test('says which phases nobody saw', () => {
    const lines = read('an end that nobody saw come', ['dcs.migration.status_changed']);
    expect(lines[0]).toBe('✅ DONE · orders-cache: migration finished (not observed: full)');
    expect(lines).toContain(
      'full: must have begun and ended unseen between 2026-01-05 00:10 UTC and 2026-01-05 04:10 UTC',
    );
  });

  test('says that it could not be checked', () => {
    const lines = read('an end that nobody can check', ['dcs.migration.status_changed']);
    expect(lines[0]).toBe(
      '🛑 CHECK · orders-cache: migration finished, but this could not be checked: the task may have been deleted',
    );
    expect(lines).toContain('Not checked');
  });
});

describe('the end of a replication that was behind', () => {
  const story = 'an end while it is behind';

  test('says how far, and when that was measured', () => {
    const lines = read(story, ['dcs.migration.status_changed']);
    expect(lines[0]).toBe(
      '🛑 CHECK · orders-cache: incremental replication stopped while 9.1 GB behind, 60 % of the keys missing',
    );
    expect(lines).toContain(
      'Target at the end: 9.1 GB behind, 60 % of the keys missing (2026-01-13 00:23 UTC)',
    );
  });

  test('was announced: an event and the reminder said why it was not ready', () => {
    const [first, , ...facts] = read(story, ['dcs.migration.cutover_blocked']);
    expect(first).toContain('not ready for the cut-over: the lag (offset) is 9 GB (limit 1 kB)');
    expect(facts).toEqual([
      'Status: INCRMIGEATING (incremental), since 2026-01-05 00:11 UTC',
      'Lag (offset): 9 GB (9,000,000,000), limit 1 kB',
      'Key counts: source 1,000,000, target 400,000',
      'Key gap: 60 % (limit 1 %)',
    ]);
    expect(read(story, ['dcs.migration.forgotten'])[0]).toBe(
      '⛔ NOT READY · orders-cache: has been replicating for 8 d and is not ready: still 9 GB behind, 60 % of the keys missing; it costs money until stopped',
    );
  });
});

/** The figures that an event rests on; limits come from the reader's own settings. */
function numbersOf({ data: { progress, readiness, stall } }: MigrationEvent): number[] {
  const hidden = [progress?.mark, progress?.secondsLeft, ...LIMITS.map((limit) => readiness?.[limit])];
  const looks = readiness?.reason === undefined ? [] : [readiness.looks];
  return Object.values({ ...progress, ...readiness, ...stall }).flatMap((value) =>
    typeof value === 'number' && ![...hidden, ...looks].includes(value) ? [value] : [],
  );
}

describe('the message about', () => {
  test('a phase that the status does not say calls it concluded', () => {
    const lines = read('a failure with a cause', ['dcs.migration.first_seen']);
    expect(lines).toContain('Status: MIGRATING (full, inferred from the statistics)');
  });

  test('a forgotten task says since when, and the number of the reminder', () => {
    expect(read(MIGRATION, ['dcs.migration.forgotten'])).toEqual([
      '⚠️ orders-cache: has been waiting to be configured for 24.1 h: configure or delete it',
      'Status: RUNNING (configuring), since 2026-01-05 00:10 UTC',
      'Reminder: number 1',
    ]);
  });

  test('a missing permission says what cannot be known because of it', () => {
    const lines = read('a project whose calls fail', ['dcs.watch.degraded']);
    expect(lines[0]).toBe('⚠️ project prod (12 tasks): the access key may not call ListMigrationTask');
    expect(lines.join('\n')).toContain('a success cannot be told from a deleted task');
  });

  test('a group lists its tasks by phase, those first that need attention', () => {
    expect(read('a small group', ['dcs.group.retracted'])).toEqual([
      '⛔ NOT READY · group payments: no longer ready because of orders-1 (incremental)',
      expect.stringMatching(/^Retracts: group ready \(evt_[0-9a-f]{24}\)$/),
      'All 3 tasks of payments',
      '1 incremental, not ready: orders-1',
      '2 incremental, ready: orders-0, orders-2',
    ]);
  });

  test('a large group counts them all, and names some', () => {
    const lines = read('a large group', ['dcs.group.failed']);
    expect(lines[0]).toBe(
      '❌ FAILED · group payments: 11 of 45 tasks failed (orders-2, orders-6, orders-10 and 8 more)',
    );
    expect(lines).toContain('All 45 tasks of payments');
    expect(lines.find((line) => line.startsWith('11 failed: '))).toMatch(/orders-2, orders-6, .*orders-42$/);
    expect(lines.find((line) => line.startsWith('34 incremental, ready: '))).toMatch(/, …$/);
  });

  test('any event shows all numbers of the event', () => {
    const events = Object.values(STORIES).flat(2);
    const types = new Set(events.map(({ type }) => type));
    expect(EVENT_TYPES.filter((type) => !types.has(type))).toEqual(['dcs.watch.channel_broken']);
    for (const event of events) {
      const seen = renderSlackPreview(lookPayload([event], { now: NOW }))
        .join('\n')
        .replaceAll(',', '');
      for (const number of numbersOf(event)) expect(seen, event.type).toContain(String(number));
    }
  });
});

describe('a digest', () => {
  const digest = (events: readonly MigrationEvent[]): string[] => {
    const [first, ...others] = events;
    if (first === undefined) throw new Error('nothing to tell');
    return renderSlackPreview(digestPayload([first, ...others], {}));
  };
  const migration = STORIES[MIGRATION]?.flat() ?? [];

  test('gives each event a line with its day, and the time until which it permits an action', () => {
    const lines = digest(migration);
    expect(lines[0]).toBe('❌ orders-cache: 21 events');
    expect(lines).toContain(
      '🟢 READY · 2026-01-06 04:19 UTC  ·  orders-cache: ready for the cut-over: lag (offset) 0 bytes, key counts 0.05 % apart, for 3 looks in a row  ·  valid until 2026-01-06 05:19 UTC',
    );
    expect(lines).toHaveLength(23);
  });

  test('counts the phases that tasks entered, and other events', () => {
    const [first, ...others] = migration;
    if (first === undefined) throw new Error('nothing happened');
    const { text } = digestPayload([first, ...others], {});
    expect(text.split('\n')[0]).toBe(
      '❌ orders-cache: 21 events: cutover ready 3, forgotten 2, full 2, stalled 2, resumed 2, incremental 2, cutover unready 2, configuring 1, progress 1, regressed 1, switching 1, succeeded 1',
    );
  });

  test('keeps what matters most when not all events have room', () => {
    const story = STORIES['a failure with a cause']?.flat() ?? [];
    const many = Array.from({ length: 60 }, () => structuredClone(story)).flat();
    const lines = digest(many);
    const listed = lines.filter((line) => /\d\d:\d\d UTC {2}·/.test(line));
    expect(lines).toContain(`and ${180 - listed.length} more`);
    expect(listed.length).toBeGreaterThan(65);
    expect(listed.filter((line) => line.startsWith('❌'))).toHaveLength(60);
  });

  test('of groups and tasks says so', () => {
    const events = [...(STORIES['a small group']?.flat() ?? []), ...migration];
    expect(digest(events)[0]).toBe(`❌ ${events.length} events of 2 tasks, groups and projects`);
  });

  test('of first-seen events stays one when a look made another event', () => {
    const [seen] = looked(MIGRATION, ['dcs.migration.first_seen']);
    const [ready] = looked(MIGRATION, ['dcs.migration.cutover_ready']);
    const another = { ...seen, subject: 'another task' };
    const lines = digest([seen, { ...ready, time: seen.time }, another]);
    expect(lines[0]).toBe('⚠️ 2 tasks are now watched, and 1 more event');
    expect(lines.slice(1, 4)).toEqual([
      'orders-cache  ·  RUNNING (configuring)  ·  orders-old (192.168.1.2:6379) → orders-new (192.168.1.31:6379)',
      expect.stringContaining('ready for the cut-over'),
      'orders-cache  ·  RUNNING (configuring)  ·  orders-old (192.168.1.2:6379) → orders-new (192.168.1.31:6379)',
    ]);
    expect(digest([seen, ready, another])[0]).toBe('⚠️ 3 events of 2 tasks');
  });
});
