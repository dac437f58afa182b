import { describe, expect, test } from 'vitest';
import { createHttpClient } from '../../lib/http/undici.ts';
import { hasty } from '../channels/support.ts';
import { numberOf } from '../support/number.ts';
import type { ReceiverAnswer } from '../support/receiver.ts';
import { useWorld } from '../support/use-world.ts';
import { PROJECT_ID, type World } from '../support/world.ts';

const world = useWorld();

const MINUTE = 60_000;
const TASKS = ['task-1', 'task-2'] as const;
const STATUSES = ['RUNNING', 'FULLMIGRATING', 'INCRMIGEATING', 'TERMINATING', 'TERMINATED'] as const;
const numbers = (events: readonly object[]) => events.map(numberOf);

/** Ways to be down. */
const DOWN: Readonly<Record<string, ReceiverAnswer>> = {
  'breaks connections': 'reset',
  'answers 500': { status: 500 },
  'answers 503': { status: 503, headers: { 'retry-after': '120' } },
  'answers 429': { status: 429 },
  'answers 401': { status: 401 },
  'answers 410': { status: 410 },
};

describe('a channel that is back after two hours', () => {
  /** Two hours in which all statuses pass while a channel is down, and then a tick a minute until nothing is pending. */
  async function outage(type: string, answer: ReceiverAnswer): Promise<{ made: World; before: number }> {
    const made = await world({ tasks: TASKS, channels: { hook: { type } } });
    made.receiver.answer('/hook', answer);
    for (const status of STATUSES) {
      for (const task of TASKS) made.status(task, status);
      await made.tick();
      made.clock.advance(24 * MINUTE);
    }
    const before = made.receiver.at('/hook').length;
    expect(before).toBeGreaterThan(0);
    made.receiver.answer('/hook', { status: 200, body: 'ok' });
    let pending = 1;
    for (let minute = 0; pending > 0 && minute < 300; minute += 1) {
      ({ pending } = await made.tick());
      made.clock.advance(MINUTE);
    }
    expect(pending).toBe(0);
    return { made, before };
  }

  test.each(Object.keys(DOWN))('(a webhook that %s) gets everything pending, in order', async (how) => {
    const { made, before } = await outage('webhook', DOWN[how] ?? 'reset');

    const after = made.events('hook').slice(before);
    for (const task of TASKS) {
      const ofTask = after.filter(({ subject }) => subject === task);
      expect(numbers(ofTask)).toEqual([1, 2, 3, 4, 5]);
    }
    expect(await made.store.load('dead')).toEqual([]);
  });

  test.each(Object.keys(DOWN))('(a Slack that %s) gets everything pending, in order', async (how) => {
    const { made, before } = await outage('slack', DOWN[how] ?? 'reset');

    const after = made.slack('hook').slice(before);
    const text = after.map(({ body }) => body).join('\n');
    for (const task of TASKS) {
      const words = [
        'now watched, status RUNNING',
        'full synchronisation started',
        'full synchronisation finished, incremental replication started',
        'being stopped',
        'incremental replication stopped',
      ].map((word) => text.indexOf(`name of ${task}: ${word}`));
      expect(words).not.toContain(-1);
      expect(words).toEqual(words.toSorted((a, b) => a - b));
    }
    expect(text).toContain('delayed by');
    expect(await made.store.load('dead')).toEqual([]);
  });
});

describe('the only channel', () => {
  const CASES = ['slack', 'webhook'].flatMap((type) => Object.keys(DOWN).map((how) => [type, how] as const));

  test.each(CASES)('(%s) that %s gets no event about itself, and makes no loop', async (type, how) => {
    const made = await world({ channels: { hook: { type } } });
    made.receiver.answer('/hook', DOWN[how] ?? 'reset');
    made.status('task-1', 'RUNNING');
    const events: number[] = [];
    for (let tick = 0; tick < 48; tick += 1) {
      events.push((await made.tick()).events);
      made.clock.advance(30 * MINUTE);
    }

    expect(made.receiver.at('/hook').length).toBeGreaterThan(1);
    expect(events.reduce((sum, count) => sum + count, 0)).toBe(1);
    const sent = made.receiver.at('/hook').map(({ body }) => body);
    for (const body of sent) {
      expect(body).not.toContain('channel_broken');
      expect(body).toContain('now watched');
    }
    const pending = (await made.store.load(`project:${PROJECT_ID}`)).flatMap(
      ({ body }): unknown[] => Object(JSON.parse(body)).outbox,
    );
    expect(pending.length).toBeLessThanOrEqual(1);
  });
});

