import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DcsClient } from '../../lib/dcs/client.ts';
import type { CallResult } from '../../lib/migration/model/enrichment.ts';
import {
  dcsError,
  gatewayError,
  json,
  realisticAnswer,
  SIMULATED_PASSWORDS,
  text,
} from '../../lib/simulator/answers.ts';
import { FAULT_NAMES, type FaultName } from '../../lib/simulator/faults.ts';
import { SAMPLES } from './samples.ts';
import { accessTo, cannedClient, cannedHttp, expectNoSecret, openStage, type Stage } from './stage.ts';

const TASK = '91d4c7aa-6b3f-4e18-a2c5-07f9e4b8d613';
const NEVER = Number.POSITIVE_INFINITY;

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  stage.simulator.setTask(TASK, realisticAnswer('FULLMIGRATING'));
});
afterEach(() => stage.simulator.clearFaults());
afterAll(() => stage.close());

const KINDS = ['list', 'stats', 'logs'] as const;
type Kind = (typeof KINDS)[number];

function call(
  client: DcsClient,
  kind: Kind,
  access = stage.access,
  taskId = TASK,
): Promise<CallResult<unknown>> {
  return kind === 'list' ? client.list(access, NEVER) : client[kind](access, taskId, NEVER);
}

describe('the list', () => {
  it('has every task with its error, and only fields that may be shown', async () => {
    const { simulator } = stage;
    const failed = 'a276c1ffa0a54c2597fc824b917db317';
    const imported = '8aa6999e7d10a4c2017d5b9e0f3377c5';
    simulator.setTask(failed, realisticAnswer('FAILED', { task_name: 'sessions' }));
    simulator.setListed(failed, {
      error_message: `Cannot log in to redis://default:${SIMULATED_PASSWORDS[0]}@192.168.1.2:6379\n(masterauth ${SIMULATED_PASSWORDS[1]})`,
      password: SIMULATED_PASSWORDS[0],
    });
    simulator.setTask(
      imported,
      realisticAnswer('RELEASED', { source_instance: null, backup_files: { bucket_name: 'backups' } }),
    );
    const listed = await stage.client().list(stage.access, NEVER);
    expect(listed).toMatchObject({ kind: 'known', value: [{ taskId: TASK }, { taskId: failed }, {}] });
    expectNoSecret(listed);
    expect(listed.kind === 'known' && listed.value.slice(1)).toEqual([
      {
        taskId: failed,
        name: 'sessions',
        status: 'FAILED',
        migrationType: 'online_migration',
        migrationMethod: 'incremental_migration',
        createdAt: '2026-01-05T02:10:11.508Z',
        errorMessage: 'Cannot log in to ***@192.168.1.2:6379 (masterauth ***',
        source: {
          id: '7c1f0f3a-52f1-49a8-9b1c-2f7b6d0e9a11',
          name: 'orders-old',
          address: '192.168.1.2:6379',
        },
        target: {
          id: '7c1f0f3a-52f1-49a8-9b1c-2f7b6d0e9a11',
          name: 'orders-new',
          address: '192.168.1.31:6379',
        },
        migrationIp: '192.168.1.77',
      },
      expect.objectContaining({
        taskId: imported,
        releasedAt: '202601051024',
        source: { address: 'backups' },
      }),
    ]);
    for (const id of [failed, imported]) simulator.setTask(id, null);
  });

  it('lacks a deleted task, though its detail call says SUCCESS', async () => {
    const { simulator, access } = stage;
    simulator.setTask('deleted', realisticAnswer('SUCCESS'));
    simulator.setListed('deleted', null);
    const client = stage.client();
    expect(await client.look(access, 'deleted', NEVER)).toMatchObject({ observation: { status: 'SUCCESS' } });
    expect(await client.list(access, NEVER)).toMatchObject({ kind: 'known', value: [{ taskId: TASK }] });
    simulator.setTask('deleted', null);
  });
});

