import { describe, expect, test } from 'vitest';
import type { MigrationEvent } from '../../lib/events/event.ts';
import { lookPayload } from '../channels/block-kit/payload.ts';
import { deadLetters, HOUR, logged, MINUTE, ticks } from '../poll/support.ts';
import { useWorld } from '../support/use-world.ts';
import type { World } from '../support/world.ts';

const world = useWorld();

const names = (count: number) => Array.from({ length: count }, (_, i) => `hook-${i}`);
const hooks = (all: readonly string[]) => Object.fromEntries(all.map((name) => [name, { type: 'webhook' }]));
const newsAt = ({ receiver }: World, channel: string): MigrationEvent[] =>
  receiver
    .at(`/${channel}`)
    .map(({ body }): MigrationEvent => JSON.parse(body))
    .filter(({ type }) => type === 'dcs.watch.channel_broken');

describe('a hundred channels that break at once', () => {
  test('Channels that break in one tick share one event that names them all', async () => {
    const all = names(100);
    const made = await world({ channels: { ...hooks(all), well: { type: 'webhook' } } });
    for (const name of all) made.receiver.answer(`/${name}`, { status: 410 });
    made.status('task-1', 'RUNNING');
    const report = await made.tick();
    expect(report).toMatchObject({ brokenChannels: 100, dead: 0, delivered: 2, pending: 100 });
    const news = newsAt(made, 'well');
    expect(news).toHaveLength(1);
    expect(news[0]?.data.channels?.map(({ name }) => name).toSorted()).toEqual(all.toSorted());
    expect(news[0]?.data.channel).toEqual({
      name: expect.stringMatching(/^hook-/),
      reason: expect.stringContaining('HTTP 410'),
      explanation: { status: 'HTTP 410', what: [{ code: 'receiver_gone' }] },
    });
    expect(news[0]?.data.summary).toMatch(
      /^100 channels are broken and get no messages: hook-\d+, hook-\d+, hook-\d+ and 97 more$/,
    );
    expect(await deadLetters(made)).toEqual([]);
    await ticks(made, 3);
    expect(newsAt(made, 'well')).toHaveLength(1);
  });

  test('are all named in one Slack message', async () => {
    const channels = names(100).map((name, i) => ({
      name,
      reason: i % 2 === 0 ? 'HTTP 410' : 'HTTP 401',
      since: '2026-01-05T02:12:00.000Z',
    }));
    const made = await world({ channels: { ...hooks(names(1)), well: { type: 'webhook' } } });
    made.receiver.answer('/hook-0', { status: 410 });
    made.status('task-1', 'RUNNING');
    await made.tick();
    const [event] = newsAt(made, 'well');
    if (event === undefined) throw new TypeError('no news');
    const many = { ...event, data: { ...event.data, channels, summary: '100 channels are broken' } };
    const message = lookPayload([many], { now: new Date(event.time) });
    const { text: _fallback, ...whole } = message;
    const shown = JSON.stringify(whole);
    const words = shown.replaceAll('\\n', ' ').split(/[^\w-]/);
    for (const { name } of channels) expect(words).toContain(name);
    expect(shown).not.toContain('…');
  });
});

describe('the event that channels are broken', () => {
  test('The next run reports broken channels that a run died before reporting', async () => {
    const made = await world({ channels: hooks(['cutover', 'other']) });
    made.receiver.answer('/cutover', { status: 410 });
    made.status('task-1', 'RUNNING');
    let died = 0;
    const dying = {
      ...made.store,
      save: async (item: Parameters<World['store']['save']>[0]) => {
        if (!item.body.includes('dcs.watch.channel_broken')) return made.store.save(item);
        died += 1;
        throw new Error('the machine is gone');
      },
    };
    await made.tick({ store: dying });
    expect(died).toBe(1);
    expect(newsAt(made, 'other')).toEqual([]);
    await made.tick();
    expect(newsAt(made, 'other')).toHaveLength(1);
    await made.tick();
    expect(newsAt(made, 'other')).toHaveLength(1);
  });

  test('goes to the first channel that works again when none worked at first', async () => {
    const made = await world({ channels: hooks(['one', 'two']) });
    for (const path of ['/one', '/two']) made.receiver.answer(path, { status: 410 });
    made.status('task-1', 'RUNNING');
    await made.tick();
    expect(logged(made, 'problem').map(({ message }) => message)).toHaveLength(2);
    made.receiver.answer('/one', { status: 200 });
    made.clock.advance(31 * MINUTE);
    await made.tick();
    expect(newsAt(made, 'one').map(({ data }) => data.channels?.map(({ name }) => name))).toEqual([['two']]);
    expect(newsAt(made, 'two')).toEqual([]);
  });

  test('is repeated once after a day, with all channels that are still broken', async () => {
    const made = await world({ channels: hooks(['one', 'two', 'well']) });
    for (const path of ['/one', '/two']) made.receiver.answer(path, { status: 410 });
    made.status('task-1', 'RUNNING');
    await made.tick();
    for (let hour = 0; hour < 23; hour += 1) {
      made.clock.advance(HOUR);
      await made.tick();
    }
    expect(newsAt(made, 'well')).toHaveLength(1);
    made.clock.advance(HOUR);
    await ticks(made, 3);
    const [, reminder, ...more] = newsAt(made, 'well');
    expect(more).toEqual([]);
    expect(reminder?.data).toMatchObject({
      reminders: 0,
      channels: [{ name: 'one' }, { name: 'two' }],
      summary: '2 channels are still broken: one, two',
    });
  });
});

test('a tick counts the dead letters of an overfull record of all channels', async () => {
  const made = await world({ channels: hooks(['well', 'other']) });
  made.receiver.answer('/well', { status: 500 });
  made.status('task-1', 'RUNNING');
  let dead = 0;
  for (let time = 0; time < 70; time += 1) {
    made.receiver.answer('/other', { status: 410 });
    made.status('task-1', time % 2 === 0 ? 'FULLMIGRATING' : 'INCRMIGEATING');
    dead += (await made.tick()).dead;
    made.receiver.answer('/other', { status: 200 });
    made.clock.advance(HOUR / 2);
    dead += (await made.tick()).dead;
    made.clock.advance(MINUTE / 60);
  }
  const stored = await deadLetters(made);
  expect(stored.filter(({ event }) => event.type === 'dcs.watch.channel_broken').length).toBeGreaterThan(0);
  expect(dead).toBe(stored.length);
  expect(logged(made, 'dead_letter')).toHaveLength(stored.length);
});
