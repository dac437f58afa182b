import { createHmac, hash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { Secret } from '../../lib/base/secret.ts';
import { createDcsClient } from '../../lib/dcs/client.ts';
import type { HttpClient } from '../../lib/http/client.ts';
import { createHttpClient } from '../../lib/http/undici.ts';
import { sign } from '../../lib/huawei/signer.ts';
import type { Look } from '../../lib/migration/model/observation.ts';
import { realisticAnswer, SIMULATED_PASSWORDS } from '../../lib/simulator/answers.ts';
import { type Simulator, startSimulator } from '../../lib/simulator/simulator.ts';
import { createHandClock, type HandClock } from '../dcs/clock.ts';
import { openStage } from '../dcs/stage.ts';

const KEYS = { accessKey: 'AK', secretKey: 'SK' };
const PROJECT = '254d2280acb74d36a8b839746bcd7352';
const MINUTE = 60_000;

interface Scene {
  readonly simulator: Simulator;
  /** The simulator's clock; the looks' own is `clock`. */
  readonly there: HandClock;
  readonly clock: HandClock;
  /** Each look is that of a new client, which remembers no rest. */
  look(change?: {
    accessKey?: string;
    secretKey?: string;
    securityToken?: string;
    project?: string;
  }): Promise<Look>;
}

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function createScene(securityToken?: string): Promise<Scene> {
  const there = createHandClock();
  const clock = createHandClock();
  const keys = { ...KEYS, ...(securityToken !== undefined && { securityToken }) };
  const simulator = await startSimulator({ credentials: keys, projectId: PROJECT, clock: there });
  const http: HttpClient = createHttpClient();
  opened.push(http, simulator);
  return {
    simulator,
    there,
    clock,
    look(change = {}) {
      const used = { ...KEYS, ...change };
      const access = {
        projectId: change.project ?? PROJECT,
        region: 'r',
        endpoint: simulator.endpoint,
        allowInsecure: true,
        credentials: {
          accessKey: new Secret(used.accessKey),
          secretKey: new Secret(used.secretKey),
          ...(change.securityToken !== undefined && { securityToken: new Secret(change.securityToken) }),
        },
      };
      return createDcsClient({ http, clock, requestsPerSecond: 9 }).look(
        access,
        'a1',
        Number.POSITIVE_INFINITY,
      );
    },
  };
}

function statusOf(look: Look): string {
  return look.kind === 'seen' ? look.observation.status : look.kind;
}

/** A look at `a1` that another client has signed, after the signing guide and not by our own signer. */
function signedBy(endpoint: URL, now: number, signed: string): [URL, RequestInit] {
  const url = new URL(`/v2/${PROJECT}/migration-task/a1`, endpoint);
  const sent: Record<string, string> = {
    'content-type': 'application/json',
    host: url.host,
    'user-agent': 'huaweicloud-usdk-go/3.0',
    'x-project-id': PROJECT,
    'x-sdk-date': new Date(now).toISOString().replace(/[-:]|\.\d+/g, ''),
  };
  const lines = signed.split(';').map((name) => `${name}:${sent[name]}\n`);
  const canonical = `GET\n${url.pathname}/\n\n${lines.join('')}\n${signed}\n${hash('sha256', '')}`;
  const toSign = `SDK-HMAC-SHA256\n${sent['x-sdk-date']}\n${hash('sha256', canonical)}`;
  const signature = createHmac('sha256', KEYS.secretKey).update(toSign).digest('hex');
  const authorization = `SDK-HMAC-SHA256 Access=${KEYS.accessKey}, SignedHeaders=${signed}, Signature=${signature}`;
  const { host: _ofTheConnection, ...headers } = sent;
  return [url, { headers: { ...headers, authorization } }];
}

describe('a simulated task', () => {
  it('plays a script step by step, and stays at its end', async () => {
    const { simulator, look } = await createScene();
    simulator.play('a1', { answers: [realisticAnswer('RUNNING'), realisticAnswer('SUCCESS'), null] });
    const seen: string[] = [];
    for (let step = 0; step < 4; step++) {
      seen.push(statusOf(await look()));
      simulator.advance();
    }
    expect(seen).toEqual(['RUNNING', 'SUCCESS', 'missing', 'missing']);
    expect(simulator.requests.get('a1')).toBe(4);
  });

  it('plays a script by time', async () => {
    const { simulator, look, there } = await createScene();
    simulator.play('a1', { answers: [realisticAnswer('RUNNING'), realisticAnswer('SUCCESS')], stepMs: 1000 });
    await there.pass(999);
    expect(statusOf(await look())).toBe('RUNNING');
    await there.pass(1);
    expect(statusOf(await look())).toBe('SUCCESS');
  });

  it('answers with passwords, so that a leak is found', () => {
    const answer = JSON.stringify(realisticAnswer('SUCCESS'));
    for (const password of SIMULATED_PASSWORDS) expect(answer).toContain(password);
  });
});

describe('the simulated gateway', () => {
  it.each([
    [{ secretKey: 'wrong' }, 'Check the access key and secret key'],
    [{ accessKey: 'WRONG' }, 'The access key does not exist'],
    [{ securityToken: 'unexpected' }, 'The security token is wrong'],
  ])('refuses %j', async (change, hint) => {
    const { simulator, look } = await createScene();
    simulator.setTask('a1', realisticAnswer('SUCCESS'));
    expect(await look(change)).toMatchObject({
      kind: 'failed',
      reason: 'not authorised',
      detail: expect.stringContaining(hint),
    });
    expect(simulator.refusals).toBe(1);
  });

  it('takes temporary credentials with their token only', async () => {
    const { simulator, look } = await createScene('token-1');
    simulator.setTask('a1', realisticAnswer('SUCCESS'));
    expect(statusOf(await look({ securityToken: 'token-1' }))).toBe('SUCCESS');
    expect(statusOf(await look({ securityToken: 'token-2' }))).toBe('failed');
    expect(statusOf(await look())).toBe('failed');
  });

  it.each([
    ['the Go SDK, which signs no host', 'user-agent;x-project-id;x-sdk-date'],
    ['the time alone', 'x-sdk-date'],
    ['the Node SDK, which signs the content type', 'content-type;host;x-project-id;x-sdk-date'],
  ])('takes what is signed by %s', async (_who, signed) => {
    const { simulator, there } = await createScene();
    simulator.setTask('a1', realisticAnswer('SUCCESS'));
    const answer = await fetch(...signedBy(simulator.endpoint, there.now(), signed));
    expect(answer.status).toBe(200);
    expect(simulator.refusals).toBe(0);
  });

  it('refuses a signature that does not name the time', async () => {
    const { simulator, there } = await createScene();
    const answer = await fetch(...signedBy(simulator.endpoint, there.now(), 'host;x-project-id'));
    expect(answer.status).toBe(401);
    expect(simulator.refusals).toBe(1);
  });

  it("refuses a project that is not the key's", async () => {
    const { look } = await createScene();
    const detail = expect.stringMatching(/^HTTP 401 DCS\.1004/);
    expect(await look({ project: 'b'.repeat(32) })).toMatchObject({ kind: 'failed', detail });
  });

  it('tolerates a clock that is 15 minutes off, and a look says when it is more', async () => {
    const { simulator, look, clock, there } = await createScene();
    simulator.setTask('a1', realisticAnswer('SUCCESS'));
    await clock.pass(15 * MINUTE);
    expect(statusOf(await look())).toBe('SUCCESS');
    await clock.pass(5 * MINUTE);
    expect(await look()).toMatchObject({
      reason: 'not authorised',
      detail: expect.stringContaining("This machine's clock is 20 minutes ahead"),
    });
    await there.pass(50 * MINUTE);
    expect(await look()).toMatchObject({ detail: expect.stringContaining('30 minutes behind') });
  });

  it('locks a key for five minutes after more than five refusals in a row', async () => {
    const { simulator, look, there, clock } = await createScene();
    simulator.setTask('a1', realisticAnswer('SUCCESS'));
    for (let count = 0; count < 5; count++) await look({ secretKey: 'wrong' });
    expect(statusOf(await look())).toBe('SUCCESS');
    for (let count = 0; count < 6; count++) await look({ secretKey: 'wrong' });
    expect(simulator.locked).toBe(true);
    expect(await look()).toMatchObject({ detail: expect.stringContaining('locked for 5 minutes') });
    await there.pass(5 * MINUTE);
    await clock.pass(5 * MINUTE);
    expect(statusOf(await look())).toBe('SUCCESS');
  });

  it('is never made to lock the key by one client, however many looks that makes', async () => {
    const { simulator, clock } = await createScene();
    const http = createHttpClient();
    opened.push(http);
    const client = createDcsClient({ http, clock, requestsPerSecond: 100 });
    const access = {
      projectId: PROJECT,
      region: 'r',
      endpoint: simulator.endpoint,
      allowInsecure: true,
      credentials: { accessKey: new Secret('AK'), secretKey: new Secret('wrong') },
    };
    const looks = await Promise.all(
      Array.from({ length: 50 }, (_, index) => client.look(access, `a${index}`, Number.POSITIVE_INFINITY)),
    );
    expect(looks.filter(({ kind }) => kind === 'failed')).toHaveLength(1);
    expect(simulator.refusals).toBe(1);
    expect(simulator.locked).toBe(false);
  });
});

describe('the other simulated calls', () => {
  async function openClient() {
    const { simulator, access, client, close } = await openStage();
    opened.push({ close });
    const calls = client();
    return {
      simulator,
      look: (id: string) => calls.look(access, id, NEVER),
      list: () => calls.list(access, NEVER),
      stats: (id: string) => calls.stats(access, id, NEVER),
      logs: (id: string) => calls.logs(access, id, NEVER),
    };
  }
  const NEVER = Number.POSITIVE_INFINITY;

  it('keep in step with the answers of a script', async () => {
    const { simulator, look, list, stats, logs } = await openClient();
    const line = { log_level: 'ERROR', message: 'Connection lost.' };
    simulator.play('a', {
      answers: [
        realisticAnswer('FULLMIGRATING'),
        realisticAnswer('FAILED'),
        realisticAnswer('SUCCESS'),
        null,
      ],
      stats: [{ full_migration_progress: 12 }, null],
      listed: [undefined, { error_message: 'It broke.' }, null],
      logs: [[], [line]],
    });
    const seen: unknown[] = [];
    for (let step = 0; step < 4; step++) {
      const [listed, figures, log] = [await list(), await stats('a'), await logs('a')];
      seen.push([
        statusOf(await look('a')),
        listed.kind === 'known' && listed.value.map(({ status, errorMessage }) => [status, errorMessage]),
        figures.kind === 'known' ? figures.value.progressPercent : figures.kind,
        log.kind === 'known' ? log.value.length : log.kind,
      ]);
      simulator.advance();
    }
    expect(seen).toEqual([
      ['FULLMIGRATING', [['FULLMIGRATING', undefined]], 12, 0],
      ['FAILED', [['FAILED', 'It broke.']], 'missing', 1],
      ['SUCCESS', [], 100, 0],
      ['missing', [], 'missing', 'missing'],
    ]);
  });

  it('give figures as strings beside a boolean, as the official SDKs read them', async () => {
    const { simulator, access, clock, close } = await openStage();
    opened.push({ close });
    simulator.setTask('a', realisticAnswer('INCRMIGEATING'));
    const url = new URL(`/v2/${access.projectId}/migration-task/a/stats`, simulator.endpoint);
    const { credentials } = access;
    const { host: _ofTheConnection, ...headers } = sign(
      { method: 'GET', url, headers: {}, credentials },
      new Date(clock.now()),
    );
    const answer = await fetch(url, { headers });
    expect(await answer.json()).toMatchObject({
      full_migration_progress: '100',
      offset: '42',
      source_dbsize: '120034',
      is_migrating: true,
    });
  });

  it('keep values that were set by hand when the task gets another answer', async () => {
    const { simulator, list, stats } = await openClient();
    simulator.setTask('a', realisticAnswer('FULLMIGRATING'));
    simulator.setListed('a', { error_message: 'It broke.' });
    simulator.setStats('a', { offset: '9' });
    simulator.setTask('a', realisticAnswer('FAILED'));
    expect(await list()).toMatchObject({ value: [{ status: 'FAILED', errorMessage: 'It broke.' }] });
    expect(await stats('a')).toMatchObject({ value: { offset: 9 } });
    simulator.setStats('a', null);
    expect(await stats('a')).toMatchObject({ kind: 'missing' });
  });

  it('list no task that was deleted, whatever its detail call says', async () => {
    const { simulator, list } = await openClient();
    simulator.setTask('a', realisticAnswer('DELETED'));
    simulator.setTask('b', realisticAnswer('SUCCESS'));
    simulator.setTask('c', null);
    expect(await list()).toMatchObject({ value: [{ taskId: 'b' }] });
    simulator.setListed('b', null);
    expect(await list()).toEqual({ kind: 'known', value: [] });
    simulator.setListed('b', {});
    expect(await list()).toMatchObject({ value: [{ taskId: 'b' }] });
  });

  it('are counted by kind, refused calls included, and only looks are counted by task', async () => {
    const { simulator, look, list, stats, logs } = await openClient();
    simulator.setTask('a', realisticAnswer('SUCCESS'));
    simulator.deny('stats');
    simulator.fault('internal error', 1, 'logs');
    await Promise.all([look('a'), look('a'), list(), stats('a'), logs('a')]);
    expect(simulator.calls).toEqual({ show: 2, list: 2, stats: 1, logs: 1 });
    expect([...simulator.requests]).toEqual([['a', 2]]);
  });

  it('have only their own faults, in order', async () => {
    const { simulator, look, list } = await openClient();
    simulator.setTask('a', realisticAnswer('SUCCESS'));
    simulator.fault('internal error', 1, 'list');
    simulator.fault('bad gateway', 2);
    simulator.fault('teapot', 1, 'list');
    const detail = (status: number) => ({ detail: expect.stringMatching(`^HTTP ${status}`) });
    expect(await look('a')).toMatchObject(detail(502));
    expect(await list()).toMatchObject(detail(500));
    expect(await list()).toMatchObject(detail(502));
    expect(statusOf(await look('a'))).toBe('SUCCESS');
    expect(await list()).toMatchObject(detail(418));
    expect((await list()).kind).toBe('known');
    expect(simulator.fired).toEqual({ 'internal error': 1, 'bad gateway': 2, teapot: 1 });
  });

  it('list as the documentation says: 10 by default, 1 to 1000, from any offset, by name', async () => {
    const { simulator, ask } = await openAsk();
    for (const id of ['a1', 'a2', 'b1', ...Array.from({ length: 20 }, (_, index) => `c${index}`)]) {
      simulator.setTask(id, realisticAnswer('SUCCESS', { task_name: `name of ${id}` }));
    }
    const found = async (query: string) => {
      const { count, migration_tasks: tasks } = await ask(`migration-tasks${query}`);
      return [count, Array.isArray(tasks) ? tasks.length : tasks];
    };
    expect(await found('')).toEqual([23, 10]);
    expect(await found('?limit=1000')).toEqual([23, 23]);
    expect(await found('?limit=5&offset=20')).toEqual([23, 3]);
    expect(await found('?offset=23')).toEqual([23, 0]);
    expect(await found('?name=of%20a')).toEqual([2, 2]);
  });

  it.each([
    ['migration-tasks?limit=0', 'limit'],
    ['migration-tasks?limit=1001', 'limit'],
    ['migration-tasks?limit=x', 'limit'],
    ['migration-tasks?offset=-1', 'offset'],
    ['migration-task/a/logs?limit=', 'limit'],
    ['migration-task/a/logs?offset=1.5', 'offset'],
  ])('refuse %s', async (path, parameter) => {
    const { simulator, ask } = await openAsk();
    simulator.setTask('a', realisticAnswer('SUCCESS'));
    expect(await ask(path)).toEqual({
      error_code: '111400063',
      error_msg: `Invalid ${parameter} parameter in the request.`,
    });
  });

  it('include no further calls', async () => {
    const { ask } = await openAsk();
    for (const path of [
      'migration-tasks/',
      'migration-task/a/stop',
      'migration-task/a/stats/b',
      'instances',
    ]) {
      expect(await ask(path)).toMatchObject({ error_code: 'APIGW.0101' });
    }
  });

  it('filter the log by its level and count what is left', async () => {
    const { simulator, ask } = await openAsk();
    simulator.setTask('a', realisticAnswer('SUCCESS'));
    const line = (log_level: string, message: string) => ({ log_level, message });
    simulator.setLogs('a', [line('INFO', '1'), line('ERROR', '2'), line('ERROR', '3')]);
    expect(await ask('migration-task/a/logs')).toMatchObject({ log_num: 3 });
    expect(await ask('migration-task/a/logs?log_level=ERROR&offset=1')).toEqual({
      log_num: 2,
      migration_logs: [line('ERROR', '3')],
    });
  });

  /** Asks what the client never does. */
  async function openAsk() {
    const clock = createHandClock();
    const simulator = await startSimulator({ credentials: KEYS, projectId: PROJECT, clock });
    opened.push(simulator);
    const credentials = { accessKey: new Secret(KEYS.accessKey), secretKey: new Secret(KEYS.secretKey) };
    return {
      simulator,
      async ask(path: string): Promise<Record<string, unknown>> {
        const url = new URL(`/v2/${PROJECT}/${path}`, simulator.endpoint);
        const headers = sign({ method: 'GET', url, headers: {}, credentials }, new Date(clock.now()));
        const response = await fetch(url, { headers });
        return JSON.parse(await response.text());
      },
    };
  }
});