describe('the figures', () => {
  it('are the same in every form: strings beside a boolean, numbers, or strings alone', async () => {
    const { simulator, access } = stage;
    const figures = {
      progressPercent: 40,
      offset: 7,
      sourceKeys: 120_034,
      targetKeys: 48_013,
      inputKbps: 12,
    };
    for (const form of ['typed', 'numbers', 'strings'] as const) {
      simulator.setStats(TASK, { offset: 7 }, form);
      const known = { kind: 'known', value: { ...figures, opsPerSecond: 830, isMigrating: true } };
      expect(await stage.client().stats(access, TASK, NEVER)).toEqual(known);
    }
  });
});

describe('the log', () => {
  it('has its errors, the newest first, without passwords', async () => {
    const { simulator, access } = stage;
    const line = (second: number, level: string, message: string) => ({
      created_at: `2023-05-15T09:12:0${second}.001Z`,
      log_level: level,
      message,
      log_code: 'LOG.0002',
      keyword: ['192.168.1.2:6379', `password=${SIMULATED_PASSWORDS[0]}`],
    });
    simulator.setLogs(TASK, [
      line(1, 'ERROR', 'Connection refused.'),
      line(2, 'INFO', 'Trying again.'),
      line(3, 'ERROR', `AUTH default ${SIMULATED_PASSWORDS[1]} was refused.`),
    ]);
    const logs = await stage.client().logs(access, TASK, NEVER);
    expectNoSecret(logs);
    const common = { level: 'ERROR', code: 'LOG.0002', keywords: ['192.168.1.2:6379', 'password=***'] };
    expect(logs).toEqual({
      kind: 'known',
      value: [
        { ...common, at: '2023-05-15T09:12:03.001Z', message: 'AUTH *** was refused.' },
        { ...common, at: '2023-05-15T09:12:01.001Z', message: 'Connection refused.' },
      ],
    });
  });
});

describe('a secret that the request carried', () => {
  it('is masked where an error message or a log repeats it', async () => {
    const { simulator, access } = stage;
    const echo = `sent with ${access.credentials.securityToken?.reveal()}, refused`;
    simulator.setListed(TASK, { error_message: echo });
    simulator.setLogs(TASK, [{ log_level: 'ERROR', message: echo }]);
    const client = stage.client();
    const masked = 'sent with ***, refused';
    expect(await client.list(access, NEVER)).toMatchObject({ value: [{ errorMessage: masked }] });
    expect(await client.logs(access, TASK, NEVER)).toMatchObject({ value: [{ message: masked }] });
  });
});

describe('a task that does not exist', () => {
  it.each(['stats', 'logs'] as const)('is missing to %s', async (kind) => {
    const detail = expect.stringMatching(/^HTTP 400 DCS\.4133: there is no such task/);
    const answer = await call(stage.client(), kind, stage.access, 'a276c1ffa0a54c2597fc824b917db317');
    expect(answer).toMatchObject({ kind: 'missing', detail });
  });
});

describe('a permission that the key lacks', () => {
  it.each([
    ['list', 'dcs:migrationTask:list'],
    ['stats', 'the permission for it \\(probably dcs:migrationTask:get; no document names it\\)'],
    ['logs', 'dcs:migrationTask:get'],
  ] as const)('for %s is named as the one to grant, and all other calls go on', async (kind, permission) => {
    const { simulator, access } = stage;
    simulator.deny(kind);
    const client = stage.client();
    const answer = await call(client, kind);
    expect(answer).toMatchObject({
      kind: 'denied',
      detail: expect.stringMatching(
        `^HTTP 403 DCS\\.2007: the access key has no permission to .*\\. Grant ${permission} on this`,
      ),
    });
    for (const other of KINDS) {
      expect((await call(client, other)).kind).toBe(other === kind ? 'denied' : 'known');
    }
    expect((await client.look(access, TASK, NEVER)).kind).toBe('seen');
    simulator.allow(kind);
    expect((await call(client, kind)).kind).toBe('known');
  });

  it('for the look itself does not affect the other calls', async () => {
    stage.simulator.deny('show');
    const client = stage.client();
    expect(await client.look(stage.access, TASK, NEVER)).toMatchObject({
      kind: 'failed',
      reason: 'not authorised',
      detail: expect.stringContaining('Grant dcs:migrationTask:get'),
    });
    for (const kind of KINDS) expect((await call(client, kind)).kind).toBe('known');
    stage.simulator.allow('show');
  });
});

