import { describe, expect, test } from 'vitest';
import { createHttpClient } from '../../lib/http/undici.ts';
import { SIMULATED_PASSWORDS } from '../../lib/simulator/answers.ts';
import { hasty } from '../channels/support.ts';
import { searchFor } from '../support/secrets.ts';
import { SECRET_KEY, SIGNING_SECRET } from '../support/world.ts';
import {
  BOTH,
  deadLetters,
  drain,
  HOUR,
  MINUTE,
  migrate,
  numbers,
  received,
  recordOf,
  STATUSES,
  watched,
  world,
} from './support.ts';

describe('In short', () => {
  test('Every change that was stored is delivered to every channel configured at that moment at least once, or ends as a dead letter', async () => {
    const channels = { sound: { type: 'webhook' }, shaky: { type: 'webhook' }, dead: { type: 'webhook' } };
    const made = await world({ channels });
    let asked = 0;
    made.receiver.answer('/shaky', () => {
      asked += 1;
      return asked % 3 === 0 ? { status: 200 } : { status: 503 };
    });
    made.receiver.answer('/dead', 'reset');
    await migrate(made);
    expect(await drain(made, HOUR)).toBe(STATUSES.length);

    const stored = (await recordOf(made)).eventCount ?? 0;
    const all = Array.from({ length: stored }, (_, index) => index + 1);
    expect(stored).toBe(STATUSES.length);
    expect(numbers(made, 'sound')).toEqual(all);
    expect([...new Set(numbers(made, 'shaky'))]).toEqual(all);
    const dead = (await deadLetters(made)).filter(({ channel }) => channel === 'dead');
    expect(dead.map(({ event }) => event.data.number).toSorted()).toEqual(all);
  });

  test('States that come and go between two looks are not promised', async () => {
    const made = await world();
    await migrate(made, ['FULLMIGRATING']);
    made.status('task-1', 'INCRMIGEATING');
    made.status('task-1', 'FULLMIGRATING');
    expect(await made.tick()).toMatchObject({ changed: 0, events: 0, delivered: 0 });
  });

  test('A change of a task is reported as it happened: nothing is invented', async () => {
    const made = await world();
    const words = ['RUNNING', 'SUCCESS', 'INCRMIGEATING', 'TERMINATED', 'INCRMIGEATING', 'SHUFFLING'];
    await migrate(made, words);
    const sent = received(made).map(({ event: { data } }) => [data.from?.status, data.to?.status]);
    expect(sent).toEqual(words.map((word, index) => [words[index - 1], word]));
  });

  test('An event has one id, one sequence number and one body, byte for byte, on every attempt', async () => {
    const made = await world();
    made.receiver.answer('/cutover', { status: 500 });
    await migrate(made, ['RUNNING']);
    for (let tick = 0; tick < 6; tick += 1) {
      await made.tick();
      made.clock.advance(3 * HOUR);
    }
    const attempts = received(made);
    expect(attempts.length).toBeGreaterThan(4);
    expect(new Set(attempts.map(({ body }) => body)).size).toBe(1);
    expect(new Set(attempts.map(({ headers }) => headers['webhook-id']))).toEqual(
      new Set([attempts[0]?.event.id]),
    );
    expect(new Set(attempts.map(({ event }) => event.sequence)).size).toBe(1);
  });

  test('Only the signature and its timestamp differ between two attempts', async () => {
    const made = await world();
    made.receiver.answer('/cutover', { status: 500 });
    await migrate(made, ['RUNNING']);
    await made.tick();
    const [first, second] = made.receiver.at('/cutover');
    const differing = Object.keys(first?.headers ?? {}).filter(
      (name) => first?.headers[name] !== second?.headers[name],
    );
    expect(differing.toSorted()).toEqual(['webhook-signature', 'webhook-timestamp']);
    expect(second?.body).toBe(first?.body);
    expect(second?.path).toBe(first?.path);
  });

  test('Per task and channel, events arrive in order', async () => {
    const made = await world({ tasks: ['task-1', 'task-2'] });
    let asked = 0;
    made.receiver.answer('/cutover', () => {
      asked += 1;
      return asked % 2 === 0 ? { status: 200 } : { status: 500 };
    });
    for (const word of STATUSES) {
      for (const id of ['task-1', 'task-2']) made.status(id, word);
      await made.tick();
      made.clock.advance(20_000);
    }
    await drain(made);
    for (const id of ['task-1', 'task-2']) {
      const sent = numbers(made, 'cutover', id);
      expect(sent).toEqual(sent.toSorted((a, b) => a - b));
      expect(new Set(sent)).toEqual(new Set([1, 2, 3, 4, 5]));
    }
  });

  test('A later event is not attempted before the earlier one has ended', async () => {
    const made = await world();
    made.receiver.answer('/cutover', { status: 500 });
    await migrate(made);
    expect(numbers(made).length).toBeGreaterThan(1);
    expect(new Set(numbers(made))).toEqual(new Set([1]));

    made.receiver.answer('/cutover', ({ body }) => ({ status: body.includes('"number":1,') ? 422 : 200 }));
    made.clock.advance(HOUR);
    await made.tick();
    expect(numbers(made).slice(-5)).toEqual([1, 2, 3, 4, 5]);
  });

  test('One channel never holds up another', async () => {
    const channels = { late: { type: 'webhook' }, gone: { type: 'webhook' }, sound: { type: 'webhook' } };
    const made = await world({ channels });
    const http = hasty(createHttpClient(), ({ pathname }) => pathname === '/late');
    made.receiver.answer('/late', 'late');
    made.receiver.answer('/gone', { status: 410 });
    for (const [index, word] of STATUSES.entries()) {
      made.status('task-1', word);
      await made.tick({ http });
      expect(numbers(made, 'sound')).toHaveLength(index + 1);
      made.clock.advance(MINUTE);
    }
    await http.close();
    expect(numbers(made, 'sound')).toEqual([1, 2, 3, 4, 5]);
    expect(numbers(made, 'late').length).toBeGreaterThan(0);
    expect(numbers(made, 'gone').length).toBeGreaterThan(0);
  });

  test('One task never holds up another', async () => {
    const made = await world({ tasks: ['task-1', 'task-2'] });
    made.receiver.answer('/cutover', ({ body }) => ({ status: body.includes('task-1') ? 500 : 200 }));
    made.status('task-1', 'RUNNING');
    for (const [index, word] of STATUSES.entries()) {
      made.status('task-2', word);
      await made.tick();
      expect(numbers(made, 'cutover', 'task-2')).toHaveLength(index + 1);
      made.clock.advance(MINUTE);
    }
    expect(new Set(numbers(made, 'cutover', 'task-1'))).toEqual(new Set([1]));
  });

  test('Two overlapping ticks make no duplicate', async () => {
    const made = await world({ channels: BOTH });
    for (const word of STATUSES) {
      made.status('task-1', word);
      await Promise.all([made.tick(), made.tick()]);
      made.clock.advance(MINUTE);
    }
    expect(numbers(made)).toEqual([1, 2, 3, 4, 5]);
    expect(made.slack('ops')).toHaveLength(5);
  });

  // Every fault, both types of channel and all stores: test/secrets.test.ts and test/long/secrets.test.ts. Here is what a person would look at.
  test('No secret gets into a record, event, log line, error or dead letter', async () => {
    const made = await world({
      channels: {
        ops: { type: 'slack', path: '/services/canary-of-a-slack-url' },
        cutover: { type: 'webhook', headers: { authorization: 'Bearer canary-of-a-header' } },
      },
    });
    made.receiver.answer('/services/canary-of-a-slack-url', { status: 400, body: 'no' });
    made.receiver.answer('/cutover', ({ headers }) => ({ status: 422, body: JSON.stringify(headers) }));
    for (const fault of ['signature refused', 'request echoed everywhere'] as const) {
      made.simulator.fault(fault);
      await made.tick();
      expect(made.simulator.fired[fault]).toBe(1);
    }
    const { store, saved } = watched(made.store);
    made.status('task-1', 'INCRMIGEATING');
    expect(await made.tick({ store })).toMatchObject({ dead: 2 });

    const canaries = ['canary-of-a-slack-url', 'Bearer canary-of-a-header', SECRET_KEY, SIGNING_SECRET];
    const search = searchFor([...canaries, ...SIMULATED_PASSWORDS]);
    const bodies = made.receiver.at('/cutover').map(({ body }) => body);
    expect(bodies.length).toBeGreaterThan(0);
    expect(search.in(JSON.stringify([saved, made.log, await deadLetters(made), bodies]))).toEqual([]);
  });

  test("Passwords in DCS's answers are dropped where they are parsed", async () => {
    const made = await world();
    await migrate(made, ['INCRMIGEATING']);
    const { observation } = (await recordOf(made)).state;
    expect(observation).toMatchObject({ status: 'INCRMIGEATING', source: { name: 'orders-old' } });
    expect(Object.keys(observation?.source ?? {}).toSorted()).toEqual(['address', 'id', 'name']);
    expect(searchFor(SIMULATED_PASSWORDS).in(JSON.stringify(await recordOf(made)))).toEqual([]);
  });
});