describe('a channel that is broken', () => {
  test.each([
    ['slack', { status: 404, body: 'no_service' }, 1],
    ['slack', { status: 410, body: 'channel_is_archived' }, 1],
    ['slack', { status: 403, body: 'invalid_token' }, 1],
    ['slack', { status: 401 }, 3],
    ['webhook', { status: 410 }, 1],
    ['webhook', { status: 401 }, 3],
    ['webhook', { status: 403 }, 3],
  ] as const)('(%s, %j) is announced once to the others, which go on', async (type, answer, attempts) => {
    const channels = { broken: { type }, people: { type: 'slack' }, programs: { type: 'webhook' } };
    const made = await world({ channels });
    made.receiver.answer('/broken', answer);
    for (const status of STATUSES) {
      made.status('task-1', status);
      for (let tick = 0; tick < 3; tick += 1) {
        await made.tick();
        made.clock.advance(10 * MINUTE);
      }
    }

    expect(made.receiver.at('/broken').length).toBeGreaterThan(attempts);
    const announced = made.events('programs').filter(({ type }) => type === 'dcs.watch.channel_broken');
    expect(announced).toMatchObject([{ data: { channel: { name: 'broken' }, severity: 'action' } }]);
    const changes = made.events('programs').filter(({ subject }) => subject === 'task-1');
    expect(numbers(changes)).toEqual([1, 2, 3, 4, 5]);
    const chat = made.slack('people').map(({ body }) => body);
    expect(chat.filter((body) => body.includes('channel broken is broken'))).toHaveLength(1);
    expect(chat).toHaveLength(6);
  });
});

describe('an answer that comes after the time-out', () => {
  test('does not count: the event is sent again with the same id and bytes, and a new timestamp', async () => {
    const { tick, status, receiver, clock } = await world({ channels: { cutover: { type: 'webhook' } } });
    const http = hasty(createHttpClient(), ({ pathname }) => pathname === '/cutover');
    status('task-1', 'RUNNING');
    receiver.answer('/cutover', 'late');
    expect(await tick({ http })).toMatchObject({ delivered: 0, pending: 1 });
    expect(receiver.at('/cutover')).toHaveLength(1);

    receiver.answer('/cutover', { status: 204 });
    clock.advance(MINUTE);
    expect(await tick()).toMatchObject({ delivered: 1, pending: 0 });
    await http.close();

    const [first, second] = receiver.at('/cutover');
    expect(second?.body).toBe(first?.body);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(second?.headers['webhook-timestamp']).not.toBe(first?.headers['webhook-timestamp']);
    expect(second?.headers['webhook-signature']).not.toBe(first?.headers['webhook-signature']);
  });

  test('pauses a Slack channel, and the message is sent again', async () => {
    const { tick, status, receiver, clock } = await world({ channels: { ops: { type: 'slack' } } });
    const http = hasty(createHttpClient(), ({ pathname }) => pathname === '/ops');
    status('task-1', 'RUNNING');
    receiver.answer('/ops', 'late');
    expect(await tick({ http })).toMatchObject({ delivered: 0, pending: 1 });
    clock.advance(MINUTE - 1);
    await tick();
    expect(receiver.at('/ops')).toHaveLength(1);

    receiver.answer('/ops', { status: 200, body: 'ok' });
    clock.advance(1);
    expect(await tick()).toMatchObject({ delivered: 1, pending: 0 });
    await http.close();

    const [first, second] = receiver.at('/ops');
    expect(second?.body).toBe(first?.body);
  });
});

describe('clocks that are 301 s apart', () => {
  test.each([
    [301, "the receiver's clock is 301 s ahead of ours"],
    [-301, "the receiver's clock is 301 s behind ours"],
  ])('(%i) are named in the log, and in the dead letter if the event is refused', async (apart, words) => {
    const { tick, status, receiver, clock, log, store } = await world({
      channels: { cutover: { type: 'webhook' } },
    });
    const date = new Date(clock.now() + apart * 1000).toUTCString();
    receiver.answer('/cutover', { status: 400, headers: { date }, body: 'Message timestamp too old' });
    status('task-1', 'RUNNING');
    expect(await tick()).toMatchObject({ dead: 1 });

    expect(log).toContainEqual(
      expect.objectContaining({ kind: 'delivery', reason: expect.stringContaining(words) }),
    );
    const [deadLetter] = await store.load('dead');
    expect(deadLetter?.body).toContain(words);
  });
});

describe('a run with little time left', () => {
  test.each([
    ['slack', 20_000 + 5000],
    ['webhook', 15_000 + 5000],
  ])(
    'sends nothing to a %s channel that it could not acknowledge; the next run does',
    async (type, needMs) => {
      const { tick, status, receiver, log } = await world({ channels: { hook: { type } } });
      status('task-1', 'RUNNING');

      expect(await tick({ remainingMs: needMs })).toMatchObject({ events: 1, delivered: 0, pending: 1 });
      expect(receiver.at('/hook')).toHaveLength(0);
      expect(log).toContainEqual(expect.objectContaining({ kind: 'deliveries_postponed', channel: 'hook' }));

      expect(await tick({ remainingMs: needMs + 1000 })).toMatchObject({ delivered: 1, pending: 0 });
      expect(receiver.at('/hook')).toHaveLength(1);
    },
  );
});
