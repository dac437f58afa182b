import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as z from 'zod/mini';
import type { Outcome } from '../../../lib/channels/channel.ts';
import { TIMEOUT_MS } from '../../../lib/channels/eventbridge/send.ts';
import { createChannel } from '../../../lib/channels/index.ts';
import { readProxies } from '../../../lib/http/proxies.ts';
import { proxyServer } from '../../http/proxy-server.ts';
import { freePort, httpServer, rawServer, tlsServer } from '../../http/servers.ts';
import { channelSchema } from '../../support/channel-types.ts';
import { expectNoSecret } from '../../support/secrets.ts';
import { answersOf, secretsOf } from '../samples.ts';
import { answering, CHANGE, eventOf, NOW } from '../support.ts';

const BUS = 'arn:aws:events:eu-west-1:123456789012:event-bus/redis';
const TAKEN = '{"FailedEntryCount":0,"Entries":[{"EventId":"11710aed-b79e-4468-a20b-bb3c0c3b4860"}]}';
const OUTGOING = { events: [eventOf()], now: NOW };
const KEYS = {
  AWS_ACCESS_KEY_ID: 'AKIACANARY0000000001',
  AWS_SECRET_ACCESS_KEY: 'canary-of-an-aws-key/5+Tr',
};
const SECRETS = [...secretsOf('eventbridge'), ...Object.values(KEYS)];
const [PATH = ''] = secretsOf('eventbridge');

beforeEach(() => {
  for (const [name, value] of Object.entries(KEYS)) vi.stubEnv(name, value);
});
afterEach(() => vi.unstubAllEnvs());

async function busAt(endpoint: URL | string, settings: Readonly<Record<string, unknown>> = {}, env = {}) {
  const config = channelSchema.parse({
    type: 'eventbridge',
    bus: BUS,
    endpoint: String(endpoint),
    allowInsecure: true,
    ...settings,
  });
  const { proxies } = readProxies(env);
  return await createChannel('bus', config, { http: answering({}), proxies });
}

async function outcomeAt(endpoint: URL | string): Promise<Outcome> {
  const outcome = await (await busAt(endpoint)).send(OUTGOING);
  expectNoSecret(outcome, SECRETS);
  return outcome;
}

const REQUEST = z.object({
  Entries: z.array(
    z.strictObject({
      Source: z.string(),
      DetailType: z.string(),
      Detail: z.string(),
      EventBusName: z.string(),
      Time: z.number(),
      Resources: z.array(z.string()),
    }),
  ),
});

/** An EventBridge on loopback: each answer as it is, with a message that repeats what nobody should see. */
async function bridge(status: number, body: string) {
  const asked: { readonly target: unknown; readonly signed: unknown; readonly body: unknown }[] = [];
  const server = await httpServer(async (request, response) => {
    const { 'x-amz-target': target, authorization: signed } = request.headers;
    asked.push({ target, signed, body: JSON.parse(await text(request)) });
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(body);
  });
  return { url: server.url(`/${PATH}`), asked };
}

describe('an event bus that takes an event', () => {
  test('gets the CloudEvent as the detail of one entry, signed for the region of the bus', async () => {
    const { url, asked } = await bridge(200, TAKEN);
    expect(await outcomeAt(url)).toEqual({ class: 'delivered', reason: 'HTTP 200', ms: expect.any(Number) });
    expect(asked).toHaveLength(1);
    expect(asked[0]?.target).toBe('AWSEvents.PutEvents');
    expect(asked[0]?.signed).toMatch(/\/eu-west-1\/events\/aws4_request/);
    const [event] = OUTGOING.events;
    expect(REQUEST.parse(asked[0]?.body).Entries).toEqual([
      {
        Source: 'dcs-migration-watch',
        DetailType: 'dcs.migration.status_changed',
        Detail: JSON.stringify(event),
        EventBusName: BUS,
        Time: Date.parse(event?.time ?? '') / 1000,
        Resources: [event?.source],
      },
    ]);
  });

  test('gets the same bytes on every attempt', async () => {
    const { url, asked } = await bridge(500, '{"__type":"InternalFailure"}');
    const channel = await busAt(url);
    await channel.send(OUTGOING);
    await channel.send({ ...OUTGOING, now: new Date(NOW.getTime() + 60_000) });
    expect(asked).toHaveLength(2);
    expect(asked[1]?.body).toEqual(asked[0]?.body);
  });

  test('is for programs, and gets what passes its filter', async () => {
    const channel = await busAt('http://127.0.0.1:1', { when: { severity: ['failure'] } });
    expect(channel.audience).toBe('programs');
    expect(channel.accepts(eventOf({ ...CHANGE, severity: 'failure' }))).toBe(true);
    expect(channel.accepts(eventOf())).toBe(false);
  });
});

