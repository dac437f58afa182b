import { describe, expect, test } from 'vitest';
import type { EventData, EventType, MigrationEvent } from '../../../lib/events/event.ts';
import { en } from '../../../lib/language/en.ts';
import { type Badge, badgeOf } from '../../../lib/messages/severity.ts';
import { CHANGE, eventOf, NOW, TASK } from '../support.ts';
import { digestPayload, lookPayload } from './payload.ts';

const SINCE = '2026-01-05T02:12:00.000Z';
const stopped = { status: 'TERMINATED', phase: 'stopped', since: SINCE } as const;
const succeeded = { status: 'SUCCESS', phase: 'succeeded', since: SINCE } as const;
const failed = { status: 'FAILED', phase: 'failed', since: SINCE } as const;
const group = { name: 'orders', size: 2, projects: ['prod'], members: [] };
const retracts = { type: 'dcs.group.ready', id: 'evt_1', reason: 'orders-1 fell back' } as const;

function event(type: EventType, data: Partial<EventData> = {}): MigrationEvent {
  return eventOf({ ...CHANGE, ...data }, type);
}

/** Outcomes that call for different actions. */
const OUTCOMES: Readonly<Record<string, MigrationEvent>> = {
  'ready for the cut-over': event('dcs.migration.cutover_ready'),
  'no longer ready': event('dcs.migration.cutover_unready'),
  'fallen back to a full synchronisation': event('dcs.migration.regressed', { severity: 'failure' }),
  'ended well': event('dcs.migration.status_changed', { to: succeeded, severity: 'success' }),
  'stopped in step': event('dcs.migration.status_changed', {
    to: stopped,
    severity: 'info',
    lastFigures: { state: 'in step', words: 'in step' },
  }),
  'ended, nobody knows how well': event('dcs.migration.status_changed', { to: stopped, severity: 'action' }),
  failed: event('dcs.migration.status_changed', { to: failed, severity: 'failure' }),
  'moved on': event('dcs.migration.status_changed', { severity: 'info' }),
  'waiting for somebody': event('dcs.migration.forgotten'),
  stalled: event('dcs.migration.stalled'),
  'moving again': event('dcs.migration.resumed', { severity: 'info' }),
  'rolled back': event('dcs.migration.ip_rolled_back'),
};

const barOf = (one: MigrationEvent) => lookPayload([one], { now: NOW }).attachments?.[0].color;
const seen = ({ symbol, mark }: Badge) => `${symbol} ${mark === undefined ? '' : en.marks[mark]}`;

