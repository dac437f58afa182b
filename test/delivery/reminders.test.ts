import { describe, expect, onTestFinished, test } from 'vitest';
import { renderSlackPreview } from '../../lib/channels/slack-preview.ts';
import { createWorld, type World, type WorldOptions } from '../support/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const CHANNELS = {
  ops: { type: 'slack', remindEvery: '4h', mention: '<!here>' },
  cutover: { type: 'webhook' },
};

async function world(options: WorldOptions = {}): Promise<World> {
  const made = await createWorld({ channels: CHANNELS, ...options });
  onTestFinished(() => made.close());
  return made;
}

/** The first lines of the messages that a chat got while so much time passed, a tick each quarter of an hour. */
async function titlesDuring(made: World, hours: number, channel = 'ops'): Promise<string[]> {
  const before = made.slack(channel).length;
  for (let quarter = 0; quarter < hours * 4; quarter += 1) {
    made.clock.advance(15 * MINUTE);
    await made.tick();
  }
  const bodies = made.slack(channel).slice(before);
  return bodies.map(({ body }) => renderSlackPreview(JSON.parse(body))[0] ?? '');
}

describe('a chat with remindEvery', () => {
  test('A reminder comes as long as what was said is so, an end is said again for seven days, and a program is never reminded', async () => {
    const made = await world();
    made.status('task-1', 'FULLMIGRATING');
    await made.tick();
    made.status('task-1', 'FAILED');
    await made.tick();
    const programs = made.events('cutover').length;
    const [first] = made.slack('ops').slice(-1);
    const titles = await titlesDuring(made, 13);
    expect(titles).toHaveLength(3);
    for (const title of titles) expect(title).toMatch(/^🔔 STILL · .*failed/);
    const [reminder] = made.slack('ops').slice(-1);
    expect(reminder?.body).toContain('<!here>');
    expect(reminder?.body).not.toContain('delayed by');
    expect(first?.body).not.toContain('STILL');
    expect(made.events('cutover')).toHaveLength(programs);
    made.clock.advance(7 * 24 * HOUR);
    expect(await titlesDuring(made, 9)).toEqual([]);
  });

  test('hears nothing more when it is over, and costs no write before it is time', async () => {
    const made = await world();
    made.status('task-1', 'RUNNING');
    await made.tick();
    expect(await titlesDuring(made, 5)).toEqual([expect.stringMatching(/^🔔 STILL/)]);
    const revision = async () =>
      (await made.store.load(`project:${made.config.projects[0]?.id}`)).map(({ rev }) => rev);
    const before = await revision();
    made.clock.advance(15 * MINUTE);
    await made.tick();
    expect(await revision()).toEqual(before);
    made.status('task-1', 'FULLMIGRATING');
    expect(await titlesDuring(made, 13)).toEqual([expect.not.stringContaining('STILL')]);
  });

  test('What many tasks wait for is one reminder', async () => {
    const tasks = ['task-1', 'task-2', 'task-3'];
    const made = await world({ tasks });
    for (const id of tasks) made.status(id, 'FAILED');
    await made.tick();
    const before = made.slack('ops').length;
    expect(await titlesDuring(made, 4)).toEqual(['🔔 STILL · 3 things wait for somebody']);
    const lines = renderSlackPreview(JSON.parse(made.slack('ops')[before]?.body ?? ''));
    for (const id of tasks) expect(lines.join('\n')).toContain(`name of ${id}`);
  });

  test('is reminded of a channel that is broken', async () => {
    const made = await world();
    made.receiver.answer('/cutover', { status: 410 });
    made.status('task-1', 'FULLMIGRATING');
    await made.tick();
    const titles = await titlesDuring(made, 5);
    expect(titles).toEqual([expect.stringMatching(/^🔔 STILL · .*cutover/)]);
    made.receiver.answer('/cutover', { status: 200 });
    await titlesDuring(made, 1);
    expect(await titlesDuring(made, 9)).toEqual([]);
  });

  test('is the only one: without the setting nobody hears anything twice, and no record grows', async () => {
    const made = await world({ channels: { ops: { type: 'slack' } } });
    made.status('task-1', 'FAILED');
    await made.tick();
    expect(await titlesDuring(made, 13)).toEqual([]);
    const [item] = await made.store.load(`project:${made.config.projects[0]?.id}`);
    expect(item?.body).not.toContain('"waiting"');
  });
});
