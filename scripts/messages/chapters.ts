import type { EventType } from '../../lib/events/event.ts';
import { EVENT_TYPES } from '../../lib/events/schema/codes.ts';
import { STORIES } from '../../test/support/stories.ts';
import { type Chapter, chapterOf, eventWhere, renamed, together } from './examples.ts';

const READY = eventWhere(({ type }) => type === 'dcs.migration.cutover_ready');
const FAILED = eventWhere(({ data }) => data.dossier?.advice !== undefined && data.dossier.log.length > 0);
const MOVED = {
  ...eventWhere(({ data }) => data.transition === 'full_finished'),
  time: new Date(Date.parse(FAILED.time) - 40 * 60_000).toISOString(),
};
const AFTERWARDS = new Date(Date.parse(FAILED.time) + 5 * 3_600_000);
const STALLED = eventWhere(({ type }) => type === 'dcs.migration.stalled');
const FIRST_SIGHTS = ['RUNNING', 'FULLMIGRATING', 'INCRMIGEATING'].map((status, index) =>
  renamed(
    eventWhere(({ type, data }) => type === 'dcs.migration.first_seen' && data.to?.status === status),
    ['orders-cache', 'payments-cache', 'sessions'][index] ?? status,
  ),
);
const STORM = (STORIES['a migration with a fall back'] ?? []).flat().slice(3, 11);
const MERGED = {
  events: 61,
  since: '2026-01-05T02:12:00.000Z',
  until: '2026-01-05T02:21:00.000Z',
  kinds: { full: 31, incremental: 28, 'dcs.migration.progress': 2 },
  from: 'FULLMIGRATING',
  to: 'INCRMIGEATING',
};

const WHOLE: Chapter = {
  title: 'Several events, reminders, delays, drills',
  about: 'One message may hold several events, repeat an earlier one, or come late.',
  examples: [
    together('Tasks that are seen for the first time', 'One message for all of them.', FIRST_SIGHTS),
    together('A digest', 'Instead of a storm of messages.', STORM),
    together('A digest behind a long wait', 'The oldest events are a sum.', STORM, {
      merged: MERGED,
      lateMs: 2 * 3_600_000,
    }),
    together('A reminder', 'With `remindEvery`, while an event waits for somebody.', [FAILED], {
      reminder: true,
    }),
    together(
      'A reminder of several events',
      'The same for several.',
      [FAILED, renamed(STALLED, 'payments-cache')],
      { reminder: true },
    ),
    together(
      'A failure in quiet hours',
      'It may pass (`except`); what its task has waiting comes with it, in brief.',
      [MOVED, FAILED],
      { held: true, excepted: [FAILED.id], lateMs: 40 * 60_000, now: new Date(FAILED.time) },
    ),
    together(
      'The end of quiet hours',
      'The one failure, or whatever alone is still news, is told whole; all else below it.',
      [
        renamed(MOVED, 'payments-cache'),
        renamed({ ...STALLED, time: MOVED.time }, 'sessions'),
        MOVED,
        FAILED,
      ],
      { held: true, lateMs: 5 * 3_600_000, now: AFTERWARDS },
    ),
    together(
      'The end of quiet hours in which several tasks failed',
      'They are equals, with what to do once for each cause.',
      [renamed(MOVED, 'sessions'), FAILED, renamed(FAILED, 'payments-cache')],
      { held: true, lateMs: 5 * 3_600_000, now: AFTERWARDS },
    ),
    together('A message that is late', 'After an outage; what it says is no longer valid.', [READY], {
      lateMs: 5 * 3_600_000,
      now: new Date(Date.parse(READY.data.validUntil ?? READY.time) + 3_600_000),
    }),
    together('A drill', 'A rehearsal marks each of its messages.', [{ ...FAILED, drill: true }]),
  ],
};

export const CHAPTERS: readonly Chapter[] = [
  chapterOf('A task is watched', 'A task is seen for the first time.', ['dcs.migration.first_seen']),
  chapterOf('The status changes', 'One message for each kind of change; ends bring a report.', [
    'dcs.migration.status_changed',
  ]),
  chapterOf('Progress', 'The full synchronisation passes a mark; something stalls and moves again.', [
    'dcs.migration.progress',
    'dcs.migration.stalled',
    'dcs.migration.resumed',
  ]),
  chapterOf('The cut-over', 'Readiness, its end, and what prevents it; the switch of IP addresses.', [
    'dcs.migration.cutover_ready',
    'dcs.migration.cutover_unready',
    'dcs.migration.cutover_blocked',
    'dcs.migration.regressed',
    'dcs.migration.ip_switched',
    'dcs.migration.ip_rolled_back',
  ]),
  chapterOf('Forgotten and deleted tasks', 'A task that nobody touches for days, and one that is gone.', [
    'dcs.migration.forgotten',
    'dcs.migration.gone',
  ]),
  chapterOf('Groups', 'Tasks that belong together.', [
    'dcs.group.ready',
    'dcs.group.failed',
    'dcs.group.finished',
    'dcs.group.retracted',
  ]),
  chapterOf('The watcher itself', 'Looks that fail, calls that are denied, chats that cannot be reached.', [
    'dcs.watch.failing',
    'dcs.watch.restored',
    'dcs.watch.degraded',
    'dcs.watch.channel_broken',
  ]),
  WHOLE,
];

/** Types of events that no chapter shows. */
export const MISSING: readonly EventType[] = EVENT_TYPES.filter(
  (type) => !CHAPTERS.some(({ examples }) => examples.some(({ events }) => events[0].type === type)),
);