describe('the badge of a Slack message', () => {
  const different = Object.keys(OUTCOMES).filter((outcome) => outcome !== 'stopped in step');

  test.each(different)('is unique when something is %s', (outcome) => {
    const { [outcome]: one, 'stopped in step': _same, ...others } = OUTCOMES;
    if (one === undefined) throw new Error(`${outcome} is no outcome`);
    expect(Object.values(others).map((other) => seen(badgeOf(other)))).not.toContain(seen(badgeOf(one)));
  });

  test.each([
    ['ready for the cut-over', 'no longer ready'],
    ['ready for the cut-over', 'fallen back to a full synchronisation'],
    ['ended well', 'ended, nobody knows how well'],
    ['ended well', 'failed'],
  ])('has another colour when something is %s than when it is %s', (one, other) => {
    const [a, b] = [one, other].map((outcome) => OUTCOMES[outcome] && barOf(OUTCOMES[outcome]));
    expect(a).toMatch(/^#/);
    expect(a).not.toBe(b);
  });

  test.each([
    ['🟢 READY · ', 'ready for the cut-over'],
    ['⛔ NOT READY · ', 'no longer ready'],
    ['✅ DONE · ', 'ended well'],
    ['✅ DONE · ', 'stopped in step'],
    ['🛑 CHECK · ', 'ended, nobody knows how well'],
    ['❌ FAILED · ', 'failed'],
  ])('begins with %s when something is %s, in the headline and in the notification', (mark, outcome) => {
    const one = OUTCOMES[outcome];
    if (one === undefined) throw new Error(`${outcome} is no outcome`);
    const { text, blocks = [] } = lookPayload([one], { now: NOW });
    expect(text).toMatch(new RegExp(`^${mark}${TASK.name}`));
    expect(JSON.stringify(blocks[0])).toContain(mark);
  });

  test.each([
    ['ready', event('dcs.group.ready', { group }), OUTCOMES['ready for the cut-over']],
    [
      'no longer ready',
      event('dcs.group.retracted', { group: { ...group, retracts } }),
      OUTCOMES['no longer ready'],
    ],
  ])('is the same for a group that is %s as for a task', (_outcome, ofGroup, ofTask) => {
    expect(ofTask && badgeOf(ofTask)).toEqual(badgeOf(ofGroup));
  });

  test('shows at a glance that a group is no longer done', () => {
    const { to: _to, from: _from, task: _task, ...data } = CHANGE;
    const taken = { ...group, retracts: { ...retracts, type: 'dcs.group.finished' as const } };
    const back = eventOf({ ...data, group: taken, severity: 'action' }, 'dcs.group.retracted');
    expect(seen(badgeOf(back))).toBe('↩️ NOT DONE');
  });

  test.each([
    ['success', '✅ DONE'],
    ['action', '🛑 CHECK'],
  ] as const)('distinguishes the good end of a group from a bad one (%s)', (severity, look) => {
    const { to: _to, from: _from, task: _task, ...data } = CHANGE;
    const end = eventOf({ ...data, group, severity }, 'dcs.group.finished');
    expect(seen(badgeOf(end))).toBe(look);
  });

  const basis = { maxOffset: 1000, maxKeyGapPercent: 1, looks: 3 };
  const inStep = { state: 'in step', words: 'in step' } as const;
  const behind = { state: 'behind', words: '9 GB behind' } as const;

  test.each<[string, string, EventType, Partial<EventData>]>([
    ['reminds of a ready task', '🟢 READY · ', 'dcs.migration.forgotten', { readiness: basis }],
    [
      'reminds of a task that is not ready',
      '⛔ NOT READY · ',
      'dcs.migration.forgotten',
      { readiness: { ...basis, reason: 'far behind', unmet: ['lag', 'keys unknown'] } },
    ],
    [
      'reminds of a task without figures',
      '❔ NOT KNOWN · ',
      'dcs.migration.forgotten',
      { readiness: { ...basis, reason: 'no figures', unmet: ['lag unknown', 'keys unknown'] } },
    ],
    [
      'reminds of a task whose clients were switched while it was behind',
      '🛑 CHECK · ',
      'dcs.migration.forgotten',
      { lastFigures: behind },
    ],
    [
      'reports why a task is not ready',
      '⛔ NOT READY · ',
      'dcs.migration.cutover_blocked',
      { readiness: { ...basis, reason: 'far behind', unmet: ['lag'] } },
    ],
    [
      'reports that figures are missing',
      '❔ NOT KNOWN · ',
      'dcs.migration.cutover_blocked',
      { readiness: { ...basis, reason: 'no figures', unmet: ['lag unknown'] } },
    ],
    [
      'reports a switch in step',
      '✅ SWITCHED · ',
      'dcs.migration.ip_switched',
      { severity: 'success', lastFigures: inStep },
    ],
    [
      'reports a switch that came too early',
      '🛑 CHECK · ',
      'dcs.migration.ip_switched',
      { severity: 'action', lastFigures: behind },
    ],
    [
      'reports a task that was deleted while it was behind',
      '🛑 CHECK · ',
      'dcs.migration.gone',
      { severity: 'action', lastFigures: behind },
    ],
  ])('when it %s is %s, in its headline, its notification and a digest', (_what, mark, type, data) => {
    const one = event(type, { severity: 'action', ...data });
    const { text, blocks = [] } = lookPayload([one], { now: NOW });
    expect(text).toMatch(new RegExp(`^${mark}${TASK.name}`));
    expect(JSON.stringify(blocks[0])).toContain(mark);
    expect(digestPayload([event('dcs.migration.progress'), one], {}).text).toContain(mark);
  });

  test('has its colour beside everything except the headline and the mention', () => {
    const { blocks = [], attachments = [] } = lookPayload([eventOf()], { now: NOW }, '<!here>');
    expect(blocks.map(({ type }) => type)).toEqual(['header', 'section']);
    expect(attachments).toMatchObject([{ color: barOf(eventOf()), blocks: expect.any(Array) }]);
  });

  test('of a digest is that of its events where all have the same, else that of the most severe', () => {
    const ready = event('dcs.migration.cutover_ready');
    const fellBack = event('dcs.migration.regressed', { severity: 'failure' });
    expect(digestPayload([ready, ready], {}).text).toMatch(/^🟢 /);
    expect(digestPayload([ready, fellBack], {}).text).toMatch(/^❌ /);
  });
});
