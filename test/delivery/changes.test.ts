import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { enqueue } from '../../lib/delivery/outbox/enqueue.ts';
import { applyOutcome } from '../../lib/delivery/outbox/outcome/outcome.ts';
import { hasActionDue } from '../../lib/delivery/outbox/revalidation.ts';
import { loadInventory } from '../../lib/delivery/redrive/inventory.ts';
import { listDeliveries } from '../../lib/delivery/redrive/known-deliveries.ts';
import { encodeRecord } from '../../lib/records/codec.ts';
import { newRecord } from '../../lib/records/record.ts';
import type { Item } from '../../lib/store/store.ts';
import { eventOf } from '../migration/events.ts';
import { recordWith } from '../support/records.ts';
import { useWorld } from '../support/use-world.ts';
import {
  type ChannelSettings,
  channelsAt,
  IN_STEP,
  keptOpen,
  PROJECT_ID,
  SIGNING_SECRET,
  type World,
  type WorldOptions,
} from '../support/world.ts';
import { dyingAt } from './redrive/support.ts';

const world = useWorld();

const MINUTE = 60_000;
const NEW_SECRET = `whsec_${Buffer.from('the secret that it rotates to...').toString('base64')}`;
const STATUSES = ['RUNNING', 'FULLMIGRATING', 'INCRMIGEATING'] as const;
const TYPES = ['slack', 'webhook'] as const;

/** The world's configuration with other channels. */
function configOf({ config, receiver }: World, channels: ChannelSettings) {
  return { ...config, channels: channelsAt(receiver, channels) };
}

/** A world in which three events are pending for a channel that answers 500. */
async function worldWithPending(channels: ChannelSettings, down: string): Promise<World> {
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
  test.each(TYPES)(
    '(%s) has them cancelled, counted and logged; other channels are not affected',
    async (type) => {
      const made = await worldWithPending({ old: { type }, other: { type: 'webhook' } }, 'old');
      const before = made.receiver.at('/old').length;

      const without = configOf(made, { other: { type: 'webhook' } });
      expect(await made.tick({ config: without })).toMatchObject({ pending: 0, dead: 3 });

      expect(made.log).toContainEqual({ kind: 'deliveries_cancelled', channel: 'old', count: 3 });
      expect(made.receiver.at('/old')).toHaveLength(before);
      expect(made.receiver.at('/other')).toHaveLength(3);
      const deadLetters = (await made.store.load('dead')).map(({ body }) => JSON.parse(body));
      expect(deadLetters).toMatchObject(
        Array.from({ length: 3 }, () => ({ channel: 'old', why: 'cancelled' })),
      );
    },
  );

  test('gets no old events when it is added again', async () => {
    const channels = { old: { type: 'webhook' }, other: { type: 'webhook' } };
    const made = await worldWithPending(channels, 'old');
    const before = made.receiver.at('/old').length;
    await made.tick({ config: configOf(made, { other: { type: 'webhook' } }) });

    made.status('task-1', 'TERMINATED');
    expect(await made.tick()).toMatchObject({ pending: 0 });
    expect(made.events('old').slice(before)).toMatchObject([{ data: { number: 4 } }]);
  });
});

describe('a channel that was added while deliveries are pending', () => {
  test.each(TYPES)('(%s) gets events from then on, and no earlier ones', async (type) => {
    const made = await worldWithPending({ first: { type: 'webhook' } }, 'first');
    const config = configOf(made, { first: { type: 'webhook' }, late: { type } });
    expect(await made.tick({ config })).toMatchObject({ delivered: 3, pending: 0 });
    expect(made.receiver.at('/late')).toEqual([]);

    made.status('task-1', 'TERMINATED');
    expect(await made.tick({ config })).toMatchObject({ events: 1, delivered: 2, pending: 0 });
    expect(made.receiver.at('/late')).toHaveLength(1);
    expect(made.receiver.at('/late')[0]?.body).toContain('incremental replication stopped');
  });
});

