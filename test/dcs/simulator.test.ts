import { afterEach, describe, expect, it } from 'vitest';
import { createDcsClient } from '../../lib/dcs/client.ts';
import { type Simulator, startSimulator } from '../../lib/dcs/simulator.ts';
import { realisticAnswer, SIMULATED_PASSWORDS } from '../../lib/dcs/simulator-answers.ts';
import type { HttpClient } from '../../lib/http/client.ts';
import { createHttpClient } from '../../lib/http/undici.ts';
import type { Look } from '../../lib/migration/observation.ts';
import { Secret } from '../../lib/secret.ts';
import { createHandClock, type HandClock } from './clock.ts';

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
    [{ secretKey: 'wrong' }, 'Check access key and secret key'],
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

  it("takes a project that is not the key's for a wrong one", async () => {
    const { look } = await createScene();
    const detail = expect.stringMatching(/^HTTP 401 DCS\.1004/);
    expect(await look({ project: 'b'.repeat(32) })).toMatchObject({ kind: 'failed', detail });
  });

  it('tolerates a clock that is 15 minutes off, and the look says when it is more', async () => {
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

  it('is never made to lock the key by one client, however many looks it is asked for', async () => {
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
