import { describe, expect, it } from 'vitest';
import { withMutes } from '../../lib/delivery/mutes.ts';
import { loadInventory, mutedChannels } from '../../lib/delivery/redrive/inventory.ts';
import { heldUntil } from '../../lib/delivery/redrive/known-deliveries.ts';
import { createHttpClient } from '../../lib/http/undici.ts';
import { mute, mutesHolding, unmute } from '../../lib/mutes/write.ts';
import { WATCHER_KEY } from '../../lib/records/keys.ts';
import type { MuteScope } from '../../lib/records/record.ts';
import { loadRecord } from '../../lib/records/records.ts';
import { createChannels } from '../../lib/runtime/channels.ts';
import { tickGroups } from '../../lib/runtime/tick/targets.ts';
import type { Store } from '../../lib/store/store.ts';
import { STAMP } from '../support/stamp.ts';
import { useWorld } from '../support/use-world.ts';
import { keptOpen, PROJECT_ID, type World, type WorldOptions } from '../support/world.ts';
import { dyingAt, listIn, redriveIn, retryIn } from './redrive/support.ts';

const world = useWorld();

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const TASKS = ['task-1', 'task-2', 'task-3'];
const LABELLED = { id: 'task-1', labels: { cluster: 'orders' } };

/** Two chats and a program, after a first tick at midnight. */
async function watched(options: Partial<WorldOptions> = {}): Promise<World> {
  const channels = { ops: { type: 'slack' }, day: { type: 'slack' }, cutover: { type: 'webhook' } };
  const made = await world({ tasks: TASKS, channels, ...options });
  for (const id of TASKS) made.status(id, 'FULLMIGRATING');
  await made.tick();
  made.clock.advance(10 * MINUTE);
  return made;
}

function muted(made: World, scope: MuteScope, target: string, forMs = 2 * HOUR, store = made.store) {
  const subject = { scope, target, name: target };
  return mute(store, { subject, forMs, why: 'maintenance' }, new Date(made.clock.now()));
}

const textsOf = (made: World, channel: string): string[] =>
  made.receiver.at(`/${channel}`).map(({ body }) => body);

/** Runs work, and gives what a chat or program got meanwhile. */
async function during(made: World, channel: string, work: () => Promise<unknown>): Promise<string[]> {
  const before = textsOf(made, channel).length;
  await work();
  return textsOf(made, channel).slice(before);
}

function counting(made: World): { readonly store: Store; counts(): { reads: number; writes: number } } {
  let [reads, writes] = [0, 0];
  const store: Store = {
    ...keptOpen(made.store),
    load: (partition) => {
      reads += 1;
      return made.store.load(partition);
    },
    get: (key) => {
      reads += 1;
      return made.store.get(key);
    },
    save: (item) => {
      writes += 1;
      return made.store.save(item);
    },
  };
  return { store, counts: () => ({ reads, writes }) };
}

