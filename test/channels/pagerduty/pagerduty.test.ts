import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import type { EventData, EventType, MigrationEvent } from '../../../lib/events/event.ts';
import type { HttpClient, HttpRequest } from '../../../lib/http/client.ts';
import { channelSchema } from '../../support/channel-types.ts';
import {
  answering,
  CHANGE,
  channelAt,
  eventOf,
  FIRST_SEEN,
  NOW,
  PROJECT_FAILING,
  TASK,
  TASK_FAILING,
} from '../support.ts';

const KEY = '0123456789abcdef0123456789abcdef';
const SETTINGS = { type: 'pagerduty', routingKey: KEY };
const BASE = 'https://events.pagerduty.com';
const AT = '2026-01-05T02:12:00.000Z';
const SOURCE = `/huaweicloud/dcs/${TASK.region}/${TASK.projectId}/migration-tasks/${TASK.id}`;

const standing = (status: string, phase: NonNullable<EventData['to']>['phase']) => ({
  status,
  phase,
  since: AT,
});
const FULL = standing('FULLMIGRATING', 'full');
const REPLICATING = standing('INCRMIGEATING', 'incremental');
const FAILED_THEN = standing('MIGRATION_FAILED', 'failed');
const STOPPED = standing('TERMINATED', 'stopped');

const FAILED: EventData = {
  ...CHANGE,
  severity: 'failure',
  summary: 'migration1: migration failed',
  to: FAILED_THEN,
};
const DONE: EventData = { ...CHANGE, severity: 'success', summary: 'migration1: finished' };
const PLAIN: EventData = { severity: 'action', summary: 'migration1: x', task: TASK };
const GROUP: EventData = {
  severity: 'failure',
  summary: 'orders: failed',
  group: { name: 'orders', size: 1, projects: ['prod'], members: [] },
};
const RETRACTED = (type: EventType): EventData => ({
  ...GROUP,
  severity: 'action',
  group: { name: 'orders', size: 1, projects: [], members: [], retracts: { type, id: 'evt_1', reason: 'x' } },
});
const IN_STEP = { state: 'in step', words: 'in step' } as const;
const BEHIND = { state: 'behind', words: 'behind' } as const;

const pager = (settings: Record<string, unknown> = {}, http = answering({})) =>
  channelAt(BASE, { ...SETTINGS, ...settings }, http, 'baseUrl');

async function sent(events: readonly MigrationEvent[], settings: Record<string, unknown> = {}) {
  const requests: HttpRequest[] = [];
  const http: HttpClient = {
    ...answering({}),
    request: async (request) => {
      requests.push(request);
      return { status: 202, headers: {}, body: '{"status":"success"}', truncated: false, ms: 3 };
    },
  };
  const config = channelSchema.parse({ ...SETTINGS, ...settings });
  expect(config.type).toBe('pagerduty');
  const channel = await channelAt(BASE, { ...SETTINGS, ...settings }, http, 'baseUrl');
  for (const event of events) await channel.send({ events: [event], now: NOW });
  return requests.map(({ url, body = '' }) => ({ url: url.href, body: BODY.parse(JSON.parse(body)) }));
}

const BODY = z.looseObject({
  event_action: z.string(),
  dedup_key: z.string(),
  payload: z.optional(z.looseObject({ summary: z.string(), severity: z.string() })),
});

async function actionOf(data: EventData, type: EventType): Promise<string> {
  const event = eventOf(data, type);
  if (!(await pager()).accepts(event)) return 'nothing';
  const [request] = await sent([event]);
  return request?.body.event_action ?? 'nothing';
}