describe('a channel that was renamed while deliveries are pending', () => {
  test('counts as a new channel: the old name’s deliveries are cancelled, the new name gets later events', async () => {
    const made = await worldWithPending({ old: { type: 'webhook', path: '/same' } }, 'same');
    const before = made.receiver.at('/same').length;
    const config = configOf(made, { renamed: { type: 'webhook', path: '/same' } });
    expect(await made.tick({ config })).toMatchObject({ delivered: 0, pending: 0, dead: 3 });
    expect(made.log).toContainEqual({ kind: 'deliveries_cancelled', channel: 'old', count: 3 });

    made.status('task-1', 'TERMINATED');
    expect(await made.tick({ config })).toMatchObject({ delivered: 1, pending: 0 });
    expect(made.events('same').slice(before)).toMatchObject([{ data: { number: 4 } }]);
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

  test('signs pending deliveries, in order and with the same ids and bytes', async () => {
    const made = await worldWithPending({ cutover: { type: 'webhook' } }, 'cutover');
    const before = arrivedAt(made, 0);
    expect(before.length).toBeGreaterThan(0);
    for (const request of before) expect(verifies(SIGNING_SECRET, request)).toBe(true);

    const config = configOf(made, { cutover: { type: 'webhook', secret: NEW_SECRET } });
    expect(await made.tick({ config })).toMatchObject({ delivered: 3, pending: 0 });

    const after = arrivedAt(made, before.length);
    expect(after.map(({ body }) => JSON.parse(body).data.number)).toEqual([1, 2, 3]);
    for (const request of after) {
      expect(verifies(NEW_SECRET, request)).toBe(true);
      expect(verifies(SIGNING_SECRET, request)).toBe(false);
    }
    expect(after[0]?.body).toBe(before[0]?.body);
    expect(after[0]?.headers['webhook-id']).toBe(before[0]?.headers['webhook-id']);
  });

  test('makes signatures that either secret verifies while both are configured', async () => {
    const made = await worldWithPending({ cutover: { type: 'webhook' } }, 'cutover');
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
  test.each(TYPES)('(%s) gets all pending deliveries, in order', async (type) => {
    const made = await worldWithPending({ hook: { type } }, 'hook');
    const before = made.receiver.at('/hook').length;

    const config = configOf(made, { hook: { type, path: '/elsewhere' } });
    expect(await made.tick({ config })).toMatchObject({ delivered: 3, pending: 0 });

    expect(made.receiver.at('/hook')).toHaveLength(before);
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

describe('corrected settings', () => {
  test('deliver everything pending in the next tick, even after hours of failures and before a wait of hours is over', async () => {
    const made = await world({ channels: { cutover: { type: 'webhook', path: '/typo' } } });
    made.receiver.answer('/typo', 'reset');
    made.status('task-1', 'RUNNING');
    for (let minute = 0; minute < 9 * 60; minute += 5) {
      await made.tick();
      made.clock.advance(5 * MINUTE);
    }
    const before = made.receiver.at('/typo').length;
    await made.tick();
    expect(made.receiver.at('/typo')).toHaveLength(before);
    const config = configOf(made, { cutover: { type: 'webhook', path: '/right' } });
    expect(await made.tick({ config })).toMatchObject({ delivered: 1, pending: 0 });
  });

  test('are tried once, then on schedule: another mistake causes no storm', async () => {
    const made = await world({ channels: { cutover: { type: 'webhook', path: '/typo' } } });
    made.receiver.answer('/typo', { status: 500 });
    made.receiver.answer('/wrong', { status: 500 });
    made.status('task-1', 'RUNNING');
    await made.tick();
    const config = configOf(made, { cutover: { type: 'webhook', path: '/wrong' } });
    for (let n = 0; n < 4; n += 1) {
      made.clock.advance(MINUTE);
      await made.tick({ config });
    }
    expect(made.receiver.at('/typo')).toHaveLength(1);
    expect(made.receiver.at('/wrong')).toHaveLength(1);
  });

  test('deliver everything pending in order, whatever the cause of each failure', async () => {
    const tasks = ['task-1', 'task-2'];
    const made = await world({ tasks, channels: { cutover: { type: 'webhook', path: '/typo' } } });
    made.receiver.answer('/typo', ({ body }) => ({ status: body.includes('"task-1"') ? 503 : 204 }));
    for (const id of tasks) made.status(id, 'RUNNING');
    for (let minute = 0; minute < 20; minute += 1) {
      await made.tick();
      made.clock.advance(MINUTE);
    }
    made.receiver.answer('/typo', { status: 410 });
    made.status('task-2', 'FULLMIGRATING');
    expect(await made.tick()).toMatchObject({ brokenChannels: 1, pending: 2 });
    made.clock.advance(MINUTE);
    const config = configOf(made, { cutover: { type: 'webhook', path: '/right' } });
    expect(await made.tick({ config })).toMatchObject({ delivered: 2, pending: 0 });
    expect(made.events('right').map(({ subject }) => subject)).toEqual(tasks);
  });

  test('make a pending action due at once', () => {
    const failed = { class: 'transient', reason: 'HTTP 500', ms: 1 } as const;
    const ready = { ...eventOf(1), data: { ...eventOf(1).data, validUntil: eventOf(1).time } };
    const now = new Date(ready.time);
    const about = { eventId: ready.id, channel: 'a', audience: 'programs', settings: 'typo' } as const;
    const queued = enqueue(newRecord(now), [ready], { to: () => ['a'] }, now).record;
    const { record } = applyOutcome(queued, { ...about, outcome: failed, now, random: 0.5 });
    const channels = (settings: string) =>
      new Map([['a', { name: 'a', audience: 'programs', settings } as const]]);
    expect(hasActionDue(record, channels('typo'), now.getTime())).toBe(false);
    expect(hasActionDue(record, channels('right'), now.getTime())).toBe(true);
  });
});

describe('a channel whose type was changed while deliveries are pending', () => {
  test('gets pending deliveries in the format of its new type', async () => {
    const made = await worldWithPending({ hook: { type: 'webhook' } }, 'hook');
    const config = configOf(made, { hook: { type: 'slack', path: '/chat' } });
    expect(await made.tick({ config })).toMatchObject({ delivered: 3, pending: 0 });
    expect(
      made
        .slack('chat')
        .map(({ body }) => body)
        .join(),
    ).toContain('now watched, status RUNNING');
  });
});

describe('a project that was removed while deliveries are pending', () => {
  const OTHER = { name: 'other', id: '0123456789abcdef0123456789abcdef', tasks: ['task-9'] };
  const WITH_PENDING = {
    channels: { cutover: { type: 'webhook' } },
    projects: [{ name: 'prod', tasks: ['task-1'] }, OTHER],
  };

  async function withoutProd(options: WorldOptions = WITH_PENDING) {
    const made = await world(options);
    made.receiver.answer('/cutover', { status: 500 });
    made.status('task-1', 'RUNNING');
    made.projects['other']?.status('task-9', 'RUNNING');
    await made.tick();
    const projects = made.config.projects.filter(({ name }) => name === 'other');
    return { made, config: { ...made.config, projects } };
  }

  const watcher = async ({ store }: World) =>
    JSON.parse((await store.get({ partition: 'watcher', id: 'watcher' }))?.body ?? '{"state":{}}').state;

  test('has them delivered and logged, and is then forgotten', async () => {
    const { made, config } = await withoutProd();
    const subjects = () => made.events('cutover').map(({ subject }) => subject);
    const looks = made.simulator.requests.get('task-1');
    made.clock.advance(MINUTE);
    expect(await made.tick({ config })).toMatchObject({ tasks: 1, pending: 2 });
    expect(made.log).toContainEqual({
      kind: 'notice',
      message:
        'project 254d2280acb74d36a8b839746bcd7352 is no longer configured; what is pending from there is still sent: 1 delivery',
    });
    made.receiver.answer('/cutover', { status: 200 });
    const before = subjects().length;
    made.clock.advance(10 * MINUTE);
    expect(await made.tick({ config })).toMatchObject({ delivered: 2, pending: 0 });
    expect(subjects().slice(before).toSorted()).toEqual(['task-1', 'task-9']);
    expect(made.simulator.requests.get('task-1')).toBe(looks);

    await made.tick({ config });
    expect(Object.keys((await watcher(made)).partitions)).toEqual([
      'project:0123456789abcdef0123456789abcdef',
    ]);
  });

  test('has them listed, and they become dead letters at their deadline', async () => {
    const { made, config } = await withoutProd();
    await made.tick({ config });
    const { records } = await loadInventory(made.store, [OTHER.id]);
    const listed = listDeliveries({ records, deadLetters: [], problems: [] }, [], { state: 'pending' });
    expect(listed.map(({ subject }) => subject).toSorted()).toEqual(['task-1', 'task-9']);
    let dead = 0;
    for (let hour = 0; hour < 80; hour += 1) {
      made.clock.advance(60 * MINUTE);
      dead += (await made.tick({ config })).dead;
    }
    expect(dead).toBe(2);
    expect(await made.tick({ config })).toMatchObject({ pending: 0 });
  });

  test.each(['before', 'after'] as const)(
    'loses none of them when a run dies %s any write',
    async (ending) => {
      let delivered = 0;
      for (let nth = 1; ; nth += 1) {
        const made = await world(WITH_PENDING);
        made.status('task-1', 'RUNNING');
        const dying = dyingAt(made.store, nth, ending);
        await made.tick({ store: dying.store }).catch(() => undefined);
        const isKnown = (await made.store.load(`project:${PROJECT_ID}`)).some(
          ({ key }) => key.id === 'task:task-1',
        );
        const projects = made.config.projects.filter(({ name }) => name === 'other');
        const config = { ...made.config, projects };
        made.clock.advance(2 * MINUTE);
        expect(await made.tick({ config })).toMatchObject({ pending: 0 });
        const arrived = made.events('cutover').filter(({ subject }) => subject === 'task-1');
        expect(arrived.length, `write ${nth}`).toBeGreaterThanOrEqual(Number(isKnown));
        if (!dying.fired()) break;
        delivered += arrived.length;
      }
      // The partitions, the change and the lease, the acknowledgement; and copies of what was not acknowledged.
      expect(delivered).toBeGreaterThan(2);
    },
  );

  test('has them delivered with the new secret, whatever the new filter is', async () => {
    const { made, config } = await withoutProd();
    made.receiver.answer('/cutover', { status: 200 });
    const changed = { type: 'webhook', secret: NEW_SECRET, when: { projects: ['other'] } };
    const channels = channelsAt(made.receiver, { cutover: changed });
    made.clock.advance(10 * MINUTE);
    expect(await made.tick({ config: { ...config, channels } })).toMatchObject({ delivered: 2, pending: 0 });
  });

  test('has them delivered to the new URL of a channel', async () => {
    const { made, config } = await withoutProd();
    const channels = channelsAt(made.receiver, { cutover: { type: 'webhook', path: '/new' } });
    made.clock.advance(5 * MINUTE);
    expect(await made.tick({ config: { ...config, channels } })).toMatchObject({ dead: 0, pending: 0 });
    expect(
      made
        .events('new')
        .map(({ subject }) => subject)
        .toSorted(),
    ).toEqual(['task-1', 'task-9']);
  });

  test('has them cancelled when their channel was removed as well', async () => {
    const { made, config } = await withoutProd();
    const channels = channelsAt(made.receiver, { other: { type: 'webhook' } });
    expect(await made.tick({ config: { ...config, channels } })).toMatchObject({ pending: 0 });
    expect(made.log).toContainEqual({ kind: 'deliveries_cancelled', channel: 'cutover', count: 1 });
  });

  test('has its actions withdrawn, because nobody can check them', async () => {
    const made = await world(WITH_PENDING);
    made.status('task-1', 'INCRMIGEATING');
    made.projects['other']?.status('task-9', 'RUNNING');
    made.simulator.setStats('task-1', IN_STEP);
    await made.tick();
    await made.tick();
    made.receiver.answer('/cutover', ({ body }) => ({ status: body.includes('cutover_ready') ? 500 : 200 }));
    await made.tick();
    made.receiver.answer('/cutover', { status: 200 });
    const before = made.events('cutover').length;
    const projects = made.config.projects.filter(({ name }) => name === 'other');
    const config = { ...made.config, projects };
    made.clock.advance(5 * MINUTE);
    // A newer configuration may watch it, and say whether it is true.
    expect(await made.tick({ config })).toMatchObject({ pending: 1, dead: 0 });
    made.clock.advance(60 * MINUTE);
    expect(await made.tick({ config })).toMatchObject({ pending: 0, dead: 1 });
    expect(made.events('cutover')).toHaveLength(before);
    expect(made.log).toContainEqual(
      expect.objectContaining({ kind: 'withdrawn', why: 'it is no longer watched' }),
    );
  });
});

describe('groups that were removed while deliveries are pending', () => {
  test('still have them delivered', async () => {
    const made = await world({
      channels: { cutover: { type: 'webhook' } },
      groups: { orders: { tasks: ['task-1'] } },
    });
    made.receiver.answer('/cutover', { status: 500 });
    made.status('task-1', 'FAILED');
    await made.tick();
    made.receiver.answer('/cutover', { status: 200 });
    const before = made.events('cutover').length;
    made.clock.advance(5 * MINUTE);
    const config = { ...made.config, groups: {} };
    expect(await made.tick({ config })).toMatchObject({ delivered: 2, pending: 0 });
    expect(
      made
        .events('cutover')
        .slice(before)
        .map(({ subject }) => subject)
        .toSorted(),
    ).toEqual(['orders', 'task-1']);
    expect(made.log).toContainEqual({
      kind: 'notice',
      message: 'groups are no longer configured; what is pending from there is still sent: 1 delivery',
    });
  });
});

describe('runs with two configurations', () => {
  const OTHER = { name: 'other', id: '0123456789abcdef0123456789abcdef', tasks: ['task-9'] };
  const hook = (path: string) => ({ cutover: { type: 'webhook', path } });

  /** Each has one of the projects, as while one is replaced by the other. */
  async function two() {
    const made = await world({
      channels: hook('/one'),
      projects: [{ name: 'prod', tasks: ['task-1'] }, OTHER],
    });
    const of = (name: string) => ({
      ...configOf(made, hook('/one')),
      projects: made.config.projects.filter((project) => project.name === name),
    });
    const configs = { one: of('prod'), two: of('other') };
    return { made, configs };
  }

  test('leave an action to the run that watches its task', async () => {
    const { made, configs } = await two();
    made.status('task-1', 'INCRMIGEATING');
    made.simulator.setStats('task-1', IN_STEP);
    for (let look = 0; look < 2; look += 1) await made.tick({ config: configs.one });
    made.receiver.answer('/one', { status: 500 });
    await made.tick({ config: configs.one });
    made.receiver.answer('/one', { status: 200 });
    made.clock.advance(5 * MINUTE);
    await made.tick({ config: configs.two });
    expect(await made.tick({ config: configs.one })).toMatchObject({ delivered: 1, pending: 0, dead: 0 });
  });

  /** Another run is faster, so many times, whenever this one registers its partitions. */
  function outpaced(made: World, times: number, other: () => Promise<unknown>) {
    let fired = 0;
    const store = {
      ...keptOpen(made.store),
      async save(item: Item) {
        if (item.key.partition === 'watcher' && fired < times) {
          fired += 1;
          await other();
        }
        return made.store.save(item);
      },
    };
    return { store, fired: () => fired };
  }

  test('both register their partitions when they start at once, so that a later run delivers for both', async () => {
    const { made, configs } = await two();
    made.receiver.answer('/one', { status: 500 });
    made.status('task-1', 'RUNNING');
    made.projects['other']?.status('task-9', 'RUNNING');
    const { store, fired } = outpaced(made, 1, () => made.tick({ config: configs.two }));
    expect(await made.tick({ config: configs.one, store })).toMatchObject({ failedRecords: 0 });
    expect(fired()).toBe(1);

    made.receiver.answer('/one', { status: 200 });
    const [project] = made.config.projects;
    const projects = project === undefined ? [] : [{ ...project, id: 'f'.repeat(32) }];
    made.clock.advance(5 * MINUTE);
    const before = made.events('one').length;
    await made.tick({ config: { ...made.config, projects, channels: configs.one.channels } });
    const delivered = made.events('one').slice(before);
    expect(delivered.map(({ subject }) => subject).toSorted()).toEqual(['task-1', 'task-9']);
  });

  test('report a partition that other runs kept from being registered, and the tick as failed', async () => {
    const { made, configs } = await two();
    const watcher = { partition: 'watcher', id: 'watcher' };
    const { store, fired } = outpaced(made, 9, async () => {
      const rev = ((await made.store.get(watcher))?.rev ?? 0) + 1;
      const now = new Date(made.clock.now());
      const body = encodeRecord(recordWith(now, { partitions: { [`project:${rev}`]: [] } }));
      await made.store.save({ key: watcher, rev, nonce: `${rev}`, body });
    });
    expect(await made.tick({ config: configs.one, store })).toMatchObject({ failedRecords: 1 });
    expect(fired()).toBe(3);
    expect(made.log).toContainEqual({
      kind: 'problem',
      message:
        'the list of records with pending deliveries was not saved, because other runs kept changing it; the next tick tries again',
    });
  });
});
