import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createChannel } from '../../lib/channels/index.ts';
import type { MigrationEvent } from '../../lib/events/event.ts';
import type { HttpClient } from '../../lib/http/client.ts';
import { client, failingLookup, freePort, httpServer, rawServer, tlsServer } from '../http/servers.ts';
import { channelSchema } from '../support/channel-types.ts';
import { flood, steadyGrowthDuring } from '../support/memory.ts';
import { expectNoSecret } from '../support/secrets.ts';
import { nastyEvents } from './nasty.ts';
import { answersOf, sampleOf, secretsOf } from './samples.ts';
import { answering, channelAt, eventOf, hasty, internalError, NOW, TASK } from './support.ts';

const LONG_NAMES = [
  '&'.repeat(5000),
  '"\\'.repeat(2500),
  '😀'.repeat(2500),
  '界'.repeat(5000),
  '<@x>_*'.repeat(900),
];

/** The contract of all channels that speak HTTP, for one type or form of it. */
export function describeContract(type: string): void {
  describe(`a channel of type ${type}`, () => {
    const sample = sampleOf(type);
    const goesOn = sample.thread === undefined ? {} : { thread: sample.thread };
    const OUTGOING = { events: [eventOf(sample.data)], now: NOW, ...goesOn };
    const settings = { type, ...sample.settings };
    const channelFor = (url: URL | string, http: HttpClient) => channelAt(url, settings, http, sample.place);
    const secrets = secretsOf(type);
    const [path = '', query = ''] = sample.secrets.url;
    const PATH = `/${path}?token=${query}`;

    /** A body without what is made anew for each attempt. */
    const steady = (body = '{}') => {
      const fields: Record<string, unknown> = JSON.parse(body);
      for (const name of sample.volatile) expect(fields).toHaveProperty(name);
      return Object.fromEntries(Object.entries(fields).filter(([name]) => !sample.volatile.includes(name)));
    };

    describe('for any audience', () => {
      test('delivers to a receiver that answers ok', async () => {
        const server = await httpServer((_request, response) => response.end(sample.taken));
        const outcome = await (await channelFor(server.url(PATH), client())).send(OUTGOING);
        expect(outcome).toMatchObject({ class: 'delivered', status: 200, ms: expect.any(Number) });
        expectNoSecret(outcome, secrets);
      });

      test('sends the same bytes on every attempt', async () => {
        const bodies: string[] = [];
        const server = await httpServer(async (request, response) => {
          bodies.push((await request.toArray()).join(''));
          response.writeHead(503).end();
        });
        const channel = await channelFor(server.url(PATH), client());
        await channel.send(OUTGOING);
        await channel.send({ ...OUTGOING, now: new Date(NOW.getTime() + 60_000) });
        expect(bodies).toHaveLength(2);
        expect(steady(bodies[1])).toEqual(steady(bodies[0]));
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
        const channel = await channelFor('https://receiver.example/', watched);
        await channel.send(OUTGOING);
        expect(limits.length).toBeGreaterThan(0);
        expect(limits.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(channel.timeoutMs);
      });

      test('names its audience', async () => {
        expect((await channelFor('https://receiver.example/', answering({}))).audience).toMatch(
          /^(?:people|programs)$/,
        );
      });

      test('accepts events that pass its filter', async () => {
        const filtered = { ...settings, when: { severity: ['failure'] } };
        const channel = await channelAt('https://receiver.example/', filtered, answering({}), sample.place);
        expect(channel.accepts(eventOf({ ...sample.data, severity: 'failure' }))).toBe(true);
        expect(channel.accepts(eventOf())).toBe(false);
      });

      test('honours Retry-After, and waits as planned when it is unreadable', async () => {
        const askFor = async (value: string) => {
          const http = answering({ status: 429, headers: { 'retry-after': value } });
          return (await channelFor('https://receiver.example/', http)).send(OUTGOING);
        };
        expect(await askFor('5')).toMatchObject({ class: 'pause', retryAfterMs: 5000 });
        expect((await askFor('soon')).retryAfterMs).toBe(sample.pauseMs);
      });
    });

    describe('when there is no answer', () => {
      test('tries again later after a refused connection', async () => {
        const url = `http://127.0.0.1:${await freePort()}${PATH}`;
        const outcome = await (await channelFor(url, client())).send(OUTGOING);
        expect(outcome).toMatchObject({
          class: 'transient',
          reason: expect.stringContaining('ECONNREFUSED'),
        });
        expectNoSecret(outcome, secrets);
      });

      test('tries again later when the receiver took the request and broke the connection', async () => {
        const server = await rawServer((socket) => socket.resetAndDestroy());
        const outcome = await (await channelFor(server.url(PATH), client())).send(OUTGOING);
        expect(server.connections()).toBe(1);
        expect(outcome.class).toBe('transient');
        expectNoSecret(outcome, secrets);
      });

      test('pauses after a time-out', async () => {
        const server = await rawServer(() => undefined);
        const outcome = await (await channelFor(server.url(PATH), hasty(client()))).send(OUTGOING);
        expect(server.connections()).toBe(1);
        expect(outcome).toMatchObject({ class: 'pause', reason: expect.stringContaining('1000 ms') });
        expectNoSecret(outcome, secrets);
      });

      test('tries again later when the name is not found', async () => {
        const http = client({ lookup: failingLookup('ENOTFOUND', path) });
        const outcome = await (await channelFor(`https://receiver.example${PATH}`, http)).send(OUTGOING);
        expect(outcome).toMatchObject({ class: 'transient', reason: expect.stringContaining('ENOTFOUND') });
        expectNoSecret(outcome, secrets);
      });

      test('tries again later when the answer is not HTTP', async () => {
        const server = await rawServer((socket) => socket.end(`${path}\r\n\r\n`));
        const outcome = await (await channelFor(server.url(PATH), client())).send(OUTGOING);
        expect(server.connections()).toBe(1);
        expect(outcome.class).toBe('transient');
        expectNoSecret(outcome, secrets);
      });

      test('is broken by a certificate that cannot be trusted', async () => {
        const server = await tlsServer('self-signed');
        const outcome = await (await channelFor(server.url(PATH), client())).send(OUTGOING);
        expect(outcome).toMatchObject({ class: 'broken', reason: expect.stringContaining('certificate') });
        expectNoSecret(outcome, secrets);
      });

      test('is broken by a name that resolves to a private address, and sends nothing there', async () => {
        const server = await httpServer((_request, response) => response.end('ok'));
        const http = client({
          lookup: (_host, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
        });
        const config = channelSchema.parse({
          [sample.place]: `https://receiver.example:${server.port}${PATH}`,
          ...settings,
        });
        const outcome = await (await createChannel('ops', config, { http })).send(OUTGOING);
        expect(outcome).toMatchObject({ class: 'broken', reason: expect.stringContaining('private') });
        expect(server.connections()).toBe(0);
        expectNoSecret(outcome, secrets);
      });

      test('tries again later after an unexpected error, whose text it does not repeat', async () => {
        const http = { request: () => Promise.reject(new Error(PATH)), close: async () => undefined };
        const outcome = await (await channelFor(`https://receiver.example${PATH}`, http)).send(OUTGOING);
        expect(outcome).toEqual(internalError('Error'));
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
        const channel = await channelFor(server.url(PATH), http);

        const growth = await steadyGrowthDuring('living', async () => {
          sent = 0;
          expect(await channel.send(OUTGOING)).toMatchObject({ class: sample.unread, status: 200 });
          expect(sent).toBeGreaterThan(64 * 1024);
          expect(sent).toBeLessThan(10_000_000);
        });

        expect(growth).toBeLessThan(512 * 1024);
      });

      test('that drips: the status line decides', async () => {
        const server = await rawServer((socket) =>
          socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\no'),
        );
        const outcome = await (await channelFor(server.url(PATH), hasty(client()))).send(OUTGOING);
        expect(server.connections()).toBe(1);
        expect(outcome).toMatchObject({ class: sample.unread, status: 200 });
      });
    });

    describe('knows every documented answer', () => {
      test.each(answersOf(type))('$status $body: $expected.class', async (answer) => {
        const bodies: string[] = [];
        const http: HttpClient = {
          ...answering({}),
          request: async ({ body = '' }) => {
            bodies.push(body);
            const { status, headers, body: words } = answer;
            return { status, headers, body: words, truncated: false, ms: 3 };
          },
        };
        const { class: expected, seconds, asPlain } = answer.expected;
        const outcome = await (await channelFor(`https://receiver.example${PATH}`, http)).send(OUTGOING);
        expect(outcome.class).toBe(expected);
        if (seconds !== undefined) expect(outcome.retryAfterMs).toBe(seconds * 1000);
        expect(bodies).toHaveLength(asPlain === true ? 2 : 1);
        expect(outcome.reason).not.toBe('');
        expect(outcome).not.toHaveProperty('isForm');
        expectNoSecret(outcome, secrets);
      });

      test('delivers in plain form what is refused in its own', async () => {
        const forms = answersOf(type).filter(({ expected }) => expected.asPlain);
        for (const { status, body } of forms) {
          const bodies: string[] = [];
          const http: HttpClient = {
            ...answering({}),
            request: async (request) => {
              bodies.push(request.body ?? '');
              const isFirst = bodies.length === 1;
              const answer = isFirst ? { status, body } : { status: 200, body: sample.taken };
              return { ...answer, headers: {}, truncated: false, ms: 3 };
            },
          };
          const outcome = await (await channelFor(`https://receiver.example${PATH}`, http)).send(OUTGOING);
          expect(outcome.class).toBe('delivered');
          expect(bodies[1]).not.toBe(bodies[0]);
        }
      });
    });

    const { assertGood } = sample;
    if (assertGood === undefined) return;
    describe('whatever names and texts there are', () => {
      const bodiesOf = async (events: readonly MigrationEvent[], isRefused: boolean) => {
        const bodies: string[] = [];
        const refusal = answersOf(type).find(({ expected }) => expected.asPlain);
        const http: HttpClient = {
          ...answering({}),
          request: async ({ body = '' }) => {
            bodies.push(body);
            const { status = 200, body: words = sample.taken } = (isRefused && refusal) || {};
            return { status, headers: {}, body: words, truncated: false, ms: 3 };
          },
        };
        await (await channelFor(`https://receiver.example${PATH}`, http)).send({
          events,
          now: NOW,
          ...goesOn,
        });
        return bodies;
      };

      test.each([false, true])(
        'sends what the vendor takes, and no markup of theirs; refused: %s',
        async (isRefused) => {
          let seen = 0;
          await fc.assert(
            fc.asyncProperty(nastyEvents, async (events) => {
              for (const body of await bodiesOf([...events], isRefused)) {
                seen += 1;
                assertGood(body);
              }
            }),
          );
          expect(seen).toBeGreaterThan(0);
        },
      );

      test.each(LONG_NAMES)('keeps its limits for many events with long names: %.8s…', async (name) => {
        const events = Array.from({ length: 64 }, (_, n) => {
          const data = { ...sample.data, summary: `${name}: moved on`, task: { ...TASK, name } };
          return { ...eventOf(data, undefined, n), time: new Date(NOW.getTime() - n * 60_000).toISOString() };
        });
        for (const body of await bodiesOf(events, false)) assertGood(body);
        for (const body of await bodiesOf(events.slice(0, 1), false)) {
          assertGood(body);
          expect(body).toContain(': moved on');
        }
      });
    });
  });
}
