import { setImmediate } from 'node:timers/promises';
import { AKSKSigner } from '@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../lib/base/secret.ts';
import { createDcsClient, type DcsAccess, type DcsClient } from '../../lib/dcs/client.ts';
import { type HttpClient, HttpError, type HttpLimits, type HttpRequest } from '../../lib/http/client.ts';
import type { Look } from '../../lib/migration/model/observation.ts';
import {
  dcsError,
  gatewayError,
  json,
  KEY_UNKNOWN,
  type Reply,
  realisticAnswer,
  text,
} from '../../lib/simulator/answers.ts';
import { createHandClock, type HandClock } from './clock.ts';

/** Of whichever task was asked for: no field of an answer is promised. */
const GOOD = json(200, realisticAnswer('SUCCESS', { task_id: undefined }));
const REFUSED = gatewayError(401, '0301', 'verify aksk signature fail');
const HOUR = 3_600_000;

interface Sent {
  readonly at: number;
  readonly request: HttpRequest;
  readonly limits: HttpLimits;
  answer(reply: Reply | HttpError): Promise<void>;
}

/** A network whose answers the test gives by hand. */
interface Wire extends HttpClient {
  readonly sent: Sent[];
  readonly waiting: number;
}

function createWire(clock: HandClock): Wire {
  const sent: Sent[] = [];
  let waiting = 0;
  return {
    sent,
    get waiting() {
      return waiting;
    },
    request(request, limits) {
      const { promise, resolve, reject } =
        Promise.withResolvers<Awaited<ReturnType<HttpClient['request']>>>();
      waiting += 1;
      sent.push({
        at: clock.elapsed(),
        request,
        limits,
        async answer(reply) {
          waiting -= 1;
          if (reply instanceof HttpError) reject(reply);
          else resolve({ ...reply, truncated: false, ms: 1 });
          await setImmediate();
        },
      });
      return promise;
    },
    close: () => Promise.resolve(),
  };
}

function accessTo(host: string, accessKey: string): DcsAccess {
  return {
    projectId: '254d2280acb74d36a8b839746bcd7352',
    region: 'cn-north-4',
    endpoint: new URL(`https://${host}`),
    credentials: { accessKey: new Secret(accessKey), secretKey: new Secret('secret') },
    allowInsecure: false,
  };
}

interface Scene {
  readonly clock: HandClock;
  readonly wire: Wire;
  readonly client: DcsClient;
  /** Starts as many looks; the returned list fills up as they end. */
  start(count: number, until?: number, access?: DcsAccess): Promise<Look[]>;
}

function createScene(requestsPerSecond: number): Scene {
  const clock = createHandClock();
  const wire = createWire(clock);
  const client = createDcsClient({ http: wire, clock, requestsPerSecond });
  const same = accessTo('dcs.example', 'KEY');
  return {
    clock,
    wire,
    client,
    async start(count, until = clock.elapsed() + HOUR, access = same) {
      const ended: Look[] = [];
      for (let index = 0; index < count; index++) {
        void client.look(access, `task${index}`, until).then((look) => ended.push(look));
      }
      await setImmediate();
      return ended;
    },
  };
}

/** Lets the key be accepted, so that a test begins with a trusted key. */
async function trust({ start, wire, clock }: Scene): Promise<void> {
  const looks = await start(1);
  await wire.sent[0]?.answer(GOOD);
  expect(looks).toMatchObject([{ kind: 'seen' }]);
  wire.sent.length = 0;
  await clock.pass(2000);
}

