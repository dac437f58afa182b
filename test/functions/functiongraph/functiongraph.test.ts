import { rm } from 'node:fs/promises';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { realisticAnswer } from '../../../lib/simulator/answers.ts';
import { sampleOf } from '../../channels/samples.ts';
import { NODES } from '../../support/functiongraph/nodes.ts';
import { packagingFolder, unpacked } from '../../support/functiongraph/package.ts';
import {
  type CloudFunction,
  createFunction,
  type FunctionSettings,
} from '../../support/functiongraph/platform.ts';
import { NO_REDIS, type RedisServer, startRedis } from '../../support/redis-server.ts';
import { formsOf } from '../../support/secrets.ts';
import { createWorld, PROJECT_ID, SIGNING_SECRET, type World } from '../../support/world.ts';

/** Longer than a dead run's lease. Milliseconds. */
const LEASE_MS = 60_000;
const POLL = { timeout: 100_000 };
const REDIS_PASSWORD = 'canary-redis-password-3Lw';

/** The keys of the agency, as the platform gives them and the API knows them. */
const keys = { accessKey: '', secretKey: '', securityToken: '' };
let generation = 0;
let redis: RedisServer;
let world: World;
let codeRoot: string;
const made: CloudFunction[] = [];
let aheadMs = 0;

function renewKeys(): void {
  generation += 1;
  keys.accessKey = `AGENCYACCESSKEY${generation}`;
  keys.secretKey = `canary-agency-secret-${generation}`;
  keys.securityToken = `canary-agency-token-${generation}`;
}

const CONFIG = `
projects:
  - id: ${PROJECT_ID}
    name: prod
    region: cn-north-4
    endpoint: \${DCS_ENDPOINT}
    allowInsecure: true
    tasks: [task-1]
channels:
  ops: { type: slack, url: "\${SLACK_URL}", allowInsecure: true }
  cutover: { type: webhook, url: "\${HOOK_URL}", secret: "\${HOOK_SECRET}", allowInsecure: true }
  sms: { type: smn, topic: "urn:smn:cn-north-4:${PROJECT_ID}:redis", endpoint: "\${SMN_URL}", allowInsecure: true }
`;

beforeAll(async () => {
  const place = await packagingFolder();
  const { zip, err } = await place.package(CONFIG);
  if (zip === undefined) throw new Error(err);
  codeRoot = await unpacked(zip);
  await place.close();
});
afterAll(() => rm(codeRoot, { recursive: true }));
beforeEach(async () => {
  aheadMs = 0;
  renewKeys();
  redis = await startRedis(['--requirepass', REDIS_PASSWORD]);
  world = await createWorld({ time: 'real', credentials: keys });
  world.receiver.takesWith('/smn', sampleOf('smn').taken);
  world.status('task-1', 'RUNNING');
});
afterEach(async () => {
  for (const one of made.splice(0)) await one.dropInstances();
  await Promise.all([world.close(), redis.close()]);
});

function functionOn(
  node: string,
  changed: Partial<FunctionSettings> = {},
  more: Readonly<Record<string, string>> = {},
): CloudFunction {
  const variables = {
    DCS_ENDPOINT: world.simulator.endpoint.href,
    SLACK_URL: world.receiver.url('/ops'),
    SMN_URL: world.receiver.url('/smn'),
    HOOK_URL: world.receiver.url('/cutover'),
    HOOK_SECRET: SIGNING_SECRET,
    STATE_REDIS_URL: `redis://:${REDIS_PASSWORD}@127.0.0.1:${redis.port}`,
    ...more,
  };
  const cloud = createFunction({
    node,
    codeRoot,
    keys: () => ({ ...keys }),
    variables,
    clockAheadMs: () => aheadMs,
    ...changed,
  });
  made.push(cloud);
  return cloud;
}

/** The events that the webhook got, each with a signature that the reference library verifies. */
function verifiedEvents(): { readonly id: string; readonly type: string }[] {
  const webhook = new Webhook(SIGNING_SECRET);
  return world.receiver.at('/cutover').map(({ body, headers }) => {
    const signed = Object.entries(headers).map(([name, value]) => [name, String(value)]);
    const event = Object(webhook.verify(body, Object.fromEntries(signed)));
    return { id: String(event.id), type: String(event.type) };
  });
}