describe('a 403', () => {
  it.each([
    [dcsError(403, 'DCS.4133', 'x'), { kind: 'missing' }],
    [dcsError(403, 'DCS.4070', 'x'), { kind: 'failed', reason: 'not found' }],
    [gatewayError(403, '0308', 'x'), { kind: 'failed', reason: 'throttled' }],
    [gatewayError(403, '0301', 'x'), { kind: 'failed', reason: 'not authorised', cooldownMs: 300_000 }],
    [gatewayError(403, '0310', 'x'), { kind: 'failed', reason: 'not authorised' }],
    [text(403, 'text/html', '<html></html>'), { kind: 'failed', reason: 'unreachable' }],
    [gatewayError(403, '0306', 'x'), { kind: 'denied' }],
    [dcsError(403, 'DCS.3002', 'x'), { kind: 'denied' }],
  ])('with another cause than a missing permission means that cause: $body', async (reply, meaning) => {
    const client = cannedClient(cannedHttp(reply));
    expect(await call(client, 'stats', accessTo(new URL('https://dcs.example')))).toMatchObject(meaning);
  });
});

const DENIALS: ReadonlySet<FaultName> = new Set([
  'policy denies',
  'identity policy denies',
  'user on black list',
]);
const NOT_HERE: ReadonlySet<FaultName> = new Set(['closed on reuse']);
const FAULTS = FAULT_NAMES.filter((name) => !NOT_HERE.has(name));

describe.each(KINDS)('every fault, met by %s,', (kind) => {
  it.each(FAULTS)('means what it means for a look: "%s"', async (name) => {
    const { simulator, access } = stage;
    // Twice each, because a request that breaks on a kept-alive connection is repeated at once.
    simulator.fault(name, 2, 'show');
    // Only what drips is to meet its time-out, however busy the machine is.
    const client = () => stage.client(name === 'drip' ? 1000 : 60_000);
    const look = await client().look(access, TASK, NEVER);
    const fired = simulator.fired[name] ?? 0;
    simulator.fault(name, 2, kind);
    const answer = await call(client(), kind);
    expect(simulator.fired[name]).toBeGreaterThan(fired);
    expectNoSecret(answer);
    const detail = 'detail' in answer ? answer.detail : '';
    expect(detail).toMatch(/^[\x20-\x7e]{1,600}$/);

    if (DENIALS.has(name)) expect(answer.kind).toBe('denied');
    else if (look.kind === 'missing')
      expect(answer.kind).toBe(meansMissing(name, kind) ? 'missing' : 'failed');
    else if (look.kind === 'seen')
      expect(answer).toMatchObject({ kind: 'failed', reason: 'unreadable answer' });
    else expect(factsOf(answer)).toEqual(factsOf(look));
  });
});

/** That a status says so is the detail call's own; of a list nothing can be missing. */
function meansMissing(name: FaultName, kind: Kind): boolean {
  return kind !== 'list' && name !== 'task deleted';
}

function factsOf(result: { kind: string; reason?: string; cooldownMs?: number }): object {
  return { kind: result.kind, reason: result.reason, cooldownMs: result.cooldownMs };
}

describe('samples of the documentation', () => {
  const EXPECTED: Readonly<Record<Kind, RegExp>> = {
    list: /^list-(?:empty|two-tasks)$/,
    stats: /^stats-(?:numbers|strings)$/,
    logs: /^logs$/,
  };

  it.each(SAMPLES.flatMap((sample) => KINDS.map((kind) => ({ kind, ...sample }))))(
    '$name, answered to $kind: known where it belongs, else a named refusal, and no password',
    async ({ kind, name, status, headers, body }) => {
      const next = json(200, { count: 2, migration_tasks: [] });
      const client = cannedClient(cannedHttp({ status, headers, body }, next));
      const answer = await call(client, kind, accessTo(new URL('https://dcs.example')));
      expect(answer.kind === 'known').toBe(EXPECTED[kind].test(name));
      expect(['known', 'denied', 'missing', 'failed']).toContain(answer.kind);
      expect(JSON.stringify(answer)).not.toMatch(/REDACT-ME|ENCODED-MESSAGE|canonicalRequest|PAP5/);
    },
  );
});
