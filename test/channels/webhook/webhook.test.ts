import { CloudEvent, HTTP } from 'cloudevents';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { client, httpServer, rawServer } from '../../http/servers.ts';
import { expectNoSecret } from '../../support/secrets.ts';
import { outcomeTable } from '../outcomes.ts';
import {
  ALL_CANARIES,
  answering,
  CANARIES,
  CHANGE,
  channelAt,
  eventOf,
  hasty,
  NOW,
  SETTINGS,
  TASK,
} from '../support.ts';

const OTHER_SECRET = `whsec_${Buffer.from('the other secret while it rotates').toString('base64')}`;
const HARD = eventOf({
  ...CHANGE,
  task: { ...TASK, name: 'orders\u2028cache 🐘/"\\ \ud800 é' },
  summary: 'a/b \u2029 😀',
});

interface Arrived {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** A receiver that remembers what came; the n-th request gets the n-th status, the last one from then on. */
async function receiver(...statuses: number[]) {
  const arrived: Arrived[] = [];
  const server = await httpServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    arrived.push({ headers, body });
    response.writeHead(statuses[arrived.length - 1] ?? statuses.at(-1) ?? 200).end('ok');
  });
  return { url: server.url(`/${CANARIES.path}`), arrived };
}

describe('a webhook request', () => {
  test.each([
    ['the secret', SETTINGS.webhook.secret, [SETTINGS.webhook.secret]],
    [
      'either secret while rotating',
      [SETTINGS.webhook.secret, OTHER_SECRET],
      [SETTINGS.webhook.secret, OTHER_SECRET],
    ],
  ])('verifies with %s by the reference library', async (_what, secret, accepted) => {
    const { url, arrived } = await receiver(200);
    const now = new Date();
    await (await channelAt(url, { ...SETTINGS.webhook, secret }, client())).send({ events: [HARD], now });

    const [request] = arrived;
    expect(accepted.length).toBeGreaterThan(0);
    for (const key of accepted) {
      expect(new Webhook(key).verify(request?.body ?? '', request?.headers ?? {})).toMatchObject({
        id: HARD.id,
      });
    }
    const stranger = new Webhook(Buffer.alloc(32, 1).toString('base64'));
    expect(() => stranger.verify(request?.body ?? '', request?.headers ?? {})).toThrow(
      'No matching signature',
    );
  });

  test('is a valid structured CloudEvent with the data of the event', async () => {
    const { url, arrived } = await receiver(200);
    await (await channelAt(url, SETTINGS.webhook, client())).send({ events: [HARD], now: NOW });

    const [{ headers, body } = { headers: {}, body: '' }] = arrived;
    expect(headers['content-type']).toBe('application/cloudevents+json');
    const parsed = HTTP.toEvent({ headers, body });
    expect(parsed).toBeInstanceOf(CloudEvent);
    if (parsed instanceof CloudEvent) expect(parsed.validate()).toBe(true);
    expect(parsed).toMatchObject({ id: HARD.id, type: HARD.type, subject: TASK.id, sequence: '0000000007' });
    expect(JSON.parse(body)).toEqual(JSON.parse(JSON.stringify(HARD)));
  });

  test('carries the headers of the configuration and a user agent', async () => {
    const { url, arrived } = await receiver(200);
    await (await channelAt(url, SETTINGS.webhook, client())).send({ events: [HARD], now: NOW });
    expect(arrived[0]?.headers).toMatchObject({
      authorization: `Bearer ${CANARIES.header}`,
      'user-agent': 'dcs-migration-watch',
      'webhook-id': HARD.id,
      'webhook-timestamp': String(Math.floor(NOW.getTime() / 1000)),
    });
  });

  test('after a lost answer has the same id and bytes, and a new timestamp with its own signature', async () => {
    const arrived: string[] = [];
    const server = await rawServer((socket, connection) => {
      if (connection === 1) socket.resetAndDestroy();
      else socket.end('HTTP/1.1 204 No Content\r\n\r\n');
    });
    const http = client();
    const spy: typeof http = {
      ...http,
      request: (request, limits) => {
        arrived.push(JSON.stringify([request.headers['webhook-id'], request.body]));
        arrived.push(
          JSON.stringify([request.headers['webhook-timestamp'], request.headers['webhook-signature']]),
        );
        return http.request(request, limits);
      },
    };
    const channel = await channelAt(server.url(), SETTINGS.webhook, spy);
    const lost = await channel.send({ events: [HARD], now: NOW });
    const found = await channel.send({ events: [HARD], now: new Date(NOW.getTime() + 60_000) });

    expect([lost.class, found.class, server.connections()]).toEqual(['transient', 'delivered', 2]);
    const [message, signature, sameMessage, otherSignature] = arrived;
    expect(sameMessage).toBe(message);
    expect(otherSignature).not.toBe(signature);
  });

  test('is repeated when the answer comes after the time-out', async () => {
    const bodies: string[] = [];
    const server = await httpServer(async (request, response) => {
      bodies.push(Buffer.concat(await request.toArray()).toString());
      if (bodies.length === 1) response.on('close', () => response.end('ok'));
      else response.end('ok');
    });
    const hurried = await channelAt(server.url(), SETTINGS.webhook, hasty(client()));
    expect(await hurried.send({ events: [HARD], now: NOW })).toMatchObject({ class: 'pause' });
    const channel = await channelAt(server.url(), SETTINGS.webhook, client());
    expect(await channel.send({ events: [HARD], now: NOW })).toMatchObject({ class: 'delivered' });
    expect(bodies).toHaveLength(2);
    expect(bodies[1]).toBe(bodies[0]);
  });

  test('is for programs', async () => {
    expect((await channelAt('https://ci.example.com/', SETTINGS.webhook, answering({}))).audience).toBe(
      'programs',
    );
  });
});

