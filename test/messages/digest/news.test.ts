import { describe, expect, it } from 'vitest';
import type { EventData, EventType, MigrationEvent } from '../../../lib/events/event.ts';
import { newsAndPast } from '../../../lib/messages/digest/news.ts';
import { CHANGE, eventOf, TASK, TASK_FAILING } from '../../channels/support.ts';

const [READY, UNREADY] = ['dcs.migration.cutover_ready', 'dcs.migration.cutover_unready'] as const;
const [FAILING, RESTORED] = ['dcs.watch.failing', 'dcs.watch.restored'] as const;
const WORDS = { severity: 'action', summary: 'words' } as const;
const LIMITS = { maxOffset: 0, maxKeyGapPercent: 1, looks: 3 };

let made = 0;

function event(type: EventType, data: Partial<EventData> = {}): MigrationEvent {
  made += 1;
  return { ...eventOf({ ...WORDS, task: TASK, ...data }, type), id: `evt_${made}` };
}

function ready(): MigrationEvent {
  return event(READY, { readiness: LIMITS });
}

function unready(retracts: string): MigrationEvent {
  return event(UNREADY, { readiness: { ...LIMITS, retracts } });
}

/** The places of the events that are news, of those that are past, and of those that are left out. */
function placesIn(...events: readonly MigrationEvent[]) {
  const { news, past } = newsAndPast(events);
  const places = (some: readonly MigrationEvent[]) => some.map((one) => events.indexOf(one));
  const leftOut = events.filter((one) => !news.includes(one) && !past.includes(one));
  return { news: places(news), past: places(past), leftOut: places(leftOut) };
}

describe('what quiet hours held', () => {
  it('is no news when it is known to be over, although no event says so', () => {
    const [over, holds] = [event('dcs.watch.channel_broken'), event('dcs.watch.channel_broken')];
    expect(newsAndPast([over, holds], [over.id])).toEqual({ news: [holds], past: [over] });
    expect(newsAndPast([over, holds])).toEqual({ news: [over, holds], past: [] });
  });

  it('is no news when it was taken back meanwhile', () => {
    const one = ready();
    expect(placesIn(one, unready(one.id))).toEqual({ news: [], past: [0], leftOut: [1] });
  });

  it('is news when it takes back what was sent before', () => {
    expect(placesIn(unready('evt_before'))).toEqual({ news: [0], past: [], leftOut: [] });
  });

  it('is news when it holds again after it was taken back', () => {
    const [first, second] = [ready(), ready()];
    expect(placesIn(first, unready(first.id), second)).toEqual({ news: [2], past: [0], leftOut: [1] });
  });

  it('goes back to what it was before something was announced and taken back', () => {
    const between = ready();
    const all = [unready('evt_before'), between, unready(between.id)];
    expect(placesIn(...all)).toEqual({ news: [0], past: [1], leftOut: [2] });
  });

  it('is no failure when looks failed and succeeded again', () => {
    const failing = event(FAILING, { ...TASK_FAILING, reminders: 0 });
    expect(placesIn(failing, event(RESTORED))).toEqual({ news: [], past: [0], leftOut: [1] });
  });

  it('is the end of a problem that was sent before, also where a reminder of it waited', () => {
    const reminder = event(FAILING, { ...TASK_FAILING, reminders: 1 });
    expect(placesIn(reminder, event(RESTORED))).toEqual({ news: [1], past: [0], leftOut: [] });
    expect(placesIn(event(RESTORED))).toEqual({ news: [0], past: [], leftOut: [] });
  });

  it('is no stall when the task moves again', () => {
    const all = [event('dcs.migration.stalled'), event('dcs.migration.resumed')];
    expect(placesIn(...all)).toEqual({ news: [], past: [0], leftOut: [1] });
  });

  it('is of a task where it stands last: no failure before a restart, no readiness before an end', () => {
    const status = 'dcs.migration.status_changed';
    const all = [event(status, CHANGE), ready(), event('dcs.migration.progress'), event(status, CHANGE)];
    expect(placesIn(...all)).toEqual({ news: [3], past: [0, 1, 2], leftOut: [] });
  });

  it('is decided for each source by itself, in order', () => {
    const other = { ...event('dcs.migration.status_changed', CHANGE), subject: 'other' };
    const one = ready();
    expect(placesIn(one, other, unready(one.id))).toEqual({ news: [1], past: [0], leftOut: [2] });
  });

  it('is each channel that broke, and each call that fails', () => {
    const all = [
      event('dcs.watch.channel_broken'),
      event('dcs.watch.channel_broken'),
      event('dcs.watch.degraded', { call: 'ListMigrationTask' }),
      event('dcs.watch.degraded', { call: 'ListMigrationTaskLogs' }),
    ];
    expect(placesIn(...all)).toEqual({ news: [0, 1, 2, 3], past: [], leftOut: [] });
  });

  it('is of a group what it announced last of a kind', () => {
    const group = { name: 'g', size: 1, members: [], projects: [] };
    const one = event('dcs.group.ready', { group });
    const retracts = { id: one.id, type: 'dcs.group.ready', reason: 'x' } as const;
    const back = event('dcs.group.retracted', { group: { ...group, retracts } });
    expect(placesIn(one, back)).toEqual({ news: [], past: [0], leftOut: [1] });
  });
});
