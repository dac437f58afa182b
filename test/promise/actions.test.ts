import { describe, expect, test } from 'vitest';
import { inShort, redriveIn } from '../deliveries/support.ts';
import { IN_STEP, type World } from '../support/world.ts';
import { arrivals, BOTH, deadLetters, HOUR, MINUTE, watched, world } from './support.ts';

const READY = 'dcs.migration.cutover_ready';
const UNREADY = 'dcs.migration.cutover_unready';
const FIRST_SEEN = 'dcs.migration.first_seen';
const TWO = { cutover: { type: 'webhook' }, other: { type: 'webhook' } };
const BEHIND = { ...IN_STEP, offset: 7 };

/** A task that has been in step for all looks but one. */
async function nearlyReady(made: World): Promise<void> {
  made.status('task-1', 'INCRMIGEATING');
  made.simulator.setStats('task-1', IN_STEP);
  for (let look = 0; look < 2; look += 1) {
    await made.tick();
    made.clock.advance(MINUTE);
  }
}

/** Does something between the look that finds the task ready and the next request to the service. */
function afterThatLook(made: World, change: () => void) {
  let done = false;
  return watched(made.store, ({ body }) => {
    if (done || !body.includes(READY)) return;
    done = true;
    change();
  }).store;
}

const types = (made: World, channel?: string) => arrivals(made, channel).map(({ event }) => event.type);
const ready = (made: World, channel?: string) =>
  arrivals(made, channel).flatMap(({ event }) => (event.type === READY ? [event] : []));
const why = async (made: World) =>
  (await deadLetters(made)).map((letter) => [letter.event['type'], letter.why]);

describe('What a pipeline may act on', () => {
  test('An action is looked at again right before each attempt to send it to a webhook', async () => {
    const made = await world();
    await nearlyReady(made);
    const { calls } = made.simulator;
    let before = { ...calls };
    const looks: number[][] = [];
    made.receiver.answer('/cutover', ({ body }) => {
      if (body.includes(READY)) looks.push([calls.show - before.show, calls.stats - before.stats]);
      return { status: looks.length === 1 ? 500 : 200 };
    });
    await made.tick();
    made.clock.advance(2 * MINUTE);
    before = { ...calls };
    expect(await made.tick()).toMatchObject({ delivered: 1, pending: 0 });
    // One is the tick's own.
    expect(looks).toEqual([
      [2, 2],
      [2, 2],
    ]);
    expect(new Set(ready(made).map(({ id }) => id)).size).toBe(1);
  });

  test('An action that is no longer true is withdrawn: a dead letter says so, and what takes it back is told', async () => {
    const made = await world({ channels: BOTH });
    await nearlyReady(made);
    const store = afterThatLook(made, () => made.simulator.setStats('task-1', BEHIND));
    expect(await made.tick({ store })).toMatchObject({ dead: 1 });
    await made.tick();
    expect(types(made)).toEqual([FIRST_SEEN, UNREADY]);
    expect(await why(made)).toEqual([[READY, 'withdrawn']]);
    const chat = made.slack('ops').map(({ body }) => body);
    expect(chat).toHaveLength(3);
    expect(chat[1]).toContain('ready for the cut-over');
    expect(chat[2]).toContain('no longer ready for the cut-over');
  });

  test('An action that is still true, but was said too long ago, is said anew under a new id, to that channel alone', async () => {
    const made = await world({ channels: TWO });
    await nearlyReady(made);
    made.receiver.answer('/cutover', ({ body }) => ({ status: body.includes(READY) ? 500 : 200 }));
    await made.tick();
    made.receiver.answer('/cutover', { status: 200 });
    made.clock.advance(2 * HOUR);
    expect(await made.tick()).toMatchObject({ delivered: 1, pending: 0 });
    const [old, renewed] = ready(made);
    expect(renewed?.id).not.toBe(old?.id);
    expect(Number(renewed?.sequence)).toBeGreaterThan(Number(old?.sequence));
    expect(ready(made, 'other')).toEqual([old]);
    expect(await why(made)).toEqual([[READY, 'withdrawn']]);
  });

  test('While nobody can tell whether an action is true, it waits, and what comes after it too', async () => {
    const made = await world();
    await nearlyReady(made);
    const store = afterThatLook(made, () => made.simulator.fault('internal error', 1, 'show'));
    expect(await made.tick({ store })).toMatchObject({ delivered: 0, pending: 1, dead: 0 });
    expect(made.simulator.fired['internal error']).toBe(1);
    expect(ready(made)).toEqual([]);
    expect(await made.tick()).toMatchObject({ delivered: 1, pending: 0 });
    expect(types(made)).toEqual([FIRST_SEEN, READY]);
  });

  test('A redrive never sends an action at once: a tick looks at it again first', async () => {
    for (const [stats, arrived] of [
      [IN_STEP, [FIRST_SEEN, READY, READY]],
      [BEHIND, [FIRST_SEEN, READY, UNREADY]],
    ] as const) {
      const made = await world();
      await nearlyReady(made);
      made.receiver.answer('/cutover', { status: 422 });
      expect(await made.tick()).toMatchObject({ dead: 1 });
      made.receiver.answer('/cutover', { status: 200 });
      expect(inShort(await redriveIn(made))).toEqual(['2 cutover pending: it waits for its turn']);
      expect(ready(made)).toHaveLength(1);
      made.simulator.setStats('task-1', stats);
      await made.tick();
      expect(types(made)).toEqual(arrived);
    }
  });
});
