import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { secretsOnAws } from '../../lib/config/references/on-aws.ts';
import { loadServiceConfig } from '../../lib/config/source.ts';
import type { App } from '../../lib/runtime/app.ts';
import { createWarmApp } from '../../lib/runtime/warm-app.ts';
import { jsonLine } from '../../lib/telemetry/describe.ts';
import {
  type ParameterAnswer,
  type ParameterServer,
  parameter,
  REFUSAL_CANARY,
  refused,
  secret,
  startParameterServer,
} from '../support/parameter-server.ts';
import type { ReceivedRequest } from '../support/receiver.ts';
import { ACCESS_KEY, createWorld, keptOpen, PROJECT_ID, SECRET_KEY, type World } from '../support/world.ts';

const MINUTE = 60_000;
const RUN_MS = 60_000;
const SIGNING = { first: `whsec_${'a'.repeat(32)}`, second: `whsec_${'b'.repeat(32)}` };

let server: ParameterServer;
let folder: string;
let world: World;

beforeAll(async () => {
  server = await startParameterServer();
  folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-warm-'));
  for (const [name, value] of Object.entries(server.env)) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.close();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  world = await createWorld();
  world.status('task-1', 'RUNNING');
});
afterEach(() => world.close());

/** A configuration whose one channel, by reference, is where the parameter store says. */
function configText(url = '${ssm:/watch/url}', signing = '${secretsmanager:watch/hook#key}'): string {
  return JSON.stringify({
    projects: [
      {
        id: PROJECT_ID,
        region: 'cn-north-4',
        endpoint: world.simulator.endpoint.href,
        allowInsecure: true,
        tasks: ['task-1'],
      },
    ],
    channels: { cutover: { type: 'webhook', url, secret: signing, allowInsecure: true } },
  });
}

const urlAt = (path: string) => parameter(world.receiver.url(path));
const signedWith = (key: string) => secret(JSON.stringify({ key }));

/** AWS holds this address and this signing secret from now on. */
function given(path: string, key = SIGNING.first): void {
  server.given({ '/watch/url': urlAt(path), 'watch/hook': signedWith(key) });
}

/** The program as a cold start makes it; the clock is the world's. */
async function start(configPlace = 'watch.yml'): Promise<Pick<App, 'tick'>> {
  await writeFile(join(folder, 'watch.yml'), configText());
  const env = {
    ...server.env,
    WATCH_CONFIG: configPlace,
    HUAWEICLOUD_SDK_AK: ACCESS_KEY,
    HUAWEICLOUD_SDK_SK: SECRET_KEY,
  };
  const { config, readAgain } = await loadServiceConfig({ env, folder, secrets: secretsOnAws(env) });
  const { clock, store } = world;
  const log = (entry: World['log'][number]) => logged.push(entry);
  logged.length = 0;
  return await createWarmApp({ config, readAgain, store: keptOpen(store), log, clock, random: () => 0.5 });
}

/** What the reference library would sign this request with. */
function signature(secret: string, request: ReceivedRequest | undefined): string {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp } = request?.headers ?? {};
  return new Webhook(secret).sign(String(id), new Date(Number(timestamp) * 1000), request?.body ?? '');
}

const logged: World['log'][number][] = [];
const messages = (kind: 'notice' | 'problem') =>
  logged.flatMap((entry) => (entry.kind === kind ? [entry.message] : []));

