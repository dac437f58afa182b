import { describe, expect, it } from 'vitest';
import { heldUntil } from '../../lib/delivery/redrive/known-deliveries.ts';
import { createHttpClient } from '../../lib/http/undici.ts';
import { createChannels } from '../../lib/runtime/channels.ts';
import type { Store } from '../../lib/store/store.ts';
import { useWorld } from '../support/use-world.ts';
import { keptOpen, type World, type WorldOptions } from '../support/world.ts';
import { listIn, retryIn } from './redrive/support.ts';

const world = useWorld();

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const TASKS = ['task-1', 'task-2', 'task-3'];
/** The clock of a world begins at 00:00 UTC on a Monday. */
const NIGHT = { from: '01:00', to: '06:00' };

/** Two chats and a program, after a first tick at midnight; `ops` is quiet from 01:00 to 06:00. */
async function inQuietHours(quiet: object = NIGHT, options: Partial<WorldOptions> = {}): Promise<World> {
  const channels = {
    ops: { type: 'slack', quiet },
    day: { type: 'slack' },
    cutover: { type: 'webhook' },
  };
  const made = await world({ tasks: TASKS, channels, ...options });
  for (const id of TASKS) made.status(id, 'FULLMIGRATING');
  await made.tick();
  made.clock.advance(90 * MINUTE);
  return made;
}

const textsOf = (made: World, channel: string): string[] =>
  made.receiver.at(`/${channel}`).map(({ body }) => body);

/** Counts what is written to the store of a world. */
function counting(made: World): { readonly store: Store; writes(): number } {
  let writes = 0;
  const store: Store = {
    ...keptOpen(made.store),
    save: (item) => {
      writes += 1;
      return made.store.save(item);
    },
  };
  return { store, writes: () => writes };
}

describe('in quiet hours', () => {
  it('a chat gets nothing, and the others everything at once', async () => {
    const made = await inQuietHours();
    const before = textsOf(made, 'ops').length;
    made.status('task-1', 'INCRMIGEATING');
    expect(await made.tick()).toMatchObject({ events: 1, delivered: 2, pending: 1, dead: 0 });
    expect(textsOf(made, 'ops')).toHaveLength(before);
    expect(textsOf(made, 'day').at(-1)).toContain('incremental replication started');
  });

  it('the log says once until when, and how many events wait', async () => {
    const made = await inQuietHours();
    made.status('task-1', 'INCRMIGEATING');
    made.status('task-2', 'INCRMIGEATING');
    await made.tick();
    made.clock.advance(MINUTE);
    await made.tick();
    const notices = made.log.flatMap((entry) => (entry.kind === 'notice' ? [entry.message] : []));
    expect(notices.filter((words) => words.includes('quiet'))).toStrictEqual([
      'channel ops: quiet until 2026-01-05 06:00 UTC; 2 events wait',
    ]);
  });

  it('a tick without a change writes nothing', async () => {
    const made = await inQuietHours();
    made.status('task-1', 'TERMINATED');
    await made.tick();
    made.clock.advance(MINUTE);
    const { store, writes } = counting(made);
    expect(await made.tick({ store })).toMatchObject({ pending: 1 });
    expect(writes()).toBe(0);
  });

  it('An excepted event brings what its task has waiting with it, so that events stay in order', async () => {
    const made = await inQuietHours({ ...NIGHT, except: ['failure'] });
    const before = textsOf(made, 'ops').length;
    made.status('task-1', 'INCRMIGEATING');
    made.status('task-2', 'INCRMIGEATING');
    await made.tick();
    made.clock.advance(10 * MINUTE);
    made.status('task-1', 'MIGRATION_FAILED');
    expect(await made.tick()).toMatchObject({ pending: 1 });
    const [text = '', ...others] = textsOf(made, 'ops').slice(before);
    expect(others).toStrictEqual([]);
    expect(text).toContain('Also 1 event in quiet hours, no longer current:');
    expect(text.indexOf('FAILED')).toBeLessThan(text.indexOf('incremental replication started'));
    expect(text).not.toContain('task-2');
  });

  it('Quiet hours do not count for deadlines, for up to two weeks', async () => {
    const made = await inQuietHours({ days: ['mon', 'tue', 'wed'] });
    made.status('task-1', 'INCRMIGEATING');
    await made.tick();
    const before = textsOf(made, 'ops').length;
    made.clock.advance(71 * HOUR);
    made.receiver.answer('/ops', { status: 500 });
    expect(await made.tick()).toMatchObject({ dead: 0, pending: 4 });
    made.receiver.answer('/ops', { status: 200, body: 'ok' });
    made.clock.advance(2 * MINUTE);
    expect(await made.tick()).toMatchObject({ dead: 0, pending: 0 });
    expect(textsOf(made, 'ops').length).toBe(before + 2);
  });

  it('deliveries list says until when, and retry sends at once', async () => {
    const made = await inQuietHours();
    made.status('task-1', 'INCRMIGEATING');
    await made.tick();
    const http = createHttpClient();
    const channels = await createChannels(made.config, http);
    const held = heldUntil(channels.values(), new Date(made.clock.now()));
    const pending = (await listIn(made, { state: 'pending' }, held)).map(({ heldUntil }) => heldUntil);
    await http.close();
    expect(pending).toStrictEqual(['2026-01-05T06:00:00.000Z']);
    const before = textsOf(made, 'ops').length;
    expect(await retryIn(made)).toMatchObject({ retried: [{ channel: 'ops', kind: 'delivered' }] });
    expect(textsOf(made, 'ops')).toHaveLength(before + 1);
  });

  it('reminders wait, too', async () => {
    const made = await inQuietHours(NIGHT, {
      channels: { ops: { type: 'slack', quiet: NIGHT, remindEvery: '30m' } },
    });
    made.status('task-1', 'MIGRATION_FAILED');
    made.clock.advance(-60 * MINUTE);
    await made.tick();
    const before = textsOf(made, 'ops').length;
    made.clock.advance(3 * HOUR);
    expect(await made.tick()).toMatchObject({ pending: 0 });
    expect(textsOf(made, 'ops')).toHaveLength(before);
    made.clock.advance(3 * HOUR);
    await made.tick();
    expect(textsOf(made, 'ops').at(-1)).toContain('STILL');
  });
});

