import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../lib/store/index.ts';
import { IN_STEP, type World, type WorldOptions } from '../support/world.ts';
import { MINUTE, world } from './support.ts';

/** A world whose state is a file of SQLite, that can be copied aside and back as a backup is. */
async function withBackups(options: WorldOptions) {
  const folder = await mkdtemp(join(tmpdir(), 'forgetful-'));
  const [file, backup] = [join(folder, 'watch.db'), join(folder, 'backup.db')];
  const made = await world(options);
  return {
    made,
    /** Ticks of a program that opens the file and closes it. */
    async ticks(times = 1): Promise<void> {
      for (let tick = 0; tick < times; tick += 1) {
        const store = await openStore({ kind: 'sqlite', file }, made.clock.now);
        await made.tick({ store });
        await store.close();
        made.clock.advance(MINUTE);
      }
    },
    backUp: () => copyFile(file, backup),
    restore: () => copyFile(backup, file),
    lose: () => rm(file),
  };
}

/** Everything that a webhook got. */
function received({ receiver }: World, channel = 'cutover') {
  return receiver.at(`/${channel}`).map(({ headers, body }) => {
    const { id, source, type, sequence } = JSON.parse(body);
    return { header: headers['webhook-id'], id, body, source, type, sequence };
  });
}

/** What happens to what a record is about before it is forgotten, and what happens instead of it afterwards. */
interface Case extends WorldOptions {
  before(made: World): number;
  forgotten(made: World): number;
  instead(made: World): number;
  /** The type of the events at the same position of their record. */
  readonly types: readonly [string, string];
}

const replicates = ({ status, simulator }: World, ...tasks: readonly string[]) => {
  for (const id of tasks) {
    status(id, 'INCRMIGEATING');
    simulator.setStats(id, IN_STEP);
  }
};

const CASES: readonly Case[] = [
  // A task.
  {
    types: ['dcs.migration.status_changed', 'dcs.migration.status_changed'],
    before(made) {
      made.status('task-1', 'RUNNING');
      return 1;
    },
    forgotten(made) {
      made.status('task-1', 'FULLMIGRATING');
      return 1;
    },
    instead(made) {
      made.status('task-1', 'FAILED');
      return 1;
    },
  },
  // A group.
  {
    tasks: ['task-1', 'task-2'],
    groups: { orders: { tasks: ['task-1', 'task-2'] } },
    types: ['dcs.group.ready', 'dcs.group.failed'],
    before(made) {
      for (const id of ['task-1', 'task-2']) made.status(id, 'FULLMIGRATING');
      return 1;
    },
    forgotten(made) {
      replicates(made, 'task-1', 'task-2');
      return 4;
    },
    instead(made) {
      made.status('task-2', 'FAILED');
      return 1;
    },
  },
  // A channel.
  {
    channels: { cutover: { type: 'webhook' }, one: { type: 'webhook' }, two: { type: 'webhook' } },
    types: ['dcs.watch.channel_broken', 'dcs.watch.channel_broken'],
    before(made) {
      made.status('task-1', 'RUNNING');
      return 1;
    },
    forgotten(made) {
      made.receiver.answer('/one', { status: 410 });
      made.status('task-1', 'FULLMIGRATING');
      return 1;
    },
    instead(made) {
      made.receiver.answer('/one', { status: 200 });
      made.receiver.answer('/two', { status: 410 });
      made.status('task-1', 'INCRMIGEATING');
      return 1;
    },
  },
];

/** All that arrives while the store forgets what it had acknowledged, and what arrived before it did. */
async function lostAndLater({ before, forgotten, instead, types, ...options }: Case) {
  const { made, ticks, backUp, restore } = await withBackups(options);
  await ticks(before(made));
  await backUp();
  await ticks(forgotten(made));
  const lost = received(made);
  await restore();
  await ticks(instead(made));
  const later = received(made).slice(lost.length);
  const [first, second] = [lost.at(-1), later.find(({ type }) => type === types[1])];
  // Both have the same position in their record.
  expect([first?.type, second?.type]).toEqual(types);
  expect(second?.source).toBe(first?.source);
  expect(second?.body).not.toBe(first?.body);
  return { lost, later };
}

test('An id names one event for ever, even when the store forgets a write', async () => {
  for (const one of CASES) {
    const { lost, later } = await lostAndLater(one);
    const all = [...lost, ...later];
    const byId = Map.groupBy(all, ({ id }) => id);
    const withTwoBodies = [...byId.values()].filter((same) => new Set(same.map(({ body }) => body)).size > 1);
    expect(withTwoBodies).toEqual([]);
    expect(all.map(({ header }) => header)).toEqual(all.map(({ id }) => id));
  }
});

test('A sequence number is above all earlier ones of the same source, even when the state was lost', async () => {
  for (const one of CASES) {
    const { lost, later } = await lostAndLater(one);
    const highest = new Map<string, string>();
    for (const { source, sequence } of [...lost, ...later]) {
      expect(sequence > (highest.get(source) ?? '')).toBe(true);
      highest.set(source, sequence);
    }
  }
  const { made, ticks, lose } = await withBackups({});
  for (const word of ['RUNNING', 'FULLMIGRATING']) {
    made.status('task-1', word);
    await ticks();
  }
  await lose();
  await ticks();
  const [, before, anew] = received(made);
  expect([before?.type, anew?.type]).toEqual(['dcs.migration.status_changed', 'dcs.migration.first_seen']);
  expect(anew?.source).toBe(before?.source);
  expect((anew?.sequence ?? '') > (before?.sequence ?? '')).toBe(true);
});