describe('a program that stays warm', () => {
  test('sends pending deliveries to the current address of a parameter, with its current secret', async () => {
    given('/old');
    world.receiver.answer('/old', { status: 500 });
    const app = await start();
    expect(await app.tick(RUN_MS)).toMatchObject({ delivered: 0, pending: 1 });

    given('/new', SIGNING.second);
    world.clock.advance(6 * MINUTE);
    expect(await app.tick(RUN_MS)).toMatchObject({ delivered: 1, pending: 0 });

    const [old] = world.receiver.at('/old');
    const [now, ...more] = world.receiver.at('/new');
    expect(world.receiver.at('/old')).toHaveLength(1);
    expect(more).toEqual([]);
    expect(now?.body).toBe(old?.body);
    expect(now?.headers['webhook-id']).toBe(old?.headers['webhook-id']);
    expect(old?.headers['webhook-signature']).toBe(signature(SIGNING.first, old));
    expect(now?.headers['webhook-signature']).toBe(signature(SIGNING.second, now));
    expect(messages('notice')).toEqual(['the configuration has changed; the new one is now in use']);
  });

  test('uses a new configuration from a parameter as a whole', async () => {
    const inParameter = (path: string) =>
      server.given({ '/watch/config': parameter(configText(world.receiver.url(path), SIGNING.first)) });
    inParameter('/old');
    const app = await start('ssm:/watch/config');
    await app.tick(RUN_MS);

    inParameter('/new');
    world.status('task-1', 'FULLMIGRATING');
    world.clock.advance(6 * MINUTE);
    expect(await app.tick(RUN_MS)).toMatchObject({ changed: 1, delivered: 1 });
    expect(world.receiver.at('/new')).toHaveLength(1);
  });

  test('reads parameters every five minutes, and goes on as before when nothing has changed', async () => {
    given('/cutover');
    const app = await start();
    const atStart = server.asked.length;
    for (let minute = 0; minute < 5; minute += 1) {
      await app.tick(RUN_MS);
      expect(server.asked).toHaveLength(atStart);
      world.clock.advance(MINUTE);
    }
    await app.tick(RUN_MS);
    expect(server.asked).toHaveLength(2 * atStart);
    expect(messages('notice')).toEqual([]);
    expect(messages('problem')).toEqual([]);
  });
});

const both = (answer: ParameterAnswer) => ({ '/watch/url': answer, 'watch/hook': answer });
const outages: [what: string, answers: () => Record<string, ParameterAnswer>, reason: RegExp][] = [
  ['fails', () => both({ status: 500, body: {} }), /could not be read, try again later/],
  ['cannot be reached', () => both('reset'), /could not be read, try again later/],
  ['denies', () => both(refused('AccessDeniedException')), /may not be read: allow it in the role/],
  [
    'gives an address that is refused',
    () => ({ '/watch/url': parameter('ftp://canary.example'), 'watch/hook': signedWith(SIGNING.first) }),
    /channels\.cutover\.url: must be https/,
  ],
];

describe.each(outages)('while the parameter store %s, a program', (_what, answers, reason) => {
  test('uses the last good configuration for an hour, with a report in each tick, then refuses, then recovers', async () => {
    given('/cutover');
    const app = await start();
    await app.tick(RUN_MS);

    server.given(answers());
    let minutes = 0;
    for (const minute of [6, 30, 59]) {
      world.clock.advance((minute - minutes) * MINUTE);
      minutes = minute;
      const [asked, warned] = [server.asked.length, messages('problem').length];
      world.status('task-1', `STATUS_${minute}`);
      expect(await app.tick(RUN_MS)).toMatchObject({ changed: 1, delivered: 1 });
      expect(server.asked.length).toBeGreaterThan(asked);
      expect(messages('problem')).toHaveLength(warned + 1);
      expect(messages('problem').at(-1)).toMatch(reason);
      expect(messages('problem').at(-1)).toContain(`the one from ${minute} min ago is used`);
    }

    world.clock.advance(2 * MINUTE);
    const asked = server.asked.length;
    const refusal = await app.tick(RUN_MS).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ name: 'ConfigError', message: expect.stringMatching(reason) });
    expect(refusal).toMatchObject({ message: expect.stringMatching(/older than 60 min.*make it/) });
    expect(server.asked.length).toBeGreaterThan(asked);

    given('/cutover');
    world.clock.advance(MINUTE);
    world.status('task-1', 'INCRMIGEATING');
    expect(await app.tick(RUN_MS)).toMatchObject({ changed: 1, delivered: 1, pending: 0 });
    expect(messages('problem')).toHaveLength(3);

    const lines = logged.map((entry) => jsonLine(entry, new Date(0))).join('\n') + String(refusal);
    for (const canary of [REFUSAL_CANARY, 'canary', world.receiver.url('/cutover'), SIGNING.first]) {
      expect(lines).not.toContain(canary);
    }
  });
});

describe('an outage of the parameter store', () => {
  test('of less than an hour, again and again, stops nothing: each good reading starts the hour again', async () => {
    given('/cutover');
    const app = await start();
    let asked = 0;
    for (let round = 0; round < 3; round += 1) {
      server.given(both(refused('AccessDeniedException')));
      world.clock.advance(50 * MINUTE);
      await app.tick(RUN_MS);
      asked += server.asked.length;
      given('/cutover');
      world.clock.advance(MINUTE);
      await app.tick(RUN_MS);
    }
    expect(asked).toBeGreaterThan(2);
    expect(messages('problem')).toHaveLength(3);
  });
});
