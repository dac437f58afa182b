import { describe, expect, test } from 'vitest';
import { createHttpClient } from '../../lib/http/undici.ts';
import { hasty } from '../channels/support.ts';
import { client, rawServer } from '../http/servers.ts';
import { channelsAt } from '../support/world.ts';
import {
  BOTH,
  CHAT,
  deadLetters,
  drain,
  HOUR,
  MINUTE,
  migrate,
  numbers,
  received,
  WEBHOOK,
  world,
} from './support.ts';

/** Ticks so often, and at which times something arrived: milliseconds after the first attempt. */
async function attemptsOf(
  made: Awaited<ReturnType<typeof world>>,
  { path, everyMs, forMs }: { path: string; everyMs: number; forMs: number },
): Promise<number[]> {
  const begun = made.clock.now();
  const times: number[] = [];
  for (let count = 0; made.clock.now() <= begun + forMs; ) {
    await made.tick();
    const { length } = made.receiver.at(path);
    for (; count < length; count += 1) times.push(made.clock.now() - begun);
    made.clock.advance(everyMs);
  }
  return times;
}

describe('When it is tried again', () => {
  test('The first attempt is made in the tick that detected the change', async () => {
    const made = await world({ channels: BOTH });
    made.status('task-1', 'RUNNING');
    expect(await made.tick()).toMatchObject({ events: 1, delivered: 2, pending: 0 });
  });

  test('A kept-alive connection that turns out to be closed is replaced at once, but only once', async () => {
    const sent: number[] = [];
    const server = await rawServer((socket, connection, request) => {
      sent.push(connection);
      if (request === 1) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
      else socket.end();
    });
    const made = await world();
    const cutover = { type: 'webhook', url: server.url('/hook').href };
    const config = { ...made.config, channels: channelsAt(made.receiver, { cutover }) };
    const http = client();
    for (const word of ['RUNNING', 'FULLMIGRATING']) {
      made.status('task-1', word);
      expect(await made.tick({ config, http })).toMatchObject({ events: 1, delivered: 1, pending: 0 });
    }
    expect(sent).toEqual([1, 1, 2]);
  });

  test('A failed attempt is repeated after the waits below, give or take a fifth', async () => {
    const minutes = [1, 5, 30, 120, 300];
    for (const [random, factor] of [
      [0, 0.8],
      [0.5, 1],
      [1 - 2 ** -32, 1.2],
    ] as const) {
      const made = await world();
      made.receiver.answer('/cutover', { status: 500 });
      made.status('task-1', 'RUNNING');
      for (const [index, wait] of minutes.entries()) {
        await made.tick({ random: () => random });
        expect(numbers(made)).toHaveLength(index + 1);
        made.clock.advance(wait * factor * MINUTE - 1000);
        await made.tick({ random: () => random });
        expect(numbers(made)).toHaveLength(index + 1);
        made.clock.advance(1000);
      }
    }
  });

  test('A chat message is tried for 24 hours, a webhook for 72 hours, and the end of a migration for 72 hours everywhere', async () => {
    for (const [channel, status, hours] of [
      ['ops', 'INCRMIGEATING', 24],
      ['cutover', 'INCRMIGEATING', 72],
      ['ops', 'FAILED', 72],
      ['cutover', 'FAILED', 72],
    ] as const) {
      const made = await world({ channels: BOTH });
      await migrate(made, ['FULLMIGRATING']);
      made.receiver.answer(`/${channel}`, { status: 500 });
      made.status('task-1', status);
      const begun = made.clock.now();
      await drain(made, HOUR / 2);
      expect([channel, status, (made.clock.now() - begun) / HOUR]).toEqual([channel, status, hours]);
      expect(await deadLetters(made)).toMatchObject([{ channel, why: 'deadline' }]);
    }
  });

  test('The last attempt is made at the deadline', async () => {
    const made = await world();
    made.receiver.answer('/cutover', { status: 500 });
    made.status('task-1', 'FULLMIGRATING');
    const times = await attemptsOf(made, { path: '/cutover', everyMs: HOUR / 2, forMs: 80 * HOUR });
    expect(times.at(-1)).toBe(72 * HOUR);
    expect(times.length).toBeGreaterThan(6);
  });

  test('Retry-After makes a wait longer, never shorter, and only up to its bound', async () => {
    for (const [type, seconds, expectedMs] of [
      ['webhook', 5, MINUTE],
      ['webhook', 600, 10 * MINUTE],
      ['webhook', 1e9, 24 * HOUR],
      ['slack', 5, MINUTE],
      ['slack', 600, 10 * MINUTE],
      ['slack', 1e9, HOUR],
    ] as const) {
      const made = await world({ channels: { hook: { type } } });
      made.receiver.answer('/hook', { status: 429, headers: { 'retry-after': String(seconds) } });
      made.status('task-1', 'RUNNING');
      const [, second] = await attemptsOf(made, { path: '/hook', everyMs: MINUTE, forMs: expectedMs });
      expect([type, seconds, second]).toEqual([type, seconds, expectedMs]);
    }
  });

  test('A Retry-After that cannot be parsed changes nothing', async () => {
    for (const [type, value] of [
      ['webhook', 'soon'],
      ['webhook', '-1'],
      ['slack', '1e9'],
    ] as const) {
      const made = await world({ channels: { hook: { type } } });
      made.receiver.answer('/hook', { status: 503, headers: { 'retry-after': value } });
      made.status('task-1', 'RUNNING');
      const times = await attemptsOf(made, { path: '/hook', everyMs: MINUTE, forMs: 6 * MINUTE });
      expect(times).toEqual([0, MINUTE, 6 * MINUTE]);
    }
  });

  test('The first 429, and every time-out, pauses the whole channel for at least a minute, for all tasks', async () => {
    for (const answer of [{ status: 429 }, 'late'] as const) {
      const made = await world({ tasks: ['task-1', 'task-2'] });
      const http = hasty(createHttpClient(), ({ pathname }) => pathname === '/cutover');
      made.status('task-1', 'RUNNING');
      made.receiver.answer('/cutover', answer);
      await made.tick({ http });
      expect(numbers(made)).toEqual([1]);

      made.receiver.answer('/cutover', { status: 200 });
      made.status('task-2', 'RUNNING');
      made.clock.advance(MINUTE - 1);
      expect(await made.tick()).toMatchObject({ delivered: 0, pending: 2 });
      made.clock.advance(1);
      expect(await made.tick()).toMatchObject({ delivered: 2, pending: 0 });
      await http.close();
    }
  });

  test('A receiver that takes something and then answers 429 without Retry-After gets the rest in the same tick, more slowly', async () => {
    const made = await world();
    made.receiver.answer('/cutover', { status: 429 });
    for (const status of ['RUNNING', 'FULLMIGRATING', 'INCRMIGEATING', 'TERMINATING']) {
      made.status('task-1', status);
      await made.tick();
      made.clock.advance(5000);
    }
    expect(numbers(made)).toEqual([1]);

    const answers = [200, 429, 200, 200, 200];
    const times: number[] = [];
    made.receiver.answer('/cutover', () => {
      times.push(made.clock.now());
      return { status: answers[times.length - 1] ?? 500 };
    });
    made.clock.advance(MINUTE);
    expect(await made.tick()).toMatchObject({ delivered: 4, pending: 0, dead: 0 });
    expect(times).toHaveLength(answers.length);
    const distances = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    const [first = 0, afterThe429 = 0] = distances;
    expect(first).toBeGreaterThanOrEqual(990);
    expect(first).toBeLessThan(1400);
    expect(afterThe429).toBeGreaterThanOrEqual(1400);
    expect(Math.max(...distances)).toBeLessThan(10_000);
  });

  test('A chat message that comes late says how late it is', async () => {
    const made = await world({ channels: CHAT });
    made.receiver.answer('/ops', { status: 503 });
    made.status('task-1', 'RUNNING');
    await made.tick();
    made.receiver.answer('/ops', { status: 200, body: 'ok' });
    made.clock.advance(2 * HOUR + 5 * MINUTE);
    await made.tick();
    expect(made.slack('ops')[0]?.body).not.toContain('delayed');
    expect(made.slack('ops')[1]?.body).toContain('delayed by 2 h 5 min');
  });
});