describe('while something is muted', () => {
  it('a muted chat gets nothing, and all others everything at once', async () => {
    const made = await watched();
    await muted(made, 'channel', 'ops');
    made.status('task-1', 'INCRMIGEATING');
    const got = await during(made, 'ops', async () =>
      expect(await made.tick()).toMatchObject({ events: 1, delivered: 2, pending: 1, dead: 0 }),
    );
    expect(got).toStrictEqual([]);
    expect(textsOf(made, 'day').at(-1)).toContain('incremental replication started');
    expect(made.events('cutover').at(-1)).toMatchObject({ subject: 'task-1' });
  });

  it('of a muted task, group or project no chat hears, and programs get everything', async () => {
    const subjects = { task: 'task-1', group: 'orders', project: PROJECT_ID } as const;
    for (const [scope, target] of Object.entries(subjects)) {
      const made = await watched({
        projects: [{ name: 'prod', tasks: [LABELLED, 'task-2', 'task-3'] }],
        groups: { orders: { labels: { cluster: 'orders' } } },
      });
      await muted(made, scope as MuteScope, target);
      made.status('task-1', 'INCRMIGEATING');
      made.status('task-2', 'INCRMIGEATING');
      const got = await during(made, 'ops', () => made.tick());
      expect([scope, got.length]).toStrictEqual([scope, scope === 'project' ? 0 : 1]);
      expect(got.join()).not.toContain('name of task-1');
      expect(
        made
          .events('cutover')
          .slice(-2)
          .map(({ subject }) => subject)
          .toSorted(),
      ).toStrictEqual(['task-1', 'task-2']);
    }
  });

  it('an event of a group is sent although one of its tasks is muted', async () => {
    const made = await watched({ groups: { all: { tasks: TASKS } } });
    await muted(made, 'task', 'task-1');
    made.status('task-1', 'MIGRATION_FAILED');
    const got = await during(made, 'ops', () => made.tick());
    expect(got).toHaveLength(1);
    expect(got.join()).toContain('group all');
  });

  it('a tick without a change reads no more than before, and writes nothing', async () => {
    const made = await watched();
    const before = counting(made);
    await made.tick({ store: before.store });
    await muted(made, 'channel', 'ops');
    made.status('task-1', 'TERMINATED');
    await made.tick();
    made.clock.advance(MINUTE);
    const after = counting(made);
    expect(await made.tick({ store: after.store })).toMatchObject({ pending: 1 });
    expect(after.counts()).toStrictEqual({ reads: before.counts().reads, writes: 0 });
  });

  it('the log says once until when, and how many events wait', async () => {
    const made = await watched();
    await muted(made, 'channel', 'ops');
    made.status('task-1', 'INCRMIGEATING');
    made.status('task-2', 'INCRMIGEATING');
    await made.tick();
    made.clock.advance(MINUTE);
    await made.tick();
    const notices = made.log.flatMap((entry) => (entry.kind === 'notice' ? [entry.message] : []));
    expect(notices.filter((words) => words.includes('muted'))).toStrictEqual([
      'channel ops: muted until 2026-01-05 02:20 UTC; 2 events wait',
    ]);
  });

  it('A broken channel is announced to the others, whatever task, group or project is muted', async () => {
    const made = await watched({ groups: { all: { tasks: TASKS } } });
    for (const id of TASKS) await muted(made, 'task', id);
    await muted(made, 'group', 'all');
    await muted(made, 'project', PROJECT_ID);
    made.receiver.answer('/cutover', { status: 410 });
    made.status('task-1', 'INCRMIGEATING');
    const got = await during(made, 'ops', () => made.tick());
    expect(got).toHaveLength(1);
    expect(got.join()).toContain('cutover');
  });

  it('an exception from quiet hours is none from a mute', async () => {
    const quiet = { from: '00:05', to: '06:00', except: ['failure'] };
    const made = await watched({ channels: { ops: { type: 'slack', quiet } } });
    await muted(made, 'channel', 'ops');
    made.status('task-1', 'MIGRATION_FAILED');
    expect(await during(made, 'ops', () => made.tick())).toStrictEqual([]);
    made.clock.advance(2 * HOUR);
    expect(await during(made, 'ops', () => made.tick())).toHaveLength(1);
  });

  it('of quiet hours and a mute the later end counts', async () => {
    const quiet = { from: '00:05', to: '03:00' };
    for (const forMs of [HOUR, 4 * HOUR]) {
      const made = await watched({ channels: { ops: { type: 'slack', quiet } } });
      await muted(made, 'channel', 'ops', forMs);
      made.status('task-1', 'INCRMIGEATING');
      await made.tick();
      const quietMs = Date.parse('2026-01-05T03:00:00Z') - made.clock.now();
      made.clock.advance(Math.min(forMs, quietMs));
      expect(await during(made, 'ops', () => made.tick())).toStrictEqual([]);
      made.clock.advance(Math.abs(forMs - quietMs));
      expect(await during(made, 'ops', () => made.tick())).toHaveLength(1);
    }
  });

  it('reminders wait, too', async () => {
    const channels = { ops: { type: 'slack', remindEvery: '30m' } };
    const made = await watched({ channels });
    made.status('task-1', 'MIGRATION_FAILED');
    await made.tick();
    await muted(made, 'task', 'task-1');
    made.clock.advance(HOUR);
    expect(await during(made, 'ops', () => made.tick())).toStrictEqual([]);
    expect(await made.tick()).toMatchObject({ pending: 0 });
    made.clock.advance(HOUR);
    expect((await during(made, 'ops', () => made.tick())).join()).toContain('STILL');
  });

  it('Muted time does not count for deadlines', async () => {
    const made = await watched();
    await muted(made, 'channel', 'ops', 10 * 24 * HOUR);
    made.status('task-1', 'INCRMIGEATING');
    await made.tick();
    made.clock.advance(10 * 24 * HOUR);
    made.receiver.answer('/ops', { status: 500 });
    expect(await made.tick()).toMatchObject({ dead: 0 });
    made.receiver.answer('/ops', { status: 200, body: 'ok' });
    made.clock.advance(2 * MINUTE);
    expect(await made.tick()).toMatchObject({ dead: 0, pending: 0 });
    expect(textsOf(made, 'ops').at(-1)).toContain('name of task-1');
  });

  it('deliveries list says until when, and retry sends at once', async () => {
    const made = await watched();
    await muted(made, 'task', 'task-1');
    made.status('task-1', 'INCRMIGEATING');
    await made.tick();
    const held = await heldIn(made);
    const pending = (await listIn(made, { state: 'pending', channel: 'ops' }, held)).map(
      ({ heldUntil, heldBy }) => ({ heldUntil, heldBy }),
    );
    expect(pending).toStrictEqual([{ heldUntil: '2026-01-05T02:20:00.000Z', heldBy: 'mute' }]);
    const got = await during(made, 'ops', () => retryIn(made, { channel: 'ops' }));
    expect(got).toHaveLength(1);
  });
});