describe('the pace of looks', () => {
  it("is one second's worth at once, then as many per second as are permitted", async () => {
    const scene = createScene(4);
    await trust(scene);
    const begun = scene.clock.elapsed();
    await scene.start(12);
    expect(scene.wire.sent).toHaveLength(4);
    await scene.clock.pass(HOUR);
    expect(scene.wire.sent.map(({ at }) => at - begun)).toEqual([
      0, 0, 0, 0, 250, 500, 750, 1000, 1250, 1500, 1750, 2000,
    ]);
  });

  it('holds for rates below one per second', async () => {
    const scene = createScene(0.5);
    await trust(scene);
    const begun = scene.clock.elapsed();
    await scene.start(3);
    await scene.clock.pass(HOUR);
    expect(scene.wire.sent.map(({ at }) => at - begun)).toEqual([0, 2000, 4000]);
  });

  it('is one for each endpoint and key: another key or endpoint does not wait', async () => {
    const scene = createScene(1);
    const until = scene.clock.elapsed() + HOUR;
    await scene.start(2, until, accessTo('a.example', 'K1'));
    await scene.start(2, until, accessTo('a.example', 'K2'));
    await scene.start(2, until, accessTo('b.example', 'K1'));
    await scene.start(2, until, accessTo('a.example', 'K1'));
    expect(scene.wire.sent).toHaveLength(3);
  });

  it('skips looks that could not end in time, time-out included, and leaves no timer behind', async () => {
    const scene = createScene(1);
    await trust(scene);
    const looks = await scene.start(5, scene.clock.elapsed() + 12_000);
    expect(looks).toEqual([
      { kind: 'skipped', why: 'out of time' },
      { kind: 'skipped', why: 'out of time' },
    ]);
    await scene.clock.pass(HOUR);
    expect(scene.wire.sent).toHaveLength(3);
    expect(scene.clock.sleepers).toBe(0);
    expect(scene.wire.sent.every(({ limits }) => limits.timeoutMs === 10_000)).toBe(true);
  });

  it('sends nothing when there is no time for even one time-out', async () => {
    const scene = createScene(10);
    expect(await scene.start(1, scene.clock.elapsed() + 9999)).toEqual([
      { kind: 'skipped', why: 'out of time' },
    ]);
    expect(scene.wire.sent).toHaveLength(0);
    await scene.start(1, scene.clock.elapsed() + 10_000);
    expect(scene.wire.sent).toHaveLength(1);
  });
});

describe('a key that is not known to be good', () => {
  it('is tried with one request at a time, and never again once it is refused', async () => {
    const { start, wire, clock } = createScene(100);
    const looks = await start(20);
    expect(wire.sent).toHaveLength(1);
    await wire.sent[0]?.answer(REFUSED);
    expect(wire.sent).toHaveLength(1);
    expect(looks).toHaveLength(20);
    expect(looks[0]).toMatchObject({ kind: 'failed', reason: 'not authorised', cooldownMs: 300_000 });
    expect(looks.slice(1).every((look) => look.kind === 'skipped' && look.why === 'resting')).toBe(true);
    await clock.pass(24 * HOUR);
    expect(await start(1)).toEqual([{ kind: 'skipped', why: 'resting' }]);
    expect(wire.sent).toHaveLength(1);
  });

  it('releases all others after the first answer that is no refusal', async () => {
    const { start, wire } = createScene(100);
    await start(20);
    await wire.sent[0]?.answer(GOOD);
    expect(wire.waiting).toBe(19);
  });

  it.each([
    ['a missing task', dcsError(400, 'DCS.4133', 'x')],
    ['a mistyped id', dcsError(400, 'DCS.4070', 'x')],
    ['a missing permission', dcsError(403, 'DCS.2007', 'x')],
  ])('is trusted after %s, which only the service behind the gateway knows', async (_case, reply) => {
    const { start, wire } = createScene(100);
    await start(5);
    await wire.sent[0]?.answer(reply);
    expect(wire.waiting).toBe(4);
  });

  it.each([
    ['a proxy that fails', text(502, 'text/html', 'x')],
    ["an answer that is not the service's", text(200, 'text/html', 'x')],
    ['no answer', new HttpError({ code: 'connection', host: 'h', ms: 5, message: 'm' })],
  ])('is still tried one at a time after %s', async (_case, reply) => {
    const { start, wire } = createScene(100);
    const looks = await start(5);
    await wire.sent[0]?.answer(reply);
    expect(wire.sent).toHaveLength(2);
    expect(wire.waiting).toBe(1);
    await wire.sent[1]?.answer(KEY_UNKNOWN);
    expect(looks).toHaveLength(5);
    expect(wire.sent).toHaveLength(2);
  });

  it('does not keep others waiting past their end', async () => {
    const { start, wire, clock } = createScene(100);
    const looks = await start(3, clock.elapsed() + 15_000);
    await clock.pass(10_000);
    await wire.sent[0]?.answer(new HttpError({ code: 'timeout', host: 'h', ms: 10_000, message: 'm' }));
    expect(looks.map(({ kind }) => kind)).toEqual(['failed', 'skipped', 'skipped']);
  });
});