describe('a PagerDuty alert', () => {
  test('says what failed, where, and what is known of it', async () => {
    const [request] = await sent([eventOf(FAILED)]);
    expect(request).toEqual({
      url: 'https://events.pagerduty.com/v2/enqueue',
      body: {
        routing_key: KEY,
        event_action: 'trigger',
        dedup_key: SOURCE,
        client: 'dcs-migration-watch',
        client_url: CHANGE.consoleUrl,
        links: [{ href: CHANGE.consoleUrl, text: 'console' }],
        payload: {
          summary: 'migration1: migration failed',
          source: SOURCE,
          severity: 'critical',
          timestamp: AT,
          component: 'migration1',
          group: 'prod',
          class: 'dcs.migration.status_changed',
          custom_details: {
            Status: 'FULLMIGRATING (full) → MIGRATION_FAILED (failed)',
            'Source → target': 'dcs-test (192.168.1.2:6379) → test-instance (192.168.1.3:6379)',
            Project: 'prod (cn-north-4)',
            'Previous phase': 'full, for 2 h 2 min',
            Event: `task ${TASK.id} · event 7 · 2026-01-05 02:12 UTC`,
          },
        },
      },
    });
  });

  test('is closed with its key alone', async () => {
    const [request] = await sent([eventOf(DONE)]);
    expect(request?.body).toEqual({ routing_key: KEY, event_action: 'resolve', dedup_key: SOURCE });
  });

  test('is less than critical where somebody should act, and none to get up for in a drill', async () => {
    const stalled = eventOf(
      { ...PLAIN, standing: FULL, stall: { kind: 'no progress', since: AT } },
      'dcs.migration.stalled',
    );
    const drill: MigrationEvent = { ...eventOf(FAILED), drill: true };
    const [action, played] = await sent([stalled, drill]);
    expect(action?.body.payload?.severity).toBe('error');
    expect(played?.body.payload).toMatchObject({
      severity: 'info',
      summary: 'DRILL · migration1: migration failed',
    });
    expect(played?.body.dedup_key).toBe(`/drill${SOURCE}`);
  });

  test('keeps what happened when a name is too long for a summary', async () => {
    const name = '😀'.repeat(2000);
    const [request] = await sent([
      eventOf({ ...FAILED, summary: `${name}: migration failed`, task: { ...TASK, name } }),
    ]);
    expect(request?.body.payload?.summary.length).toBeLessThanOrEqual(1024);
    expect(request?.body.payload?.summary).toMatch(/…: migration failed$/);
  });

  test('goes to another region or relay, whose path and query stay', async () => {
    const requests: string[] = [];
    const http: HttpClient = {
      ...answering({}),
      request: async ({ url }) => {
        requests.push(url.href);
        return { status: 202, headers: {}, body: '{"status":"success"}', truncated: false, ms: 3 };
      },
    };
    for (const base of ['https://events.eu.pagerduty.com/', 'https://relay.example/pd/?t=1']) {
      await (await channelAt(base, SETTINGS, http, 'baseUrl')).send({ events: [eventOf(FAILED)], now: NOW });
    }
    expect(requests).toEqual([
      'https://events.eu.pagerduty.com/v2/enqueue',
      'https://relay.example/pd/v2/enqueue?t=1',
    ]);
  });
});

