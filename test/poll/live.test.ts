import { describe, expect, onTestFinished, test } from 'vitest';
import { fingerprint } from '../../lib/base/fingerprint.ts';
import { mute } from '../../lib/mutes/write.ts';
import { projectPartition, taskRecordId } from '../../lib/records/keys.ts';
import { MARK_KEY } from '../../lib/records/mark.ts';
import { loadRecord, saveRecord } from '../../lib/records/records.ts';
import { createApp } from '../../lib/runtime/app.ts';
import type { Store } from '../../lib/store/store.ts';
import { channelSchema } from '../support/channel-types.ts';
import { SLACK_CHANNEL, SLACK_TOKEN, startTestSlack } from '../support/slack.ts';
import { createWorld, IN_STEP, keptOpen, PROJECT_ID, type WorldOptions } from '../support/world.ts';

const MINUTE = 60_000;
const KEY = { partition: projectPartition(PROJECT_ID), id: taskRecordId('task-1') };

/** A receipt that says what its message shows. */
const receiptOf = (ts: string): unknown =>
  expect.stringMatching(new RegExp(`^${SLACK_CHANNEL} ${ts} [0-9a-f]{16}$`));

/** A world with one chat, a Slack bot, and a program that goes on running. */
async function liveWorld(options: WorldOptions = {}) {
  const slack = await startTestSlack();
  const made = await createWorld({ channels: {}, ...options });
  const configWith = (settings: Readonly<Record<string, unknown>> = {}) => {
    const live = channelSchema.parse({
      type: 'slack_bot',
      token: SLACK_TOKEN,
      channel: SLACK_CHANNEL,
      baseUrl: slack.url,
      allowInsecure: true,
      ...settings,
    });
    return { ...made.config, channels: { live } };
  };
  let writes = 0;
  const store: Store = {
    ...keptOpen(made.store),
    save: (item) => {
      if (item.key.id !== MARK_KEY.id) writes += 1;
      return made.store.save(item);
    },
  };
  /** A program that has just started. */
  const start = async (settings: Readonly<Record<string, unknown>> = {}) => {
    const config = configWith(settings);
    const app = await createApp({
      config,
      store,
      log: () => undefined,
      clock: made.clock,
      random: () => 0.5,
    });
    onTestFinished(() => app.close());
    return app;
  };
  const app = await start();
  onTestFinished(async () => {
    await made.close();
    await slack.close();
  });
  return {
    made,
    slack,
    start,
    config: configWith(),
    record: async () => (await loadRecord(made.store, KEY))?.record,
    /** @returns the writes of the tick */
    async tick(runner = app) {
      const before = writes;
      await runner.tick(MINUTE);
      await made.clock.sleep(MINUTE);
      return writes - before;
    },
  };
}