describe('a cooldown', () => {
  it('holds for all looks at the endpoint with the key, for as long as was asked', async () => {
    const scene = createScene(100);
    await trust(scene);
    const { wire, clock, start } = scene;
    await start(2);
    await wire.sent[0]?.answer(gatewayError(429, '0308', 'x', { 'retry-after': '7' }));
    expect(await start(3)).toEqual(Array(3).fill({ kind: 'skipped', why: 'resting' }));
    await wire.sent[1]?.answer(GOOD);
    await clock.pass(6999);
    expect(await start(1)).toEqual([{ kind: 'skipped', why: 'resting' }]);
    await clock.pass(1);
    await start(1);
    expect(wire.sent).toHaveLength(3);
  });

  it('is not shortened by a later answer that asks for less', async () => {
    const scene = createScene(100);
    await trust(scene);
    const { wire, clock, start } = scene;
    await start(2);
    await wire.sent[0]?.answer(gatewayError(429, '0308', 'x', { 'retry-after': '60' }));
    await wire.sent[1]?.answer(gatewayError(429, '0308', 'x', { 'retry-after': '2' }));
    await clock.pass(59_000);
    expect(await start(1)).toEqual([{ kind: 'skipped', why: 'resting' }]);
  });

  it('holds for looks that were already waiting', async () => {
    const scene = createScene(1);
    await trust(scene);
    const looks = await scene.start(3);
    await scene.wire.sent[0]?.answer(gatewayError(429, '0308', 'x'));
    await scene.clock.pass(4000);
    expect(looks.map(({ kind }) => kind)).toEqual(['failed', 'skipped', 'skipped']);
    expect(scene.wire.sent).toHaveLength(1);
  });

  it.each(['DCS.1004', 111401004, '111401004'])(
    "of a refused project (%s) is that project's alone, because the key was accepted",
    async (code) => {
      const { start, wire } = createScene(100);
      await start(3);
      expect(wire.sent).toHaveLength(1);
      await wire.sent[0]?.answer(dcsError(401, code, 'x'));
      expect(wire.sent).toHaveLength(3);
    },
  );
});