describe('the effect of an event on a pager', () => {
  const stall = { kind: 'no progress', since: AT } as const;
  test.each<[what: string, type: EventType, data: EventData, expected: string]>([
    ['a failure', 'dcs.migration.status_changed', FAILED, 'trigger'],
    [
      'a task first seen failed',
      'dcs.migration.first_seen',
      { ...FIRST_SEEN, severity: 'failure' },
      'trigger',
    ],
    ['a deleted task', 'dcs.migration.gone', { ...PLAIN, from: FULL }, 'trigger'],
    [
      'the deletion of a task that had ended',
      'dcs.migration.gone',
      { ...PLAIN, severity: 'info' },
      'nothing',
    ],
    ['a stall', 'dcs.migration.stalled', { ...PLAIN, stall, standing: FULL }, 'trigger'],
    [
      'a fall-back',
      'dcs.migration.regressed',
      { ...PLAIN, resynchronisations: 1, standing: FULL },
      'trigger',
    ],
    ['looks that fail', 'dcs.watch.failing', TASK_FAILING, 'trigger'],
    ['a project out of sight', 'dcs.watch.failing', PROJECT_FAILING, 'trigger'],
    ['looks that fail, however grave', 'dcs.watch.failing', { ...TASK_FAILING, severity: 'info' }, 'trigger'],
    ['a failed group', 'dcs.group.failed', GROUP, 'trigger'],
    ['a success', 'dcs.migration.status_changed', DONE, 'resolve'],
    ['a task that moves again', 'dcs.migration.resumed', { ...PLAIN, severity: 'info', stall }, 'resolve'],
    ['looks that work again', 'dcs.watch.restored', { ...TASK_FAILING, severity: 'info' }, 'resolve'],
    [
      'the stop of a replication in step',
      'dcs.migration.status_changed',
      { ...CHANGE, severity: 'info', from: REPLICATING, to: STOPPED, lastFigures: IN_STEP },
      'resolve',
    ],
    [
      'a stop that was not in step',
      'dcs.migration.status_changed',
      { ...CHANGE, severity: 'action', from: REPLICATING, to: STOPPED },
      'nothing',
    ],
    [
      'a stop in step that somebody must see to',
      'dcs.migration.status_changed',
      { ...CHANGE, severity: 'action', from: REPLICATING, to: STOPPED, lastFigures: IN_STEP },
      'nothing',
    ],
    [
      'a stop of which no figures are known',
      'dcs.migration.status_changed',
      { ...CHANGE, severity: 'info', from: REPLICATING, to: STOPPED },
      'nothing',
    ],
    [
      'a stop of a replication that was behind',
      'dcs.migration.status_changed',
      { ...CHANGE, severity: 'info', from: REPLICATING, to: STOPPED, lastFigures: BEHIND },
      'nothing',
    ],
    [
      'a change in step that is no end',
      'dcs.migration.status_changed',
      { ...CHANGE, severity: 'info', from: FULL, to: REPLICATING, lastFigures: IN_STEP },
      'nothing',
    ],
    [
      'a change from one end to another',
      'dcs.migration.status_changed',
      { ...CHANGE, severity: 'info', from: FAILED_THEN, to: STOPPED },
      'nothing',
    ],
    [
      'a change to what is not known',
      'dcs.migration.status_changed',
      { ...PLAIN, severity: 'info', from: FAILED_THEN, lastFigures: IN_STEP },
      'nothing',
    ],
    [
      'a change from what is not known',
      'dcs.migration.status_changed',
      { ...PLAIN, severity: 'info', to: FULL },
      'nothing',
    ],
    [
      'a new run after a failure',
      'dcs.migration.status_changed',
      { ...CHANGE, from: FAILED_THEN, to: FULL },
      'resolve',
    ],
    ['a failed group that is none', 'dcs.group.retracted', RETRACTED('dcs.group.failed'), 'resolve'],
    ['a group that is no longer ready', 'dcs.group.retracted', RETRACTED('dcs.group.ready'), 'nothing'],
    ['a group that retracts nothing', 'dcs.group.retracted', { ...GROUP, severity: 'action' }, 'nothing'],
    ['the retraction of no group', 'dcs.group.retracted', PLAIN, 'nothing'],
    ['a change', 'dcs.migration.status_changed', CHANGE, 'nothing'],
    ['a task first seen', 'dcs.migration.first_seen', FIRST_SEEN, 'nothing'],
    ['readiness', 'dcs.migration.cutover_ready', PLAIN, 'nothing'],
    ['a call that fails beside the looks', 'dcs.watch.degraded', PROJECT_FAILING, 'nothing'],
    ['a broken channel', 'dcs.watch.channel_broken', { severity: 'action', summary: 'x' }, 'nothing'],
  ])('of %s (%s)', async (_what, type, data, expected) => {
    expect(await actionOf(data, type)).toBe(expected);
  });

  test('is none if it was left over from a channel of another type: a dead letter shows it', async () => {
    const outcome = await (await pager()).send({ events: [eventOf(CHANGE)], now: NOW });
    expect(outcome).toEqual({
      class: 'permanent',
      reason: 'this event is not one for PagerDuty',
      explanation: { what: [{ code: 'not_for_pagerduty' }] },
      ms: 0,
    });
  });
});