describe('a mute', () => {
  it('holds a requeued dead letter, too', async () => {
    const made = await watched();
    made.receiver.answer('/ops', { status: 400, body: 'invalid_payload' });
    made.status('task-1', 'INCRMIGEATING');
    expect(await made.tick()).toMatchObject({ dead: 1 });
    made.receiver.answer('/ops', { status: 200, body: 'ok' });
    await muted(made, 'task', 'task-1');
    const got = await during(made, 'ops', () => redriveIn(made));
    expect(got).toStrictEqual([]);
    made.clock.advance(2 * HOUR);
    expect(await during(made, 'ops', () => made.tick())).toHaveLength(1);
  });

  it('holds no drill, and no event for a program', async () => {
    const made = await watched();
    const now = new Date(made.clock.now());
    await muted(made, 'channel', 'ops');
    await muted(made, 'project', PROJECT_ID);
    const http = createHttpClient();
    const channels = await createChannels(made.config, http);
    await http.close();
    const record = (await loadRecord(made.store, WATCHER_KEY))?.record;
    const all = withMutes({ channels, record, groups: [], now });
    const data = { severity: 'info' } as const;
    expect(all.get('ops')?.mutes?.about({ data })).toHaveLength(1);
    expect(all.get('ops')?.mutes?.about({ data, drill: true })).toStrictEqual([]);
    expect(all.get('cutover')).toBe(channels.get('cutover'));
  });
});

async function heldIn(made: World) {
  const http = createHttpClient();
  const channels = await createChannels(made.config, http);
  await http.close();
  const now = new Date(made.clock.now());
  const inventory = await loadInventory(made.store, [PROJECT_ID]);
  const groups = tickGroups(made.config, STAMP);
  return heldUntil(mutedChannels(inventory, { channels, groups, now }).values(), now);
}

