import { createHmac, timingSafeEqual } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { Secret } from '../../../lib/base/secret.ts';
import { hubHeaders } from '../../../lib/channels/webhook/hub-signature.ts';
import { client, httpServer } from '../../http/servers.ts';
import { CHANGE, channelAt, eventOf, SETTINGS } from '../support.ts';

const HUB_SECRET = 'a shared secret, é, of many characters';
const EVENT = eventOf({ ...CHANGE, summary: 'orders 🐘 → "ready"' });

interface Arrived {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Checks a request as receivers of GitHub's webhooks do: over the bytes as they came. */
function isHubSigned({ headers, body }: Arrived, secret: string): boolean {
  const expected = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
  const given = headers['x-hub-signature-256'] ?? '';
  return given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
}

/** A receiver that takes what is signed with this secret and of this content type, and answers 401 or 415 to all else. */
async function strictReceiver(secret: string, contentType: string) {
  const arrived: Arrived[] = [];
  const server = await httpServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    const one = { headers, body };
    arrived.push(one);
    const isTyped = headers['content-type'] === contentType;
    response.writeHead(isTyped ? (isHubSigned(one, secret) ? 200 : 401) : 415).end();
  });
  return { url: server.url('/hooks'), arrived };
}

test('the signature is the one that GitHub documents for its own example', () => {
  expect(hubHeaders(new Secret("It's a Secret to Everybody"), 'Hello, World!')).toEqual({
    'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
  });
});

test('a receiver that checks signatures as GitHub makes them takes a webhook with a hubSecret', async () => {
  const { url, arrived } = await strictReceiver(HUB_SECRET, 'application/cloudevents+json');
  const now = new Date();
  const send = async (more: object) =>
    (await channelAt(url, { ...SETTINGS.webhook, ...more }, client())).send({ events: [EVENT], now });

  expect(await send({ hubSecret: HUB_SECRET })).toMatchObject({ class: 'delivered' });
  expect(await send({ hubSecret: `${HUB_SECRET}.` })).toMatchObject({ status: 401 });
  expect(await send({ hubSecret: undefined })).toMatchObject({ status: 401 });
  expect(arrived.map(({ headers }) => 'x-hub-signature-256' in headers)).toEqual([true, true, false]);
  // The other signature is there as always.
  const [first = { headers: {}, body: '' }] = arrived;
  const { secret } = SETTINGS.webhook;
  expect(new Webhook(secret).verify(String(first.body), first.headers)).toMatchObject({ id: EVENT.id });
});

test('a receiver that reads nothing but application/json gets the same bytes as that', async () => {
  const { url, arrived } = await strictReceiver(HUB_SECRET, 'application/json');
  const send = async (more: object) =>
    (await channelAt(url, { ...SETTINGS.webhook, hubSecret: HUB_SECRET, ...more }, client())).send({
      events: [EVENT],
      now: new Date(),
    });

  expect(await send({})).toMatchObject({
    class: 'permanent',
    status: 415,
    reason: expect.stringContaining('try contentType: application/json'),
  });
  expect(await send({ contentType: 'application/json' })).toMatchObject({ class: 'delivered' });
  const [asEvent, asJson] = arrived;
  expect(asJson?.body).toEqual(asEvent?.body);
  expect(asJson?.headers['content-type']).toBe('application/json');
});

test('a 415 causes no advice to use application/json when that is the type already', async () => {
  const { url } = await strictReceiver(HUB_SECRET, 'text/plain');
  const settings = { ...SETTINGS.webhook, contentType: 'application/json' };
  const outcome = await (await channelAt(url, settings, client())).send({ events: [EVENT], now: new Date() });
  expect(outcome).toMatchObject({ status: 415, reason: expect.not.stringContaining('contentType') });
});