describe('the request of a look', () => {
  it('goes to the task, signed, with all headers that the service requires', async () => {
    const { client, clock, wire } = createScene(1);
    const access = {
      ...accessTo('dcs.example', 'KEY'),
      endpoint: new URL('https://dcs.example:8443/behind/'),
      allowInsecure: true,
    };
    void client.look(access, 'a/b', clock.elapsed() + HOUR);
    await setImmediate();
    const [sent] = wire.sent;
    expect(sent?.request.method).toBe('GET');
    expect(sent?.request.url.href).toBe(
      'https://dcs.example:8443/behind/v2/254d2280acb74d36a8b839746bcd7352/migration-task/a%2Fb',
    );
    expect(sent?.request.headers).toMatchObject({
      host: 'dcs.example:8443',
      accept: 'application/json',
      'user-agent': 'dcs-migration-watch',
      'x-project-id': '254d2280acb74d36a8b839746bcd7352',
      'x-sdk-date': '20260102T030405Z',
    });
    expect(sent?.request.headers['authorization']).toContain('SignedHeaders=host;x-project-id;x-sdk-date,');
    expect(sent?.limits).toEqual({
      timeoutMs: 10_000,
      maxBodyBytes: 262_144,
      oversize: 'fail',
      allowInsecure: true,
    });
  });

  it('masks the key that it carried in what the service says about it', async () => {
    const { client, clock, wire } = createScene(1);
    const look = client.look(accessTo('dcs.example', 'K.7.x'), 'a', clock.elapsed() + HOUR);
    await setImmediate();
    await wire.sent[0]?.answer(dcsError(403, 'DCS.2003', 'user of K.7.x is frozen'));
    expect(await look).toMatchObject({ detail: expect.stringContaining('"user of *** is frozen"') });
  });

  it('fails as a look after an unexpected error, of which it names only the class', async () => {
    const clock = createHandClock();
    const http: HttpClient = {
      request: () => Promise.reject(new RangeError('secret')),
      close: () => Promise.resolve(),
    };
    const client = createDcsClient({ http, clock, requestsPerSecond: 1 });
    expect(await client.look(accessTo('dcs.example', 'KEY'), 'a', clock.elapsed() + HOUR)).toEqual({
      kind: 'failed',
      reason: 'unreachable',
      detail: 'no answer: unexpected error (RangeError).',
      answer: { code: 'no_answer', words: 'no answer: unexpected error (RangeError)' },
    });
  });
});

const LIST_OF_ONE = json(200, { count: 1, migration_tasks: [{ task_id: 'a' }] });
const FULL_PAGE = json(200, {
  count: 1001,
  migration_tasks: Array.from({ length: 1000 }, (_, index) => ({ task_id: `t${index}` })),
});
const THROTTLED = gatewayError(429, '0308', 'x', { 'retry-after': '7' });
const RESTING = { kind: 'skipped', why: 'resting' };