describe('a channel that edits its messages', () => {
  test('shows each task in one message, from its first sight to its end', async () => {
    const { made, slack, tick } = await liveWorld();
    made.status('task-1', 'FULLMIGRATING');
    await tick();
    expect(slack.posts().map(({ thread }) => thread)).toEqual([undefined]);
    made.simulator.setStats('task-1', { full_migration_progress: 42 });
    await tick();
    expect(slack.posts()[0]?.text).toMatch(/full synchronisation, 42 %/);
    made.status('task-1', 'INCRMIGEATING');
    made.simulator.setStats('task-1', { ...IN_STEP, offset: 9_000_000_000 });
    await tick();
    expect(slack.posts()[0]?.text).toMatch(/incremental replication, not ready for the cut-over/);
    expect(slack.posts()[0]?.text).toContain('Lag (offset): 9 GB');
    made.simulator.setStats('task-1', IN_STEP);
    for (let looks = 0; looks < 4; looks += 1) await tick();
    expect(slack.posts()[0]?.text).toMatch(/^🟢 READY · .*ready for the cut-over/);
    made.status('task-1', 'MIGRATION_FAILED');
    await tick();
    await tick();
    const [root, ...replies] = slack.posts();
    expect(root?.text).toMatch(/^❌ FAILED · .*failed/);
    expect(replies.length).toBeGreaterThan(3);
    expect(new Set(replies.map(({ thread }) => thread))).toEqual(new Set([root?.ts]));
    expect(replies.at(-1)).toMatchObject({ isBroadcast: true, text: expect.stringContaining('failed') });
  });

  test('shows each task and each group in a message of its own', async () => {
    const { made, slack, tick } = await liveWorld({
      tasks: ['task-1', 'task-2'],
      groups: { orders: { tasks: ['task-1', 'task-2'] } },
    });
    for (const id of ['task-1', 'task-2']) made.status(id, 'FULLMIGRATING');
    await tick();
    expect(slack.posts()).toHaveLength(2);
    made.status('task-1', 'MIGRATION_FAILED');
    await tick();
    const roots = slack.posts().filter(({ thread }) => thread === undefined);
    expect(roots.map(({ text }) => text.split('\n')[0]).toSorted()).toEqual([
      'ℹ️ name of task-2: full synchronisation',
      '❌ FAILED · group orders: 2 tasks',
      '❌ FAILED · name of task-1: failed',
    ]);
  });

  test('costs no call and no write in a tick in which nothing changed', async () => {
    const { made, slack, tick } = await liveWorld();
    made.status('task-1', 'FULLMIGRATING');
    await tick();
    await tick();
    const before = slack.calls().length;
    expect(await tick()).toBe(0);
    expect(await tick()).toBe(0);
    expect(slack.calls()).toHaveLength(before);
  });

  test('costs no write where figures changed alone', async () => {
    const { made, slack, tick } = await liveWorld();
    made.status('task-1', 'FULLMIGRATING');
    const figures = { full_migration_progress: 5, target_input_kbps: 700 };
    made.simulator.setStats('task-1', figures);
    await tick();
    await tick();
    const before = slack.posts()[0]?.edits ?? 0;
    made.simulator.setStats('task-1', { ...figures, target_input_kbps: 900 });
    expect(await tick()).toBe(0);
    expect(slack.posts()[0]).toMatchObject({ edits: before + 1, text: expect.stringContaining('900 KB/s') });
  });

  test('goes on with the same message in a program that was just started', async () => {
    const { made, slack, tick, start, record } = await liveWorld();
    made.status('task-1', 'FULLMIGRATING');
    await tick();
    expect((await record())?.receipts).toEqual({
      live: { settings: expect.any(String), receipt: receiptOf('1767579120.000001') },
    });
    made.status('task-1', 'INCRMIGEATING');
    const again = await start();
    await tick(again);
    const [root, ...replies] = slack.posts();
    expect(replies.map(({ thread }) => thread)).toEqual([root?.ts]);
    expect(root?.text).toContain('incremental replication');
  });

  test('posts another message in place of one that somebody deleted', async () => {
    const { made, slack, tick, record } = await liveWorld();
    made.status('task-1', 'FULLMIGRATING');
    await tick();
    slack.delete('1767579120.000001');
    made.simulator.setStats('task-1', { full_migration_progress: 12 });
    await tick();
    await tick();
    expect(slack.posts().map(({ text }) => text.split('\n')[0])).toEqual([
      'ℹ️ name of task-1: full synchronisation, 12 %',
    ]);
    expect((await record())?.receipts?.['live']?.receipt).toBe(`${SLACK_CHANNEL} 1767579120.000002`);
  });

  test('goes on to show where a muted task stands, and sends its events afterwards', async () => {
    const { made, slack, tick } = await liveWorld();
    made.status('task-1', 'FULLMIGRATING');
    await tick();
    const subject = { scope: 'task', target: 'task-1', name: 'task-1' } as const;
    await mute(made.store, { subject, forMs: 5 * MINUTE, why: 'known' }, new Date(made.clock.now()));
    made.status('task-1', 'INCRMIGEATING');
    await tick();
    expect(slack.posts()).toHaveLength(1);
    expect(slack.posts()[0]?.text).toContain('incremental replication');
    const [root] = slack.posts();
    slack.delete(root?.ts ?? '');
    made.status('task-1', 'MIGRATION_FAILED');
    await tick();
    expect(slack.posts()).toEqual([]);
    for (let minute = 0; minute < 4; minute += 1) await tick();
    const [first, ...others] = slack.posts();
    expect(first?.text).toContain('failed');
    expect(others.filter(({ thread }) => thread === undefined)).toEqual([]);
  });

  test('loses no event when its edits fail, and shows later what they were to show', async () => {
    const { made, slack, tick } = await liveWorld();
    made.status('task-1', 'FULLMIGRATING');
    await tick();
    slack.answer('chat.update', 'internal_error', { status: 500 });
    made.status('task-1', 'INCRMIGEATING');
    await tick();
    await tick();
    expect(slack.posts()).toHaveLength(2);
    await tick();
    expect(slack.posts()[0]?.text).toContain('incremental replication');
  });

  test('posts one message about the first sight of ten tasks or more', async () => {
    const tasks = Array.from({ length: 10 }, (_, n) => `task-${n}`);
    const { made, slack, tick } = await liveWorld({ tasks });
    for (const id of tasks) made.status(id, 'FULLMIGRATING');
    await tick();
    expect(slack.posts()).toHaveLength(1);
    expect(slack.posts()[0]?.text).toContain('10 tasks are now watched');
    made.status('task-3', 'MIGRATION_FAILED');
    await tick();
    const [, root, reply] = slack.posts();
    expect(root?.text).toContain('name of task-3: failed');
    expect(reply?.thread).toBe(root?.ts);
  });

  test('takes no message of other settings for its own', async () => {
    const { made, slack, tick, record } = await liveWorld();
    made.status('task-1', 'FULLMIGRATING');
    await tick();
    const held = await loadRecord(made.store, KEY);
    const receipts = { live: { settings: 'others', receipt: `${SLACK_CHANNEL} 1767579120.000001` } };
    if (held !== undefined) await saveRecord(made.store, held, { ...held.record, receipts });
    made.status('task-1', 'INCRMIGEATING');
    await tick();
    expect(slack.posts().map(({ thread }) => thread)).toEqual([undefined, undefined, '1767579120.000002']);
    expect((await record())?.receipts?.['live']?.receipt).toEqual(receiptOf('1767579120.000002'));
  });

  test('goes on with the same message after its token was rotated and its language changed', async () => {
    const { made, slack, tick, start } = await liveWorld();
    made.status('task-1', 'FULLMIGRATING');
    await tick();
    slack.rotate('xoxb-the-next-one');
    const again = await start({ token: 'xoxb-the-next-one', language: 'zh' });
    await tick(again);
    expect(slack.posts()).toMatchObject([{ text: expect.stringContaining('全量迁移中'), edits: 1 }]);
    made.status('task-1', 'INCRMIGEATING');
    await tick(again);
    const [root, ...replies] = slack.posts();
    expect(root?.text).toContain('增量迁移中');
    expect(replies.map(({ thread }) => thread)).toEqual([root?.ts]);
  });

  test('goes on with the message whose receipt an older version stored under all settings', async () => {
    const { made, slack, tick, start, config } = await liveWorld();
    made.status('task-1', 'FULLMIGRATING');
    await tick();
    const held = await loadRecord(made.store, KEY);
    const settings = fingerprint(config.channels.live);
    const receipts = { live: { settings, receipt: `${SLACK_CHANNEL} 1767579120.000001` } };
    if (held !== undefined) await saveRecord(made.store, held, { ...held.record, receipts });
    made.status('task-1', 'INCRMIGEATING');
    await tick(await start());
    const [root, ...replies] = slack.posts();
    expect(root?.text).toContain('incremental replication');
    expect(replies.map(({ thread }) => thread)).toEqual([root?.ts]);
  });

  test('costs no call and no write in a program that was just started, where nothing changed', async () => {
    const { made, slack, tick, start } = await liveWorld();
    made.status('task-1', 'CONFIGURING');
    await tick();
    await tick();
    const before = slack.calls().length;
    expect(await tick(await start())).toBe(0);
    expect(slack.calls()).toHaveLength(before);
    made.status('task-1', 'TERMINATED');
    await tick();
    await tick();
    const after = slack.calls().length;
    expect(await tick(await start())).toBe(0);
    expect(slack.calls()).toHaveLength(after);
  });

  test('never takes what a message showed at an event for what it shows after an edit', async () => {
    const { made, slack, tick, start } = await liveWorld();
    made.status('task-1', 'INCRMIGEATING');
    made.simulator.setStats('task-1', { ...IN_STEP, offset: 9_000_000_000 });
    await tick();
    await tick();
    const shown = slack.posts()[0]?.text;
    made.simulator.setStats('task-1', { ...IN_STEP, offset: 8_000_000_000 });
    await tick();
    expect(slack.posts()[0]?.text).toContain('8 GB');
    made.simulator.setStats('task-1', { ...IN_STEP, offset: 9_000_000_000 });
    await tick(await start());
    expect(slack.posts()[0]?.text).toContain('9 GB');
    expect(shown).toContain('9 GB');
  });

  test('costs no write where figures of a replication go on changing after the first edit', async () => {
    const { made, slack, tick } = await liveWorld();
    made.status('task-1', 'INCRMIGEATING');
    made.simulator.setStats('task-1', IN_STEP);
    for (let looks = 0; looks < 5; looks += 1) await tick();
    const writes: number[] = [];
    for (const keys of [1001, 1002, 1003]) {
      made.simulator.setStats('task-1', { ...IN_STEP, source_dbsize: keys, target_dbsize: keys });
      writes.push(await tick());
      expect(slack.posts()[0]?.text).toContain(`source ${keys.toLocaleString('en')}`);
    }
    expect(writes.slice(1)).toEqual([0, 0]);
  });
});