describe('the key of an alert', () => {
  const keyOf = async (data: EventData, type: EventType = 'dcs.migration.status_changed') =>
    (await sent([eventOf(data, type)]))[0]?.body.dedup_key;

  test('is the same for all that happens to a task', async () => {
    const keys = await sent([
      eventOf(FAILED),
      eventOf({ ...CHANGE, from: FAILED_THEN, to: FULL }),
      eventOf(DONE),
    ]);
    expect(new Set(keys.map(({ body }) => body.dedup_key))).toEqual(new Set([SOURCE]));
  });

  test('is another for looks at the task, so that looks that work again close no failure', async () => {
    const failing = await keyOf(TASK_FAILING, 'dcs.watch.failing');
    expect(failing).toBe(`${SOURCE}#looks`);
    expect(await keyOf({ ...TASK_FAILING, severity: 'info' }, 'dcs.watch.restored')).toBe(failing);
  });

  test('of looks at a project is that of the project', async () => {
    expect(await keyOf(PROJECT_FAILING, 'dcs.watch.failing')).toBe(SOURCE);
  });

  test('is as it is up to 255 characters, and a digest beyond', async () => {
    const sources = [255, 256].map((length) => `/${'x'.repeat(length - 1)}`);
    const keys = await sent(sources.map((source) => ({ ...eventOf(FAILED), source })));
    expect(keys.map(({ body }) => body.dedup_key)).toEqual([
      sources[0],
      expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    ]);
  });

  test('is short enough, and still one of its own, for the longest names', async () => {
    const event = (name: string): MigrationEvent => ({
      ...eventOf(GROUP, 'dcs.group.failed'),
      source: `/dcs-migration-watch/groups/${name}`,
    });
    const keys = await sent([event('x'.repeat(400)), event(`${'x'.repeat(399)}y`)]);
    for (const { body } of keys) expect(body.dedup_key.length).toBeLessThanOrEqual(255);
    expect(new Set(keys.map(({ body }) => body.dedup_key)).size).toBe(2);
  });
});

describe('the filter of a pager', () => {
  const failuresOf = async (when: object) => {
    const channel = await pager({ when });
    return {
      stalled: channel.accepts(eventOf({ ...PLAIN, standing: FULL }, 'dcs.migration.stalled')),
      failed: channel.accepts(eventOf(FAILED)),
      done: channel.accepts(eventOf(DONE)),
    };
  };

  test('decides what opens an alert, and lets pass what closes it', async () => {
    expect(await failuresOf({ severity: ['failure'] })).toEqual({ stalled: false, failed: true, done: true });
    expect(await failuresOf({ events: ['migration.stalled'] })).toEqual({
      stalled: true,
      failed: false,
      done: true,
    });
    expect(await failuresOf({ to: ['failed'] })).toEqual({ stalled: false, failed: true, done: true });
  });

  test('keeps other projects away in any case', async () => {
    expect(await failuresOf({ projects: ['other'] })).toEqual({ stalled: false, failed: false, done: false });
  });
});

describe('the settings of a pager', () => {
  const problemsOf = (settings: object) =>
    (channelSchema.safeParse({ ...SETTINGS, ...settings }).error?.issues ?? []).map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    );

  test('need a routing key, which is a secret, and nothing else', () => {
    expect(problemsOf({})).toEqual([]);
    expect(JSON.stringify(channelSchema.parse(SETTINGS))).not.toContain(KEY);
    expect(problemsOf({ routingKey: '' })).toEqual([
      expect.stringContaining('routingKey: expected the integration key'),
    ]);
    expect(problemsOf({ routingKey: `${KEY}\n` })).toHaveLength(1);
  });

  test('refuse an address that must not be connected to, unless allowInsecure permits it', () => {
    expect(problemsOf({ baseUrl: 'http://127.0.0.1:1/secret' })).toEqual([
      'baseUrl: must be https (set allowInsecure: true to permit it)',
    ]);
    expect(problemsOf({ baseUrl: 'http://127.0.0.1:1', allowInsecure: true })).toEqual([]);
  });
});

test('a wrong routing key is reported, but is not in the outcome', async () => {
  const body =
    '{"status":"invalid event","message":"Event object is invalid","errors":["Invalid routing key"]}';
  const outcome = await (await pager({}, answering({ status: 400, body }))).send({
    events: [eventOf(FAILED)],
    now: NOW,
  });
  expect(outcome).toMatchObject({
    class: 'broken',
    reason: expect.stringContaining('the routing key was refused; copy it again'),
  });
  expect(JSON.stringify(outcome)).not.toContain(KEY);
});