describe('What an answer means', () => {
  test('Once a 2xx came from a webhook, the event is not sent again, whatever the body does', async () => {
    for (const [head, body] of [
      ['HTTP/1.1 204 No Content\r\n\r\n', ''],
      ['HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n', 'cut'],
      ['HTTP/1.1 202 Accepted\r\ncontent-encoding: gzip\r\n\r\n', 'not gzip'],
      ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n', 'zz\r\n'],
    ]) {
      let requests = 0;
      const server = await rawServer((socket) => {
        requests += 1;
        socket.end(`${head}${body}`);
      });
      const made = await world();
      const cutover = { type: 'webhook', url: server.url('/hook').href };
      const config = { ...made.config, channels: channelsAt(made.receiver, { cutover }) };
      made.status('task-1', 'RUNNING');
      expect(await made.tick({ config })).toMatchObject({ delivered: 1, pending: 0, dead: 0 });
      made.clock.advance(HOUR);
      await made.tick({ config });
      expect(requests).toBe(1);
    }
  });

  test('A 200 from Slack without its ok is not sent again', async () => {
    const made = await world({ channels: CHAT });
    made.receiver.answer('/ops', { status: 200, body: '<html>Sign in</html>' });
    made.status('task-1', 'RUNNING');
    expect(await made.tick()).toMatchObject({ delivered: 0, dead: 1, pending: 0 });
    made.clock.advance(HOUR);
    await made.tick();
    expect(made.slack('ops')).toHaveLength(1);
    expect(await deadLetters(made)).toMatchObject([{ channel: 'ops', why: 'refused' }]);

    // Two more: whoever answers there is not Slack. What comes then waits, and the others hear of it.
    const tasks = ['task-1', 'task-2', 'task-3', 'task-4', 'task-5'];
    const both = await world({ channels: BOTH, tasks });
    for (const id of tasks) both.status(id, 'RUNNING');
    await both.tick();
    both.receiver.answer('/ops', { status: 200, body: '<html>Sign in</html>' });
    const before = both.slack('ops').length;
    for (const id of tasks) both.status(id, 'FULLMIGRATING');
    expect(await both.tick()).toMatchObject({ dead: 3, pending: 2, brokenChannels: 1 });
    expect(both.slack('ops')).toHaveLength(before + 3);
    const [broken] = received(both).filter(({ event }) => event.type === 'dcs.watch.channel_broken');
    expect(broken?.event.data.summary).toContain("without Slack's ok");
  });

  test('A redirect is never followed', async () => {
    const made = await world({ channels: BOTH });
    for (const path of ['/ops', '/cutover']) {
      const location = made.receiver.url('/elsewhere');
      made.receiver.answer(path, { status: 307, headers: { location } });
    }
    made.status('task-1', 'RUNNING');
    expect(await made.tick()).toMatchObject({ dead: 0, pending: 2 });
    expect(made.receiver.at('/elsewhere')).toEqual([]);
  });

  test('Only what the receiver says about this event makes it a dead letter before its deadline', async () => {
    const ofThePlace = [301, 302, 307, 401, 402, 403, 404, 405, 406, 407, 411, 412, 414, 416, 417, 418];
    const more = [408, 410, 421, 423, 424, 425, 426, 428, 429, 431, 451, 499, 500, 503];
    const statuses = [...ofThePlace, ...more];
    const when = { events: ['migration.first_seen'] };
    const channels = Object.fromEntries(
      statuses.flatMap((status) => [
        [`hook-${status}`, { type: 'webhook', when }],
        [`chat-${status}`, { type: 'slack', when }],
      ]),
    );
    const made = await world({ channels });
    for (const name of Object.keys(channels)) {
      const status = Number(name.slice('hook-'.length));
      made.receiver.answer(`/${name}`, { status, body: '<html>not here</html>' });
    }
    made.status('task-1', 'RUNNING');
    for (let hour = 0; hour < 23; hour += 1) {
      await made.tick();
      made.clock.advance(HOUR);
    }
    expect(await deadLetters(made)).toEqual([]);
    for (const name of Object.keys(channels)) {
      expect([name, made.receiver.at(`/${name}`).length > 2]).toEqual([name, true]);
      made.receiver.answer(`/${name}`, { status: 200, body: 'ok' });
    }
    expect(await drain(made, HOUR)).toBe(0);
    expect(await deadLetters(made)).toEqual([]);
  });

  test('A Slack message that is refused for its form is sent once more as plain text', async () => {
    const made = await world({ channels: CHAT });
    made.receiver.answer('/ops', ({ body }) =>
      body.includes('"blocks"') ? { status: 400, body: 'invalid_blocks' } : { status: 200, body: 'ok' },
    );
    made.status('task-1', 'RUNNING');
    expect(await made.tick()).toMatchObject({ delivered: 1, dead: 0 });
    const [first, second] = made.slack('ops').map(({ body }): object => JSON.parse(body));
    expect(Object.keys(first ?? {})).toContain('blocks');
    expect(Object.keys(second ?? {}).toSorted()).toEqual(['mrkdwn', 'text']);
    expect(JSON.stringify(second)).toContain('now watched, status RUNNING');
  });

  test('A refused signature names the clocks as the cause when they are five minutes apart', async () => {
    const made = await world({ channels: WEBHOOK });
    const date = new Date(made.clock.now() - 5 * MINUTE).toUTCString();
    made.receiver.answer('/cutover', { status: 401, headers: { date } });
    made.status('task-1', 'RUNNING');
    await made.tick();
    expect(received(made)).toHaveLength(1);
    expect(JSON.stringify(made.log)).toContain("the receiver's clock is 300 s behind ours; check both");
  });
});