describe('when a mute is over', () => {
  it('A muted chat gets nothing, and everything in one message afterwards; programs are never muted', async () => {
    const made = await watched();
    await muted(made, 'channel', 'ops');
    for (const id of TASKS) made.status(id, 'INCRMIGEATING');
    await made.tick();
    made.clock.advance(HOUR);
    made.status('task-2', 'MIGRATION_FAILED');
    await made.tick();
    const programs = made.events('cutover').length;
    made.clock.advance(HOUR);
    const [text = '', ...others] = await during(made, 'ops', async () =>
      expect(await made.tick()).toMatchObject({ delivered: 4, pending: 0, dead: 0 }),
    );
    expect(others).toStrictEqual([]);
    expect(text).toContain('❌ FAILED · name of task-2');
    expect(text).toContain('Also 3 events of 3 tasks while muted:');
    expect(text.indexOf('FAILED')).toBeLessThan(text.indexOf('incremental replication started'));
    expect(text).toContain('No longer current:');
    expect(made.events('cutover')).toHaveLength(programs);
    expect(await mutesHolding(made.store, new Date(made.clock.now()))).toStrictEqual([]);
  });

  it('after an early end, the next tick sends what it held, in one message', async () => {
    const made = await watched();
    await muted(made, 'channel', 'ops');
    for (const id of TASKS) made.status(id, 'INCRMIGEATING');
    await made.tick();
    made.clock.advance(10 * MINUTE);
    const ended = await unmute(made.store, ({ target }) => target === 'ops', new Date(made.clock.now()));
    expect(ended.map(({ target }) => target)).toStrictEqual(['ops']);
    const got = await during(made, 'ops', () => made.tick());
    expect(got).toHaveLength(1);
    expect(got.join()).toContain('3 events of 3 tasks while muted');
  });

  it('an event after the mute is sent as always', async () => {
    const made = await watched();
    await muted(made, 'channel', 'ops', HOUR);
    made.clock.advance(2 * HOUR);
    made.status('task-1', 'INCRMIGEATING');
    made.status('task-2', 'INCRMIGEATING');
    const got = await during(made, 'ops', () => made.tick());
    expect(got).toHaveLength(2);
    expect(got.join()).not.toContain('muted');
  });

  it('a message that is refused for the moment is sent again as one', async () => {
    const made = await watched();
    await muted(made, 'channel', 'ops', HOUR);
    for (const id of TASKS) made.status(id, 'INCRMIGEATING');
    await made.tick();
    made.clock.advance(HOUR);
    made.receiver.answer('/ops', { status: 503 });
    expect(await made.tick()).toMatchObject({ pending: 3, dead: 0 });
    made.receiver.answer('/ops', { status: 200, body: 'ok' });
    made.clock.advance(2 * MINUTE);
    const got = await during(made, 'ops', () => made.tick());
    expect(got).toHaveLength(1);
    expect(got.join()).toContain('3 events of 3 tasks while muted');
  });
});

describe('a mute that is written while a tick runs', () => {
  it('holds from the next tick on, and neither loses what the other wrote', async () => {
    const made = await watched();
    made.receiver.answer('/cutover', { status: 410 });
    let isWritten = false;
    const store: Store = {
      ...keptOpen(made.store),
      // The tick has read the record, and is about to write it.
      save: async (item) => {
        if (item.key.partition === 'watcher' && !isWritten) {
          isWritten = true;
          await muted(made, 'channel', 'ops');
        }
        return made.store.save(item);
      },
    };
    made.status('task-1', 'INCRMIGEATING');
    await made.tick({ store });
    expect(isWritten).toBe(true);
    const [kept] = await mutesHolding(made.store, new Date(made.clock.now()));
    expect(kept).toMatchObject({ target: 'ops' });
    made.status('task-2', 'INCRMIGEATING');
    const got = await during(made, 'ops', async () => expect((await made.tick()).brokenChannels).toBe(1));
    expect(got).toStrictEqual([]);
  });

  it('a crash at one of its first writes loses nothing and keeps the order', async () => {
    for (let nth = 1; nth <= 8; nth += 1) {
      for (const ending of ['before', 'after'] as const) {
        const made = await watched();
        await muted(made, 'channel', 'ops', HOUR);
        made.status('task-1', 'INCRMIGEATING');
        const dying = dyingAt(made.store, nth, ending);
        await made.tick({ store: dying.store }).catch(() => undefined);
        made.clock.advance(2 * MINUTE);
        await made.tick();
        made.clock.advance(HOUR);
        made.status('task-1', 'MIGRATION_FAILED');
        const last = dyingAt(made.store, nth, ending);
        await made.tick({ store: last.store }).catch(() => undefined);
        made.clock.advance(2 * MINUTE);
        await made.tick();
        const texts = textsOf(made, 'ops').slice(1);
        const all = texts.join();
        expect(all).toContain('incremental replication started');
        expect(all).toContain('FAILED');
        expect(texts.length).toBeLessThanOrEqual(3);
        expect(await made.tick()).toMatchObject({ pending: 0, dead: 0 });
        await made.close();
      }
    }
  });
});