describe('the outcome of a webhook', () => {
  const TABLE = outcomeTable([
    [100, 199, 'transient'],
    [200, 299, 'delivered'],
    [300, 499, 'transient'],
    [400, 400, 'permanent'],
    [409, 409, 'permanent'],
    [410, 410, 'broken'],
    [413, 413, 'permanent'],
    [415, 415, 'permanent'],
    [422, 422, 'permanent'],
    [429, 429, 'pause'],
    [500, 599, 'transient'],
  ]);

  test('follows the table for every status', async () => {
    const seen = new Map<number, string>();
    for (const status of TABLE.keys()) {
      const channel = await channelAt(
        'https://ci.example.com/',
        SETTINGS.webhook,
        answering({ status, body: 'invalid' }),
      );
      const outcome = await channel.send({ events: [HARD], now: NOW });
      expect(outcome).toMatchObject({ status, reason: expect.stringContaining(`HTTP ${status}`) });
      seen.set(status, outcome.class);
    }
    expect(seen.size).toBe(500);
    expect(seen).toEqual(TABLE);
  });

  test('is the same over a real connection', async () => {
    const statuses = [...TABLE.keys()].filter((status) => status >= 200);
    const { url, arrived } = await receiver(...statuses);
    const channel = await channelAt(url, SETTINGS.webhook, client());
    for (const status of statuses) {
      const outcome = await channel.send({ events: [HARD], now: NOW });
      expect(outcome).toMatchObject({ status, class: TABLE.get(status) });
      expectNoSecret(outcome, ALL_CANARIES);
    }
    expect(arrived).toHaveLength(400);
  });

  test.each([
    ['application/cloudevents+json', '; try contentType: application/json'],
    ['application/json', ''],
  ])('of 415 says what to try after %s', async (contentType, advice) => {
    const settings = { ...SETTINGS.webhook, contentType };
    const channel = await channelAt('https://ci.example.com/', settings, answering({ status: 415 }));
    expect(await channel.send({ events: [HARD], now: NOW })).toMatchObject({
      class: 'permanent',
      reason: `HTTP 415 (this content type is not accepted)${advice}`,
    });
  });

  test.each([500, 501, 502, 503, 504])(
    'of %i with Retry-After is a pause only where a server is overloaded',
    async (status) => {
      const send = async (value: string) =>
        (
          await channelAt(
            'https://ci.example.com/',
            SETTINGS.webhook,
            answering({ status, headers: { 'retry-after': value } }),
          )
        ).send({
          events: [HARD],
          now: NOW,
        });
      const expected = status >= 502 ? 'pause' : 'transient';
      expect(await send('120')).toMatchObject({ class: expected, retryAfterMs: 120_000 });
      expect(await send('garbage')).toMatchObject({ class: 'transient' });
    },
  );

  test('of a redirect is that it is not followed', async () => {
    const target = await receiver(200);
    const server = await httpServer((_request, response) =>
      response.writeHead(307, { location: String(target.url) }).end(),
    );
    const outcome = await (await channelAt(server.url(), SETTINGS.webhook, client())).send({
      events: [HARD],
      now: NOW,
    });
    expect(outcome).toMatchObject({
      class: 'transient',
      notHere: true,
      status: 307,
      reason: expect.stringContaining('redirect'),
    });
    expect(target.arrived).toEqual([]);
    expectNoSecret(outcome, ALL_CANARIES);
  });
});
