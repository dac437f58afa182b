import { describe, expect, test } from 'vitest';
import { filterSchema, passes } from '../../lib/channels/filter.ts';
import { EVENT_TYPES } from '../../lib/events/schema/codes.ts';
import { CHANGE, eventOf, PROJECT_FAILING, TASK, TASK_FAILING } from './support.ts';

const CHANGED = eventOf();
const FAILING = eventOf(TASK_FAILING, 'dcs.watch.failing');
const ALL_FAILING = eventOf(PROJECT_FAILING, 'dcs.watch.failing');

const MEMBER = { id: TASK.id, name: TASK.name, project: 'prod', phase: 'incremental', ready: true } as const;
const GROUP_READY = eventOf(
  {
    group: {
      name: 'orders',
      size: 2,
      projects: [MEMBER.project, 'staging'],
      members: [MEMBER, { ...MEMBER, id: 'another', project: 'staging' }],
    },
    severity: 'action',
    summary: 'group orders: both tasks are ready for the cut-over',
    consoleUrl: '',
  },
  'dcs.group.ready',
);

function problemOf(filter: unknown): string | undefined {
  return filterSchema.safeParse(filter).error?.issues[0]?.message;
}

describe('without a filter', () => {
  test('every event passes', () => {
    for (const event of [CHANGED, FAILING, ALL_FAILING]) {
      expect(passes(event, undefined)).toBe(true);
      expect(passes(event, {})).toBe(true);
    }
  });
});

describe('a filter', () => {
  test.each([
    [{ events: ['migration.status_changed'] }, true],
    [{ events: ['watch.failing', 'watch.restored'] }, false],
    [{ to: ['incremental'] }, true],
    [{ to: ['INCRMIGEATING'] }, true],
    [{ to: ['INCRMIGRATING'] }, true],
    [{ to: ['full', 'SUCCESS'] }, false],
    [{ severity: ['action', 'failure'] }, true],
    [{ severity: ['info'] }, false],
    [{ projects: ['prod'] }, true],
    [{ projects: [TASK.projectId] }, true],
    [{ projects: ['test'] }, false],
    [{ labels: { team: 'orders' } }, true],
    [{ labels: { team: 'orders', tier: '1' } }, false],
    [{ labels: { toString: 'x' } }, false],
    [{ labels: {} }, true],
    [{ to: ['incremental'], severity: ['action'], projects: ['prod'] }, true],
    [{ to: ['incremental'], severity: ['action'], projects: ['test'] }, false],
  ])('%j lets a change to incremental pass: %s', (filter, expected) => {
    expect(passes(CHANGED, filterSchema.parse(filter))).toBe(expected);
  });

  test('for statuses keeps events away that have none', () => {
    expect(passes(FAILING, filterSchema.parse({ to: ['failed', 'unknown'] }))).toBe(false);
  });

  test('for projects accepts events about a whole project, one for labels does not', () => {
    expect(passes(ALL_FAILING, filterSchema.parse({ projects: ['prod'] }))).toBe(true);
    expect(passes(ALL_FAILING, filterSchema.parse({ projects: [TASK.projectId] }))).toBe(true);
    expect(passes(ALL_FAILING, filterSchema.parse({ projects: ['test'] }))).toBe(false);
    expect(passes(ALL_FAILING, filterSchema.parse({ labels: { team: 'orders' } }))).toBe(false);
  });

  test('for groups lets only events about one of them pass', () => {
    for (const [groups, expected] of [
      [['orders'], true],
      [['users', 'orders'], true],
      [['users'], false],
      [['Orders'], false],
    ] as const) {
      expect(passes(GROUP_READY, filterSchema.parse({ groups }))).toBe(expected);
    }
    for (const event of [CHANGED, FAILING, ALL_FAILING]) {
      expect(passes(event, filterSchema.parse({ groups: ['orders'] }))).toBe(false);
    }
  });

  test.each([
    [{ events: ['group.ready'] }, true],
    [{ events: ['migration.cutover_ready'] }, false],
    [{ severity: ['action'] }, true],
    [{ projects: ['prod'] }, true],
    [{ projects: ['staging', 'elsewhere'] }, true],
    [{ projects: ['elsewhere'] }, false],
    [{ groups: ['orders'], projects: ['staging'] }, true],
    [{ groups: ['orders'], projects: ['elsewhere'] }, false],
    [{ labels: { team: 'orders' } }, false],
    [{ to: ['incremental'] }, false],
  ])('%j lets an event about a group with members of prod and staging pass: %s', (filter, expected) => {
    expect(passes(GROUP_READY, filterSchema.parse(filter))).toBe(expected);
  });

  test('reads nothing but the event', () => {
    const frozen = Object.freeze(eventOf({ ...CHANGE, severity: 'success' }));
    expect(passes(frozen, filterSchema.parse({ severity: ['success'] }))).toBe(true);
  });
});

describe('a mistyped filter', () => {
  test.each([
    [{ events: ['migration.statuschanged'] }, 'migration.status_changed'],
    [{ events: ['dcs.migration.gone'] }, 'expected one of migration.first_seen'],
    [{ to: ['incrmental'] }, 'expected one of creating'],
    [{ to: [5] }, 'expected one of creating'],
    [{ severity: ['warning'] }, 'expected one of info, action, success, failure'],
    [{ severity: [] }, 'at least one entry'],
    [{ groups: [] }, 'at least one entry'],
    [{ groups: [5] }, 'expected the name of a group'],
    [{ labels: { team: 5 } }, 'expected a text'],
  ])('%j is refused with what is possible', (filter, hint) => {
    expect(problemOf(filter)).toContain(hint);
  });

  test('of events is answered with the most likely type first, then all others', () => {
    const types = EVENT_TYPES.map((type) => type.slice('dcs.'.length));
    const all = `expected one of ${types.join(', ')}`;
    expect(problemOf({ events: ['dcs.migration.gone'] })).toBe(`did you mean migration.gone? ${all}`);
    expect(problemOf({ events: ['migration.cutoverReady'] })).toBe(
      `did you mean migration.cutover_ready? ${all}`,
    );
    expect(problemOf({ events: ['group.redy'] })).toBe(`did you mean group.ready? ${all}`);
    for (const unlike of ['everything', 5, null, 'x'.repeat(1e6)]) {
      expect(problemOf({ events: [unlike] })).toBe(all);
    }
  });

  test('may name a status that is not known yet', () => {
    expect(problemOf({ to: ['SOME_NEW_STATUS'] })).toBeUndefined();
  });
});
