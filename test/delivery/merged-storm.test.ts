import { describe, expect, it, onTestFinished } from 'vitest';
import { renderSlackPreview } from '../../lib/channels/block-kit/preview.ts';
import { createWorld, type World, type WorldOptions } from '../support/world.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

async function world(options: WorldOptions = {}): Promise<World> {
  const made = await createWorld(options);
  onTestFinished(() => made.close());
  return made;
}

/** Looks at a flapping task every ten seconds. @returns the number of events and of dead letters */
async function flap(made: World, looks: number): Promise<{ readonly events: number; readonly dead: number }> {
  const sum = { events: 0, dead: 0 };
  for (let look = 0; look < looks; look += 1) {
    made.status('task-1', look % 2 === 0 ? 'FULLMIGRATING' : 'INCRMIGEATING');
    const { events, dead } = await made.tick();
    sum.events += events;
    sum.dead += dead;
    made.clock.advance(10 * SECOND);
  }
  return sum;
}

/** The number of events that the messages of a chat mention. */
function countInMessages(made: World): number {
  return made.slack('ops').reduce((sum, { body }) => {
    const [title = '', ...lines] = renderSlackPreview(JSON.parse(body));
    const [, digest] = / (\d+) events$/.exec(title) ?? [];
    const [, single = ''] = /event(?:s)? ([\d, ]+) ·/.exec(lines.at(-1) ?? '') ?? [];
    const besides = lines.map((line) => Number(/^Also (\d+) events?:/.exec(line)?.[1] ?? 0));
    const own = digest === undefined ? single.split(', ').length : Number(digest);
    return besides.reduce((all, count) => all + count, sum + own);
  }, 0);
}

describe('a task that flaps at each look, ten seconds apart', () => {
  it('Events held for one later chat message are merged, not dropped, when they grow too many: the message counts every event, and has the most severe, the newest and the last of each kind in full', async () => {
    const made = await world();
    const { events, dead } = await flap(made, 301);
    expect(events).toBeGreaterThan(400);
    expect(dead).toBe(0);
    expect(made.events('cutover')).toHaveLength(events);
    const merged = made.slack('ops').filter(({ body }) => body.includes('earlier events ('));
    expect(merged.length).toBeGreaterThanOrEqual(4);
    made.status('task-1', 'FAILED');
    await made.tick();
    expect(countInMessages(made)).toBe(events + 1);
  });

  it('A chat that is down while a task flaps gets it all in one message when it is back', async () => {
    const made = await world({ channels: { ops: { type: 'slack' }, cutover: { type: 'webhook' } } });
    made.receiver.answer('/ops', { status: 503 });
    const before = await flap(made, 60);
    made.status('task-1', 'FAILED');
    const failed = await made.tick();
    made.clock.advance(10 * SECOND);
    const after = await flap(made, 240);
    const events = before.events + failed.events + after.events;
    expect([before.dead, failed.dead, after.dead]).toEqual([0, 0, 0]);
    expect(made.slack('ops').length).toBeLessThan(10);

    made.receiver.answer('/ops', { status: 200, body: 'ok' });
    const refused = made.slack('ops').length;
    made.clock.advance(180 * MINUTE);
    expect(await made.tick()).toMatchObject({ pending: 0, dead: 0 });
    const [message, ...more] = made.slack('ops').slice(refused);
    expect(more).toEqual([]);
    const lines = renderSlackPreview(JSON.parse(message?.body ?? ''));
    expect(lines[0]).toContain(`${events} events`);
    expect(lines.find((line) => line.includes('earlier events ('))).toMatch(/incremental \d+, full \d+/);
    expect(lines.filter((line) => /migration failed|full synchronisation failed/.test(line))).toHaveLength(1);
  });
});