describe('an event bus that answers', () => {
  test.each(answersOf('eventbridge'))(
    '$status $body: $expected.class',
    async ({ status, body, expected }) => {
      const words = `arn:aws:iam::1:role/${KEYS.AWS_SECRET_ACCESS_KEY}`;
      const { url, asked } = await bridge(status, body.replace('{', `{"message":"${words}",`));
      const outcome = await outcomeAt(url);
      expect(outcome.class).toBe(expected.class);
      if (expected.seconds !== undefined) expect(outcome.retryAfterMs).toBe(expected.seconds * 1000);
      expect(outcome.reason).not.toContain('role/');
      expect(asked).toHaveLength(1);
    },
  );

  test.each<[status: number, body: string, expected: string]>([
    [400, '{"__type":"ThrottlingException"}', 'pause'],
    [400, '{"__type":"com.amazonaws.events#ValidationException"}', 'permanent'],
    [400, '{"__type":"NobodyKnows"}', 'permanent'],
    [400, '{"__type":"IncompleteSignature"}', 'broken'],
    [413, '', 'permanent'],
    [403, '<html></html>', 'transient'],
    [404, '<html></html>', 'transient'],
    [429, '', 'pause'],
    [500, '', 'transient'],
    [503, '{"__type":"ServiceUnavailable"}', 'transient'],
    [302, '', 'transient'],
    [200, '{}', 'permanent'],
    [200, '<html>a page of somebody</html>', 'permanent'],
    [200, '{"FailedEntryCount":1,"Entries":[{"ErrorCode":"<b>words</b>"}]}', 'permanent'],
    [200, '{"FailedEntryCount":0,"Entries":[{}]}', 'permanent'],
    [200, '{"FailedEntryCount":1,"Entries":[{"EventId":"1"}]}', 'permanent'],
  ])('with %i %s: %s, after one request', async (status, body, expected) => {
    const { url, asked } = await bridge(status, body);
    const outcome = await outcomeAt(url);
    expect(outcome.class).toBe(expected);
    expect(outcome.reason).not.toContain('words');
    expect(asked).toHaveLength(1);
  });
});

describe('when there is no answer', () => {
  test('tries again later after a refused connection', async () => {
    expect(await outcomeAt(`http://127.0.0.1:${await freePort()}/${PATH}`)).toMatchObject({
      class: 'transient',
      reason: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('tries again later when the connection breaks, which may be after the event was taken', async () => {
    const server = await rawServer((socket) => socket.resetAndDestroy());
    expect((await outcomeAt(server.url(`/${PATH}`))).class).toBe('transient');
    expect(server.connections()).toBe(1);
  });

  test('pauses after a time-out, which is within its own', async () => {
    const server = await rawServer(() => undefined);
    expect(await outcomeAt(server.url(`/${PATH}`))).toMatchObject({ class: 'pause', retryAfterMs: 60_000 });
    expect((await busAt('http://127.0.0.1:1')).timeoutMs).toBeGreaterThanOrEqual(TIMEOUT_MS);
  });

  test('is broken by a certificate that cannot be trusted', async () => {
    const server = await tlsServer('self-signed');
    expect(await outcomeAt(server.url(`/${PATH}`))).toMatchObject({
      class: 'broken',
      reason: expect.stringContaining('certificate'),
    });
  });

  test('goes through the proxy that the environment names', async () => {
    const { url, asked } = await bridge(200, TAKEN);
    const proxy = await proxyServer({ hosts: { 'events.example:80': Number(url.port) } });
    const env = { HTTP_PROXY: `http://127.0.0.1:${proxy.port}` };
    const outcome = await (await busAt('http://events.example/', {}, env)).send(OUTGOING);
    expect(outcome.class).toBe('delivered');
    expect(proxy.asked).toEqual(['CONNECT events.example:80']);
    expect(asked).toHaveLength(1);
  });
});

describe('the settings of an event bus', () => {
  const problemsOf = (settings: object) =>
    (channelSchema.safeParse({ type: 'eventbridge', bus: BUS, ...settings }).error?.issues ?? []).map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    );

  test.each([
    BUS,
    BUS.replace('redis', 'default'),
    'arn:aws-cn:events:cn-north-1:123456789012:event-bus/a.b-c_d/e',
  ])('take %s', (bus) => {
    expect(problemsOf({ bus })).toEqual([]);
  });

  test.each(['default', 'arn:aws:sns:eu-west-1:123456789012:x', `${BUS} `, 7])('refuse %j', (bus) => {
    expect(problemsOf({ bus })).toEqual([expect.stringContaining('bus: expected the ARN of an event bus')]);
  });

  test('refuse an endpoint that must not be connected to', () => {
    expect(problemsOf({ endpoint: 'http://169.254.169.254/' })).toEqual([
      'endpoint: must be https (set allowInsecure: true to permit it)',
    ]);
  });
});

describe('the role of the function', () => {
  const SCRIPT = fileURLToPath(new URL('../../../scripts/secrets-access.cjs', import.meta.url));
  const rightsFor = (config: string): unknown => {
    const cwd = mkdtempSync(join(tmpdir(), 'dcs-migration-watch-rights-'));
    writeFileSync(join(cwd, 'watch.yml'), config);
    const print = `JSON.stringify(require(${JSON.stringify(SCRIPT)}).buses)`;
    return JSON.parse(execFileSync(process.execPath, ['-p', print], { cwd, encoding: 'utf8' }));
  };

  test('may put events on the buses of the configuration, and on no other', () => {
    const other = BUS.replace('redis', 'default');
    const config = `channels:\n  a: { type: eventbridge, bus: "${BUS}" }\n  b:\n    type: eventbridge\n    bus: ${other}\n#  c: { bus: "${BUS}-c" }\n`;
    expect(rightsFor(config)).toMatchObject({
      PolicyName: 'event-buses',
      PolicyDocument: { Statement: [{ Action: ['events:PutEvents'], Resource: [BUS, other] }] },
    });
  });

  test('may put no events where there is no bus', () => {
    expect(rightsFor('channels: {}\n')).toEqual({ Ref: 'AWS::NoValue' });
  });
});
