import { describe, expect, it } from 'vitest';
import { detect } from '../../../lib/migration/detect/detect.ts';
import type { Enrichment } from '../../../lib/migration/model/enrichment.ts';
import type { Watch } from '../../../lib/migration/model/watch.ts';
import {
  detectAll,
  failed,
  found,
  IN_STEP,
  type MadeLook,
  minute,
  missing,
  seen,
  WATCH,
} from '../support.ts';

/** The task of the documented example. */
const TASK = {
  migrationType: 'online_migration',
  migrationMethod: 'incremental_migration',
  source: { id: 'not shown in events', name: 'dcs-test', address: '192.168.1.2:6379' },
  target: { name: 'test-instance', address: '192.168.1.3:6379' },
};

describe('the documented example of an event', () => {
  it('is exactly what its change makes', () => {
    const before = detectAll([seen('FULLMIGRATING', TASK)]);
    const record = { ...found(before.record), eventCount: 6 };
    // Two hours and a bit later, as in the example.
    const { events } = detectAll([seen('INCRMIGEATING', TASK)], { record, minute: 121 + 49 / 60 });
    const { id, ...event } = found(events[0]);

    expect(events).toHaveLength(1);
    expect(id).toMatch(/^evt_[0-9a-f]{24}$/);
    expect(JSON.parse(JSON.stringify(event))).toStrictEqual({
      specversion: '1.0',
      type: 'dcs.migration.status_changed',
      source:
        '/huaweicloud/dcs/cn-north-4/254d2280acb74d36a8b839746bcd7352/migration-tasks/a276c1ffa0a54c2597fc824b917db317',
      subject: 'a276c1ffa0a54c2597fc824b917db317',
      time: '2026-01-05T02:12:00.000Z',
      datacontenttype: 'application/json',
      sequence: '1767579120',
      severity: 'action',
      phase: 'incremental',
      data: {
        task: {
          id: 'a276c1ffa0a54c2597fc824b917db317',
          name: 'migration1',
          projectId: '254d2280acb74d36a8b839746bcd7352',
          project: 'prod',
          region: 'cn-north-4',
          migrationType: 'online_migration',
          migrationMethod: 'incremental_migration',
          source: { name: 'dcs-test', address: '192.168.1.2:6379' },
          target: { name: 'test-instance', address: '192.168.1.3:6379' },
          labels: {},
        },
        from: { status: 'FULLMIGRATING', phase: 'full', since: '2026-01-05T00:10:11.000Z' },
        to: { status: 'INCRMIGEATING', phase: 'incremental', since: '2026-01-05T02:12:00.000Z' },
        transition: 'full_finished',
        severity: 'action',
        number: 7,
        summary: 'migration1: full synchronisation finished, incremental replication started',
        consoleUrl: 'https://console.huaweicloud.com/dcs/?region=cn-north-4',
      },
    });
  });
});

describe('the data of an event', () => {
  const FULL = seen('FULLMIGRATING');

  it('of a task first seen: its status, and no earlier one', () => {
    const [event] = detectAll([FULL]).events;
    expect(event?.type).toBe('dcs.migration.first_seen');
    expect(event?.data).toMatchObject({
      severity: 'info',
      summary: 'migration1: now watched, status FULLMIGRATING (full)',
      to: { status: 'FULLMIGRATING', phase: 'full', since: minute(0).toISOString() },
    });
    expect(event?.data).not.toHaveProperty('from');
  });

  it.each<[status: string, severity: string, summary: string]>([
    [
      'INCRMIGEATING',
      'action',
      'migration1: the task no longer exists (last status INCRMIGEATING): it disappeared with the target state unknown',
    ],
    ['RUNNING', 'action', 'migration1: the task no longer exists (last status RUNNING)'],
    ['SUCCESS', 'info', 'migration1: the task was deleted after it had ended (last status SUCCESS)'],
    ['FAILED', 'info', 'migration1: the task was deleted after it had ended (last status FAILED)'],
  ])('of a task gone from %s: the severity is %s', (status, severity, summary) => {
    const { events } = detectAll([seen(status), missing, missing]);
    expect(events[1]?.type).toBe('dcs.migration.gone');
    expect(events[1]?.data).toMatchObject({
      from: { status },
      to: { status: 'DELETED', phase: 'gone', since: minute(2).toISOString() },
      severity,
      summary,
    });
  });

  it('of a failing watch: the reason, facts, and no statuses', () => {
    const [, event] = detectAll([FULL, failed(), failed(), failed('throttled')]).events;
    expect(event?.type).toBe('dcs.watch.failing');
    expect(event?.data).toMatchObject({
      reason: 'throttled',
      detail: 'HTTP 503: throttled.',
      severity: 'action',
      summary: 'migration1: cannot be watched: 3 looks in a row failed (throttled)',
      task: { id: WATCH.taskId, name: 'migration1' },
    });
    expect(event?.data).not.toHaveProperty('from');
    expect(event?.data).not.toHaveProperty('to');
  });

  it('of a task never seen: advice to check its id', () => {
    const [event] = detectAll([missing, missing, missing]).events;
    expect(event?.type).toBe('dcs.watch.failing');
    expect(event?.data).toMatchObject({
      reason: 'not found',
      detail: 'HTTP 400 DCS.4133: there is no such task. Check the task id and its project.',
      summary: `${WATCH.taskId}: cannot be watched: 3 looks in a row failed (not found)`,
      task: { id: WATCH.taskId, name: WATCH.taskId },
    });
  });

  it('of a restored watch: since when looks failed, and why', () => {
    const restored = detectAll([FULL, failed(), failed(), failed(), FULL]).events.at(-1);
    expect(restored?.type).toBe('dcs.watch.restored');
    expect(restored?.data).toMatchObject({
      reason: 'unreachable',
      detail: 'Looks had been failing since 2026-01-05 00:11 UTC. Changes in between are reported as one.',
      severity: 'info',
      summary: 'migration1: watched again (was: unreachable)',
    });
  });

  it.each<[rule: string, looks: MadeLook[], summary: string]>([
    [
      'a stop is rated by the work that was seen before it began',
      [FULL, seen('INCRMIGEATING'), seen('TERMINATING'), seen('TERMINATED')],
      'migration1: incremental replication stopped in step, the normal end of an online migration',
    ],
    [
      'a stop during the full synchronisation is no normal end',
      [FULL, seen('TERMINATING'), seen('TERMINATED')],
      'migration1: stopped before the full synchronisation was seen to finish',
    ],
    [
      'a stop after a failure is not called the normal end',
      [seen('INCRMIGEATING'), seen('FAILED'), seen('TERMINATED')],
      'migration1: stopped',
    ],
    [
      'a stop is not rated by the work of an earlier run',
      [seen('INCRMIGEATING'), seen('SUCCESS'), seen('RUNNING'), seen('TERMINATED')],
      'migration1: stopped',
    ],
    [
      'a full synchronisation after an incremental one is a step back, even after an unknown status',
      [seen('INCRMIGEATING'), seen('RECONNECTING'), FULL],
      'migration1: fell back from incremental replication to a full synchronisation',
    ],
    [
      'a full synchronisation after a stop is a new run',
      [seen('INCRMIGEATING'), seen('TERMINATED'), FULL],
      'migration1: restarted after it had been stopped: full synchronisation is running',
    ],
    [
      'a whole migration between two looks is not overlooked',
      [seen('RUNNING'), seen('SUCCESS')],
      'migration1: migration finished (not observed: full)',
    ],
    [
      'a rolled-back IP switch is not announced as success',
      [
        seen('INCRMIGEATING'),
        seen('INCRMIGEATING', { taskStatus: 'EXCHANGING' }),
        seen('SUCCESS', { taskStatus: 'ROLLBACK_SUCCESS' }),
      ],
      'migration1: IP switch rolled back (although the status says success)',
    ],
    [
      'a task that comes back is found again',
      [FULL, missing, missing, seen('INCRMIGEATING')],
      'migration1: found again: incremental replication is running',
    ],
  ])('%s', (_rule, looks, summary) => {
    const changes = detectAll(looks, { enrichment: IN_STEP })
      .updates.at(-1)
      ?.events.filter(({ type }) => type === 'dcs.migration.status_changed');
    expect(changes?.map(({ data }) => data.summary)).toEqual([summary]);
  });
});

