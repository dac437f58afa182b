import { describe, expect, test } from 'vitest';
import { channelSchema, createChannel } from '../../lib/channels/index.ts';
import { client, failingLookup, freePort, httpServer, rawServer, tlsServer } from '../http/servers.ts';
import { flood, steadyGrowthDuring } from '../support/memory.ts';
import { expectNoSecret } from '../support/secrets.ts';
import { sampleOf, secretsOf, TYPES } from './samples.ts';
import { answering, CHANGE, channelAt, eventOf, hasty, NOW } from './support.ts';

const OUTGOING = { events: [eventOf()], now: NOW };

// A new type is held to this as soon as it is registered.
describe.each(TYPES)('a channel of type %s', (type) => {
  const sample = sampleOf(type);
  const settings = { type, ...sample.settings };
  const secrets = secretsOf(type);
  const [path = '', query = ''] = sample.secrets.url;
  const PATH = `/${path}?token=${query}`;

  describe('for any audience', () => {
    test('delivers to a receiver that answers ok', async () => {
      const server = await httpServer((_request, response) => response.end('ok'));
      const outcome = await channelAt(server.url(PATH), settings, client()).send(OUTGOING);
      expect(outcome).toMatchObject({ class: 'delivered', status: 200, ms: expect.any(Number) });
      expectNoSecret(outcome, secrets);
    });

    test('sends the same bytes on every attempt', async () => {
      const bodies: string[] = [];
      const server = await httpServer(async (request, response) => {
        bodies.push((await request.toArray()).join(''));
        response.writeHead(503).end();
      });
      const channel = channelAt(server.url(PATH), settings, client());
      await channel.send(OUTGOING);
      await channel.send({ events: [eventOf()], now: new Date(NOW.getTime() + 60_000) });
      expect(bodies).toHaveLength(2);
      expect(bodies[1]).toBe(bodies[0]);
    });

    test('ends within its own time-out, counted over all its requests', async () => {
      const limits: number[] = [];
      const http = answering({ status: 400, body: 'invalid_blocks' });
      const watched: typeof http = {
        ...http,
        request: (request, limit) => {
          limits.push(limit.timeoutMs);
          return http.request(request, limit);
        },
      };
      const channel = channelAt('https://receiver.example/', settings, watched);
      await channel.send(OUTGOING);
      expect(limits.length).toBeGreaterThan(0);
      expect(limits.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(channel.timeoutMs);
    });

    test('names its audience', () => {
      expect(channelAt('https://receiver.example/', settings, answering({})).audience).toMatch(
        /^(?:people|programs)$/,
      );
    });

    test('accepts events that pass its filter', () => {
      const channel = channelAt(
        'https://receiver.example/',
        { ...settings, when: { severity: ['failure'] } },
        answering({}),
      );
      expect(channel.accepts(eventOf({ ...CHANGE, severity: 'failure' }))).toBe(true);
      expect(channel.accepts(eventOf())).toBe(false);
    });

    test('honours Retry-After, and waits as planned when it is unreadable', async () => {
      const askFor = async (value: string) => {
        const http = answering({ status: 429, headers: { 'retry-after': value } });
        return channelAt('https://receiver.example/', settings, http).send(OUTGOING);
      };
      expect(await askFor('5')).toMatchObject({ class: 'pause', retryAfterMs: 5000 });
      expect(await askFor('soon')).not.toHaveProperty('retryAfterMs');
    });
  });

  describe('when there is no answer', () => {
    test('tries again later after a refused connection', async () => {
      const url = `http://127.0.0.1:${await freePort()}${PATH}`;
      const outcome = await channelAt(url, settings, client()).send(OUTGOING);
      expect(outcome).toMatchObject({ class: 'transient', reason: expect.stringContaining('ECONNREFUSED') });
      expectNoSecret(outcome, secrets);
    });

    test('tries again later when the receiver took the request and broke the connection', async () => {
      const server = await rawServer((socket) => socket.resetAndDestroy());
      const outcome = await channelAt(server.url(PATH), settings, client()).send(OUTGOING);
      expect(server.connections()).toBe(1);
      expect(outcome.class).toBe('transient');
      expectNoSecret(outcome, secrets);
    });

    test('pauses after a time-out', async () => {
      const server = await rawServer(() => undefined);
      const outcome = await channelAt(server.url(PATH), settings, hasty(client())).send(OUTGOING);
      expect(server.connections()).toBe(1);
      expect(outcome).toMatchObject({ class: 'pause', reason: expect.stringContaining('1000 ms') });
      expectNoSecret(outcome, secrets);
    });

    test('tries again later when the name is not found', async () => {
      const http = client({ lookup: failingLookup('ENOTFOUND', path) });
      const outcome = await channelAt(`https://receiver.example${PATH}`, settings, http).send(OUTGOING);
      expect(outcome).toMatchObject({ class: 'transient', reason: expect.stringContaining('ENOTFOUND') });
      expectNoSecret(outcome, secrets);
    });

    test('tries again later when the answer is not HTTP', async () => {
      const server = await rawServer((socket) => socket.end(`${path}\r\n\r\n`));
      const outcome = await channelAt(server.url(PATH), settings, client()).send(OUTGOING);
      expect(server.connections()).toBe(1);
      expect(outcome.class).toBe('transient');
      expectNoSecret(outcome, secrets);
    });

    test('is broken by a certificate that cannot be trusted', async () => {
      const server = await tlsServer('self-signed');
      const outcome = await channelAt(server.url(PATH), settings, client()).send(OUTGOING);
      expect(outcome).toMatchObject({ class: 'broken', reason: expect.stringContaining('certificate') });
      expectNoSecret(outcome, secrets);
    });

    test('is broken by a name that resolves to a private address, and sends nothing there', async () => {
      const server = await httpServer((_request, response) => response.end('ok'));
      const http = client({
        lookup: (_host, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
      });
      const config = channelSchema.parse({
        url: `https://receiver.example:${server.port}${PATH}`,
        ...settings,
      });
      const outcome = await createChannel('ops', config, { http }).send(OUTGOING);
      expect(outcome).toMatchObject({ class: 'broken', reason: expect.stringContaining('private') });
      expect(server.connections()).toBe(0);
      expectNoSecret(outcome, secrets);
    });

    test('tries again later after an unexpected error, whose text it does not repeat', async () => {
      const http = { request: () => Promise.reject(new Error(PATH)), close: async () => undefined };
      const outcome = await channelAt(`https://receiver.example${PATH}`, settings, http).send(OUTGOING);
      expect(outcome).toEqual({ class: 'transient', reason: 'internal error (Error)', ms: 0 });
    });
  });

  describe('when there is an answer', () => {
    test.each([
      ['without end', ''],
      ['of 100 MB', 'content-length: 100000000\r\n'],
    ])('%s: it is cut, the status line decides, and memory stays bounded', async (_what, length) => {
      let sent = 0;
      const server = await rawServer((socket) => {
        socket.write(`HTTP/1.1 200 OK\r\n${length}\r\n`);
        flood(socket, 'x'.repeat(10_000), (bytes) => {
          sent += bytes;
        });
      });
      const http = client();
      const channel = channelAt(server.url(PATH), settings, http);

      const growth = await steadyGrowthDuring('living', async () => {
        sent = 0;
        expect(await channel.send(OUTGOING)).toMatchObject({ class: 'delivered', status: 200 });
        expect(sent).toBeGreaterThan(64 * 1024);
        expect(sent).toBeLessThan(10_000_000);
      });

      expect(growth).toBeLessThan(512 * 1024);
    });

    test('that drips: the status line decides', async () => {
      const server = await rawServer((socket) =>
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\no'),
      );
      const outcome = await channelAt(server.url(PATH), settings, hasty(client())).send(OUTGOING);
      expect(server.connections()).toBe(1);
      expect(outcome).toMatchObject({ class: 'delivered', status: 200 });
    });
  });
});