describe('at the end of quiet hours', () => {
  it('In its quiet hours a chat gets nothing but what is excepted, and everything else in one message at their end', async () => {
    const projects = ['one', 'two'].map((name, n) => ({
      name,
      id: `${n}54d2280acb74d36a8b839746bcd7352`,
      tasks: TASKS.map((task) => `${name}-${task}`),
    }));
    const channels = { ops: { type: 'slack', quiet: NIGHT } };
    const made = await world({ projects, channels });
    const all = projects.flatMap(({ name, tasks }) => tasks.map((task) => ({ project: name, task })));
    for (const { project, task } of all) made.projects[project]?.status(task, 'FULLMIGRATING');
    await made.tick();
    made.clock.advance(90 * MINUTE);
    for (const { project, task } of all) made.projects[project]?.status(task, 'INCRMIGEATING');
    await made.tick();
    made.projects['two']?.status('two-task-3', 'MIGRATION_FAILED');
    made.clock.advance(HOUR);
    await made.tick();
    const before = textsOf(made, 'ops').length;
    made.clock.advance(5 * HOUR);
    expect(await made.tick()).toMatchObject({ delivered: 7, pending: 0, dead: 0 });
    const [text = '', ...others] = textsOf(made, 'ops').slice(before);
    expect(others).toStrictEqual([]);
    expect(text).toContain('❌ FAILED · name of two-task-3');
    expect(text).toContain('Also 6 events of 6 tasks in quiet hours:');
    expect(text.indexOf('FAILED')).toBeLessThan(text.indexOf('incremental replication started'));
    expect(text).toContain('No longer current:');
  });

  describe('a channel that breaks in quiet hours', () => {
    const OVER = /no longer current:/i;

    /** In quiet hours the channel breaks, and another one gets the event of it; later it takes what is pending again, or does not. */
    async function broken(quiet?: object): Promise<World> {
      const made = await inQuietHours(quiet);
      made.receiver.answer('/cutover', { status: 410 });
      made.status('task-1', 'INCRMIGEATING');
      await made.tick();
      expect(textsOf(made, 'day').at(-1)).toContain('channel cutover is broken');
      made.clock.advance(HOUR);
      return made;
    }

    async function mended(made: World): Promise<World> {
      made.receiver.answer('/cutover', { status: 200 });
      await made.tick();
      made.clock.advance(HOUR);
      return made;
    }

    async function brokenAgain(made: World): Promise<World> {
      made.receiver.answer('/cutover', { status: 410 });
      made.status('task-2', 'INCRMIGEATING');
      await made.tick();
      made.clock.advance(HOUR);
      return made;
    }

    /** What the quiet chat gets at the end of its quiet hours: what holds, and what is over. */
    async function sentAtTheEnd(made: World): Promise<readonly [news: string, past: string]> {
      const before = textsOf(made, 'ops').length;
      made.clock.advance(5 * HOUR);
      await made.tick();
      made.clock.advance(MINUTE);
      await made.tick();
      const texts = textsOf(made, 'ops')
        .slice(before)
        .map((body) => String(JSON.parse(body).text).split(OVER));
      const parts = (which: number) => texts.map((text) => text[which] ?? '').join('\n');
      return [parts(0), parts(1)];
    }

    it('is sent as past when it works again before their end', async () => {
      const [news, past] = await sentAtTheEnd(await mended(await broken()));
      expect(news).toContain('incremental replication started');
      expect(news).not.toContain('channel cutover is broken');
      expect(past).toContain('channel cutover is broken');
    });

    it('is news when it is still broken at their end', async () => {
      const [news, past] = await sentAtTheEnd(await broken());
      expect(news).toContain('channel cutover is broken');
      expect(past.trim()).toBe('');
    });

    it('is news once, and past once, when it broke again', async () => {
      const [news, past] = await sentAtTheEnd(await brokenAgain(await mended(await broken())));
      expect(news.match(/channel cutover is broken/g)).toHaveLength(1);
      expect(past.match(/channel cutover is broken/g)).toHaveLength(1);
    });

    it('calls nobody when it works again, and is past also where nothing else happened', async () => {
      const made = await world({
        tasks: TASKS,
        channels: {
          ops: {
            type: 'slack',
            quiet: NIGHT,
            mention: '<!here>',
            mentionOn: ['action'],
            when: { events: ['watch.channel_broken'] },
          },
          cutover: { type: 'webhook' },
        },
      });
      for (const id of TASKS) made.status(id, 'FULLMIGRATING');
      await made.tick();
      made.clock.advance(90 * MINUTE);
      made.receiver.answer('/cutover', { status: 410 });
      made.status('task-1', 'INCRMIGEATING');
      await made.tick();
      made.clock.advance(HOUR);
      const [news, past] = await sentAtTheEnd(await mended(made));
      expect(past).toContain('channel cutover is broken');
      expect(news).toMatch(/1 event in quiet hours/);
      expect(textsOf(made, 'ops').at(-1)).not.toContain('<!here>');
    });
  });

  it('events that other processes or changed settings release are sent at once', async () => {
    const made = await inQuietHours();
    made.status('task-1', 'INCRMIGEATING');
    await made.tick();
    const { ops, ...others } = made.config.channels;
    if (ops === undefined) throw new TypeError('ops is there');
    const loud = { ...made.config, channels: { ops: { ...ops, quiet: undefined }, ...others } };
    expect(await made.tick({ config: loud })).toMatchObject({ delivered: 1, pending: 0 });
  });

  it('a message that is refused for the moment is sent again as one', async () => {
    const made = await inQuietHours();
    for (const id of TASKS) made.status(id, 'INCRMIGEATING');
    await made.tick();
    made.clock.advance(5 * HOUR);
    const before = textsOf(made, 'ops').length;
    made.receiver.answer('/ops', { status: 503 });
    expect(await made.tick()).toMatchObject({ pending: 3, dead: 0 });
    made.receiver.answer('/ops', { status: 200, body: 'ok' });
    made.clock.advance(2 * MINUTE);
    expect(await made.tick()).toMatchObject({ pending: 0, delivered: 3 });
    const texts = textsOf(made, 'ops').slice(before);
    expect(texts.map((text) => text.includes('3 events of 3 tasks in quiet hours'))).toStrictEqual([
      true,
      true,
    ]);
  });
});