describe('the first event of a task that was discovered', () => {
  const discovered: Watch = { ...WATCH, discoveredBy: 'prod' };
  const listed = { kind: 'known', value: { taskId: WATCH.taskId } } as const;
  const denied = { kind: 'denied', detail: 'HTTP 403' } as const;

  it.each<[string, Enrichment, string]>([
    ['RUNNING', {}, 'info'],
    ['TERMINATED', {}, 'info'],
    ['SUCCESS', { listed }, 'success'],
    ['SUCCESS', { listed: denied }, 'action'],
    ['FAILED', { listed }, 'failure'],
  ])('at %s with %j has the severity %s, because its status is new', (status, enrichment, severity) => {
    const update = detect(undefined, seen(status), { watch: discovered, now: minute(0), enrichment });
    expect(update?.events.map(({ data }) => data.severity)).toEqual([severity]);
  });

  it('that could not be checked is followed by a success as soon as that is checked', () => {
    const first = detect(undefined, seen('SUCCESS'), {
      watch: discovered,
      now: minute(0),
      enrichment: { listed: denied },
    });
    const next = detect(first?.stream, seen('SUCCESS'), {
      watch: discovered,
      now: minute(1),
      enrichment: { listed },
    });
    expect(next?.events[0]?.data).toMatchObject({
      severity: 'success',
      summary: 'migration1: migration finished, now confirmed',
    });
  });
});

describe('the name of a task in events', () => {
  const named: Watch = { ...WATCH, name: 'orders cache', labels: { team: 'orders', constructor: 'acme' } };
  const looks = [seen('FULLMIGRATING'), seen('SUCCESS'), failed(), failed(), failed(), seen('FAILED')];

  it('is that of the configuration, with its labels, in every event', () => {
    const { events } = detectAll(looks, { watch: named });
    expect(events).toHaveLength(5);
    for (const { data } of events) {
      expect(data.task).toMatchObject({ name: 'orders cache', labels: named.labels });
      expect(data.summary).toMatch(/^orders cache: /);
    }
  });

  it('is otherwise the one that the service gives it at that look', () => {
    const { events } = detectAll([seen('FULLMIGRATING'), seen('SUCCESS', { name: 'renamed' })]);
    expect(events.map(({ data }) => data.task?.name)).toEqual(['migration1', 'renamed']);
  });

  it('is otherwise its id', () => {
    const nameless: MadeLook = { kind: 'seen', observation: { status: 'FULLMIGRATING' } };
    const { events } = detectAll([nameless, missing, missing]);
    expect(events.map(({ data }) => data.task?.name)).toEqual([WATCH.taskId, WATCH.taskId]);
  });

  it('is the last one that was seen when a look failed', () => {
    const { events } = detectAll([seen('FULLMIGRATING'), missing, missing]);
    expect(events.at(-1)?.data.task?.name).toBe('migration1');
  });

  it('comes without fields that were not seen', () => {
    const task = found(detectAll([missing, missing, missing]).events[0]).data.task;
    expect(Object.keys(found(task))).toEqual(['id', 'name', 'projectId', 'project', 'region', 'labels']);
  });
});
