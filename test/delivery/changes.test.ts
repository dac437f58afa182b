import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, test } from 'vitest';
import {
  type ChannelSettings,
  channelsAt,
  createWorld,
  SIGNING_SECRET,
  type World,
  type WorldOptions,
} from '../support/world.ts';

const worlds: World[] = [];
async function world(options?: WorldOptions): Promise<World> {
  const made = await createWorld(options);
  worlds.push(made);
  return made;
}
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((made) => made.close()));
});

const MINUTE = 60_000;
const NEW_SECRET = `whsec_${Buffer.from('the secret that it rotates to...').toString('base64')}`;
const STATUSES = ['RUNNING', 'FULLMIGRATING', 'INCRMIGEATING'] as const;
const TYPES = ['slack', 'webhook'] as const;

/** The world's configuration with other channels. */
function configOf({ config, receiver }: World, channels: ChannelSettings) {
  return { ...config, channels: channelsAt(receiver, channels) };
}

/** Three events are owed to a channel that answers 500. */
async function owing(channels: ChannelSettings, down: string): Promise<World> {
  const made = await world({ channels });
  made.receiver.answer(`/${down}`, { status: 500 });
  for (const status of STATUSES) {
    made.status('task-1', status);
    await made.tick();
    made.clock.advance(MINUTE);
  }
  made.receiver.answer(`/${down}`, { status: 200, body: 'ok' });
  made.clock.advance(30 * MINUTE);
  return made;
}

describe('a channel that was removed while deliveries are pending', () => {
  test.each(TYPES)('(%s) cancels them, counted and logged, and touches no other', async (type) => {
    const made = await owing({ old: { type }, other: { type: 'webhook' } }, 'old');
    const before = made.receiver.at('/old').length;

    const without = configOf(made, { other: { type: 'webhook' } });
    expect(await made.tick({ config: without })).toMatchObject({ pending: 0, dead: 0 });

    expect(made.log).toContainEqual({ kind: 'deliveries_cancelled', channel: 'old', count: 3 });
    expect(made.receiver.at('/old')).toHaveLength(before);
    expect(made.receiver.at('/other')).toHaveLength(3);
    expect(await made.store.load('dead')).toEqual([]);
  });

  test('gets nothing of the past when it comes back', async () => {
    const channels = { old: { type: 'webhook' }, other: { type: 'webhook' } };
    const made = await owing(channels, 'old');
    const before = made.receiver.at('/old').length;
    await made.tick({ config: configOf(made, { other: { type: 'webhook' } }) });

    made.status('task-1', 'TERMINATED');
    expect(await made.tick()).toMatchObject({ pending: 0 });
    expect(made.events('old').slice(before)).toMatchObject([{ sequence: '0000000004' }]);
  });
});

describe('a channel that was added while deliveries are pending', () => {
  test.each(TYPES)('(%s) gets what happens from then on, and only that', async (type) => {
    const made = await owing({ first: { type: 'webhook' } }, 'first');
    const config = configOf(made, { first: { type: 'webhook' }, late: { type } });
    expect(await made.tick({ config })).toMatchObject({ delivered: 3, pending: 0 });
    expect(made.receiver.at('/late')).toEqual([]);

    made.status('task-1', 'TERMINATED');
    expect(await made.tick({ config })).toMatchObject({ events: 1, delivered: 2, pending: 0 });
    expect(made.receiver.at('/late')).toHaveLength(1);
    expect(made.receiver.at('/late')[0]?.body).toContain('normal end of an online migration');
  });
});

describe('a channel that was renamed while deliveries are pending', () => {
  test('is another channel: the old name’s deliveries are cancelled, the new name gets what happens from then on', async () => {
    const made = await owing({ old: { type: 'webhook', path: '/same' } }, 'same');
    const before = made.receiver.at('/same').length;
    const config = configOf(made, { renamed: { type: 'webhook', path: '/same' } });
    expect(await made.tick({ config })).toMatchObject({ delivered: 0, pending: 0, dead: 0 });
    expect(made.log).toContainEqual({ kind: 'deliveries_cancelled', channel: 'old', count: 3 });

    made.status('task-1', 'TERMINATED');
    expect(await made.tick({ config })).toMatchObject({ delivered: 1, pending: 0 });
    expect(made.events('same').slice(before)).toMatchObject([{ sequence: '0000000004' }]);
  });
});