function lines(cloud: CloudFunction): Record<string, unknown>[] {
  return cloud
    .log()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe.skipIf(NO_REDIS).each(NODES)('on Node.js $version', ({ file, isLeftOut }) => {
  describe.skipIf(isLeftOut)('the packaged function', () => {
    it('makes ticks with the keys of each event, and sends changes to signed webhooks and chats', async () => {
      const cloud = functionOn(file);
      expect(await cloud.tick()).toMatchObject({ tasks: 1, events: 1, delivered: 3, failedLooks: 0 });
      renewKeys();
      world.status('task-1', 'FULLMIGRATING');
      expect(await cloud.tick()).toMatchObject({ events: 1, delivered: 3, failedLooks: 0 });
      expect(world.receiver.at('/smn').at(-1)?.headers).toMatchObject({
        authorization: expect.stringContaining(`Access=${keys.accessKey}`),
        'x-security-token': keys.securityToken,
      });
      renewKeys();
      expect(await cloud.tick()).toMatchObject({ events: 0, failedLooks: 0 });
      expect(world.simulator.refusals).toBe(0);
      expect(cloud.starts).toBe(1);
      expect(verifiedEvents()).toHaveLength(2);
      expect(world.slack('ops')).toHaveLength(2);
      expect(cloud.log()).not.toContain('the configuration has changed');
    });

    it('writes JSON lines, with a word for alarms after each tick, and no secret', async () => {
      const cloud = functionOn(file);
      await cloud.tick();
      renewKeys();
      await cloud.tick();
      const ticks = lines(cloud).filter(({ kind }) => kind === 'figures');
      expect(ticks.map(({ message }) => message)).toEqual(['DCS_WATCH_TICK', 'DCS_WATCH_TICK']);
      expect(ticks.at(-1)).toMatchObject({ Ticks: 1, DeadLetters: 0, requestId: expect.any(String) });
      const secrets = [REDIS_PASSWORD, SIGNING_SECRET, 'canary-agency-secret', 'canary-agency-token'];
      for (const form of secrets.flatMap(formsOf)) expect(cloud.log()).not.toContain(form);
    });

    it('says once in a process what makes its Redis less safe than it could be', async () => {
      const cloud = functionOn(file);
      await cloud.tick();
      await cloud.tick();
      const advice = 'use master/standby for what matters.';
      expect(lines(cloud).filter(({ message }) => String(message).startsWith('The Redis'))).toEqual([
        expect.objectContaining({
          level: 'warn',
          kind: 'problem',
          message: expect.stringMatching(`^The Redis at .* has no replica: .*${advice}$`),
        }),
      ]);
      expect(cloud.starts).toBe(1);
    });

    it('goes on in a new instance where the last one stopped', async () => {
      const cloud = functionOn(file);
      await cloud.tick();
      await cloud.dropInstances();
      expect(await cloud.tick()).toMatchObject({ tasks: 1, events: 0, pending: 0 });
      world.status('task-1', 'FULLMIGRATING');
      expect(await cloud.tick()).toMatchObject({ events: 1, delivered: 3 });
      expect(cloud.starts).toBe(2);
      const ids = verifiedEvents().map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    });

    it('loses nothing when it is killed in the middle of a delivery: the next instance delivers', async () => {
      const cloud = functionOn(file);
      world.receiver.answer('/cutover', 'late');
      const tick = cloud.tick().catch((error: unknown) => error);
      await expect.poll(() => world.receiver.at('/cutover').length, POLL).toBe(1);
      await cloud.dropInstances();
      expect(String(await tick)).toContain('the process ended (SIGKILL)');
      world.receiver.answer('/cutover', { status: 200 });
      aheadMs = LEASE_MS;
      expect(await cloud.tick()).toMatchObject({ events: 0, pending: 0 });
      const [before, after] = world.receiver.at('/cutover');
      expect(after?.body).toBe(before?.body);
      expect(after?.headers['webhook-id']).toBe(before?.headers['webhook-id']);
      expect(world.receiver.at('/cutover')).toHaveLength(2);
    });

    it('says at the first event what it could not begin with, and works once that is mended', async () => {
      Object.assign(keys, { accessKey: '', secretKey: '', securityToken: '' });
      const cloud = functionOn(file);
      await expect(cloud.tick()).rejects.toThrow(
        /credentials: none found; tried: .*; the keys of the function's agency/,
      );
      expect(lines(cloud)).toEqual([
        expect.objectContaining({
          level: 'error',
          kind: 'failure',
          message: expect.stringContaining('agency'),
        }),
      ]);
      renewKeys();
      expect(await cloud.tick()).toMatchObject({ tasks: 1, failedLooks: 0 });
      expect(cloud.starts).toBe(1);
    });

    it('refuses to keep its state in a Redis that a watched task migrates', async () => {
      const answer = realisticAnswer('FULLMIGRATING', { task_id: 'task-1' });
      const target = { ...Object(answer['target_instance']), addrs: `127.0.0.1:${redis.port}` };
      world.simulator.setTask('task-1', { ...answer, target_instance: target });
      const cloud = functionOn(file);
      await cloud.tick();
      await cloud.dropInstances();
      await expect(cloud.tick()).rejects.toThrow('The Redis of the state takes part in the migration task-1');
      expect(lines(cloud).at(-1)).toMatchObject({ level: 'error', kind: 'failure' });
    });

    it('says that its Redis cannot be reached, and works once it can', async () => {
      const url = `redis://:${REDIS_PASSWORD}@127.0.0.1:${redis.port}`;
      await redis.kill();
      const cloud = functionOn(file);
      await expect(cloud.tick()).rejects.toThrow(`The Redis at 127.0.0.1:${redis.port}`);
      expect(cloud.starts).toBe(1);
      expect(cloud.log()).not.toContain(url);
    });
  });
});

describe.skipIf(NO_REDIS)('the schedule of a function', () => {
  it.each([
    ['', 60_000],
    ['5', 300_000],
  ])('is that of its variable: %j', async (minutes, expected) => {
    const cloud = functionOn(process.execPath, {}, { SCHEDULE_MINUTES: minutes });
    expect(await cloud.tick()).toMatchObject({ events: 1, failedLooks: 0 });
    await redis.admin.auth(REDIS_PASSWORD);
    const keysThere = await redis.admin.keys('*');
    const stored = await Promise.all(keysThere.map((key) => redis.admin.hvals(key)));
    expect(stored.flat().join('\n')).toContain(`"intervalMs":${expected},`);
  });

  it('cannot be anything else, and the log says what it may be', async () => {
    const cloud = functionOn(process.execPath, {}, { SCHEDULE_MINUTES: '90' });
    const words = 'SCHEDULE_MINUTES must be a whole number from 1 to 60, the minutes between two invocations';
    await expect(cloud.tick()).rejects.toThrow(words);
    await expect.poll(() => cloud.log(), POLL).toContain('\n');
    expect(lines(cloud)).toEqual([expect.objectContaining({ level: 'error', message: words })]);
  });
});

describe.skipIf(NO_REDIS)('a function whose time runs out', () => {
  it('ends its tick before that, and delivers later what it could not', async () => {
    const cloud = functionOn(process.execPath, { timeoutMs: 30_000 });
    world.receiver.answer('/cutover', 'late');
    expect(await cloud.tick()).toMatchObject({ events: 1, delivered: 2, pending: 1 });
    world.receiver.answer('/cutover', { status: 200 });
    await cloud.dropInstances();
    // Whether the attempt was given up or had no answer in time, it is due by then.
    aheadMs = 3 * LEASE_MS;
    expect(await cloud.tick()).toMatchObject({ events: 0, delivered: 1, pending: 0 });
    expect(new Set(verifiedEvents().map(({ id }) => id)).size).toBe(1);
  });
});