describe('the other calls of a look', () => {
  /** Starts a call of each kind; the returned list fills up as they end. */
  async function startAll({ client, clock }: Scene): Promise<object[]> {
    const access = accessTo('dcs.example', 'KEY');
    const until = clock.elapsed() + HOUR;
    const ended: object[] = [];
    for (const call of [
      client.list(access, until),
      client.stats(access, 'a', until),
      client.logs(access, 'a', until),
      client.look(access, 'a', until),
    ]) {
      void call.then((answer) => ended.push(answer));
    }
    await setImmediate();
    return ended;
  }

  it('share its pace', async () => {
    const scene = createScene(2);
    await trust(scene);
    const begun = scene.clock.elapsed();
    await startAll(scene);
    await scene.clock.pass(HOUR);
    expect(scene.wire.sent.map(({ at }) => at - begun)).toEqual([0, 0, 500, 1000]);
  });

  it('share its probe: one request until the key is accepted, by whichever call', async () => {
    const scene = createScene(100);
    await startAll(scene);
    expect(scene.wire.sent).toHaveLength(1);
    await scene.wire.sent[0]?.answer(LIST_OF_ONE);
    // The others, and the request that shows that the list ends there.
    expect(scene.wire.sent).toHaveLength(5);
  });

  it('stop with it when a signature is refused', async () => {
    const scene = createScene(100);
    const ended = await startAll(scene);
    await scene.wire.sent[0]?.answer(REFUSED);
    expect(ended[0]).toMatchObject({ kind: 'failed', reason: 'not authorised', cooldownMs: 300_000 });
    expect(ended.slice(1)).toEqual([RESTING, RESTING, RESTING]);
    expect(scene.wire.sent).toHaveLength(1);
  });

  it.each([0, 1, 2, 3])(
    'share its cooldowns: a 429 for call %i of four holds up all of them',
    async (call) => {
      const scene = createScene(100);
      await trust(scene);
      const { wire, clock } = scene;
      const ended = await startAll(scene);
      await wire.sent[call]?.answer(THROTTLED);
      expect(ended).toMatchObject([{ kind: 'failed', reason: 'throttled', cooldownMs: 7000 }]);
      expect(await startAll(scene)).toEqual([RESTING, RESTING, RESTING, RESTING]);
      await clock.pass(7000);
      await startAll(scene);
      expect(wire.sent).toHaveLength(8);
    },
  );

  it('lose a whole list to a cooldown that comes between its pages', async () => {
    const scene = createScene(100);
    await trust(scene);
    const { wire } = scene;
    const ended = await startAll(scene);
    await wire.sent[1]?.answer(THROTTLED);
    await wire.sent[0]?.answer(FULL_PAGE);
    expect(ended).toEqual([expect.objectContaining({ reason: 'throttled' }), RESTING]);
    expect(wire.sent).toHaveLength(4);
  });

  it('read every page of a list in turn, and end in time', async () => {
    const scene = createScene(1);
    await trust(scene);
    const { wire, clock, client } = scene;
    const begun = clock.elapsed();
    const list = client.list(accessTo('dcs.example', 'KEY'), begun + 10_500);
    await setImmediate();
    await wire.sent[0]?.answer(FULL_PAGE);
    expect(await list).toEqual({ kind: 'skipped', why: 'out of time' });
    expect(wire.sent).toHaveLength(1);
  });

  it('send what the official SDK signs, query included', async () => {
    const scene = createScene(100);
    await trust(scene);
    await startAll(scene);
    await scene.wire.sent[0]?.answer(FULL_PAGE);
    const base = 'https://dcs.example/v2/254d2280acb74d36a8b839746bcd7352/';
    expect(scene.wire.sent.map(({ request }) => request.url.href)).toEqual([
      `${base}migration-tasks?limit=1000&offset=0`,
      `${base}migration-task/a/stats`,
      `${base}migration-task/a/logs?limit=100&log_level=ERROR&offset=0`,
      `${base}migration-task/a`,
      `${base}migration-tasks?limit=1000&offset=1000`,
    ]);
    for (const { request } of scene.wire.sent) {
      expect(request.headers['authorization']).toBe(officialAuthorization(request));
    }
  });

  it('have limits of their own', async () => {
    const scene = createScene(100);
    await trust(scene);
    await startAll(scene);
    const sizes = scene.wire.sent.map(({ limits }) => limits.maxBodyBytes);
    expect(sizes).toEqual([4_194_304, 262_144, 1_048_576, 262_144]);
    for (const { limits } of scene.wire.sent) {
      expect(limits).toMatchObject({ timeoutMs: 10_000, oversize: 'fail', allowInsecure: false });
    }
  });

  it('fail after an unexpected error', async () => {
    const clock = createHandClock();
    const http: HttpClient = {
      request: () => Promise.reject(new RangeError('secret')),
      close: () => Promise.resolve(),
    };
    const client = createDcsClient({ http, clock, requestsPerSecond: 9 });
    const words = 'no answer: unexpected error (RangeError)';
    expect(await client.list(accessTo('dcs.example', 'KEY'), clock.elapsed() + HOUR)).toEqual({
      kind: 'failed',
      reason: 'unreachable',
      detail: `${words}.`,
      answer: { code: 'no_answer', words },
    });
  });
});

function officialAuthorization({ url, headers }: HttpRequest): unknown {
  const signed = AKSKSigner.sign(
    {
      method: 'GET',
      endpoint: url.origin + url.pathname,
      queryParams: Object.fromEntries(url.searchParams),
      headers: { 'X-Project-Id': headers['x-project-id'], 'X-Sdk-Date': headers['x-sdk-date'] },
    },
    {
      getAk: () => 'KEY',
      getSk: () => 'secret',
      processAuthRequest: () => Promise.reject(new Error('not needed')),
      processAuthParams: () => Promise.reject(new Error('not needed')),
    },
  );
  return Object.entries(signed).find(([name]) => name === 'Authorization')?.[1];
}