describe('a secret that was rotated while deliveries are pending', () => {
  const arrivedAt = ({ receiver }: World, from: number) =>
    receiver
      .at('/cutover')
      .slice(from)
      .map(({ headers, body }) => ({
        body,
        headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
      }));
  // The reference library goes by the real clock; what is signed by the test's clock is only checked for its signature.
  const verifies = (secret: string, { headers, body }: ReturnType<typeof arrivedAt>[number]): boolean => {
    const { 'webhook-id': id = '', 'webhook-timestamp': seconds, 'webhook-signature': given = '' } = headers;
    const signature = new Webhook(secret).sign(id, new Date(Number(seconds) * 1000), body);
    return given.split(' ').includes(signature);
  };

  test('signs what is pending, in order and with the ids and bytes that they had', async () => {
    const made = await owing({ cutover: { type: 'webhook' } }, 'cutover');
    const before = arrivedAt(made, 0);
    expect(before.length).toBeGreaterThan(0);
    for (const request of before) expect(verifies(SIGNING_SECRET, request)).toBe(true);

    const config = configOf(made, { cutover: { type: 'webhook', secret: NEW_SECRET } });
    expect(await made.tick({ config })).toMatchObject({ delivered: 3, pending: 0 });

    const after = arrivedAt(made, before.length);
    expect(after.map(({ body }) => JSON.parse(body).sequence)).toEqual([
      '0000000001',
      '0000000002',
      '0000000003',
    ]);
    for (const request of after) {
      expect(verifies(NEW_SECRET, request)).toBe(true);
      expect(verifies(SIGNING_SECRET, request)).toBe(false);
    }
    expect(after[0]?.body).toBe(before[0]?.body);
    expect(after[0]?.headers['webhook-id']).toBe(before[0]?.headers['webhook-id']);
  });

  test('verifies with either secret while both are configured', async () => {
    const made = await owing({ cutover: { type: 'webhook' } }, 'cutover');
    const before = arrivedAt(made, 0).length;
    const both = { type: 'webhook', secret: [NEW_SECRET, SIGNING_SECRET] };
    expect(await made.tick({ config: configOf(made, { cutover: both }) })).toMatchObject({ delivered: 3 });
    const after = arrivedAt(made, before);
    expect(after).toHaveLength(3);
    for (const request of after) {
      expect([verifies(NEW_SECRET, request), verifies(SIGNING_SECRET, request)]).toEqual([true, true]);
    }
  });
});

describe('a URL that was changed while deliveries are pending', () => {
  test.each(TYPES)('(%s) gets all that is pending, in order', async (type) => {
    const made = await owing({ told: { type } }, 'told');
    const before = made.receiver.at('/told').length;

    const config = configOf(made, { told: { type, path: '/elsewhere' } });
    expect(await made.tick({ config })).toMatchObject({ delivered: 3, pending: 0 });

    expect(made.receiver.at('/told')).toHaveLength(before);
    const text = made.receiver
      .at('/elsewhere')
      .map(({ body }) => body)
      .join('\n');
    const places = ['now watched', 'full synchronisation started', 'incremental replication started'].map(
      (word) => text.indexOf(word),
    );
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });
});

describe('a channel whose type was changed while deliveries are pending', () => {
  test('is told what is pending in the way of its new type', async () => {
    const made = await owing({ told: { type: 'webhook' } }, 'told');
    const config = configOf(made, { told: { type: 'slack', path: '/chat' } });
    expect(await made.tick({ config })).toMatchObject({ delivered: 3, pending: 0 });
    expect(
      made
        .slack('chat')
        .map(({ body }) => body)
        .join(),
    ).toContain('now watched, status RUNNING');
  });
});
