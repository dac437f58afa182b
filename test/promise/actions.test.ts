import { describe, expect, test } from 'vitest';
import { DEFAULT_THRESHOLDS } from '../../lib/migration/model/thresholds.ts';
import { inShort, redriveIn } from '../delivery/redrive/support.ts';
import {
  afterSave,
  costOfTick,
  deadLetters,
  eventsAt,
  HOUR,
  lags,
  logged,
  MINUTE,
  replicates,
  ticks,
  typesAt,
  world,
} from '../poll/support.ts';
import type { World } from '../support/world.ts';

const READY = 'migration.cutover_ready';
const UNREADY = 'migration.cutover_unready';
const LOOK = { show: 1, list: 0, stats: 1, logs: 0 };

/** A ready task, announced to all channels but one webhook, which is down. */
async function readyWhileDown(forgottenAfterMs = 7 * 24 * HOUR): Promise<World> {
  const { forgotten } = DEFAULT_THRESHOLDS;
  const thresholds = { ...DEFAULT_THRESHOLDS, forgotten: { ...forgotten, incrementalMs: forgottenAfterMs } };
  const made = await world({
    settings: { thresholds },
    channels: { cutover: { type: 'webhook' }, other: { type: 'webhook' }, ops: { type: 'slack' } },
  });
  replicates(made, 'task-1');
  await ticks(made, 2);
  made.receiver.answer('/cutover', { status: 500 });
  await ticks(made, 1);
  expect(typesAt(made).at(-1)).toBe(READY);
  return made;
}

function works(made: World) {
  made.receiver.answer('/cutover', { status: 200 });
  const before = eventsAt(made).length;
  return { events: () => eventsAt(made).slice(before), types: () => typesAt(made).slice(before) };
}

describe('an event that a program may act on', () => {
  test('The state that a program may act on is checked again right before each attempt to send it', async () => {
    const made = await readyWhileDown();
    expect((await costOfTick(made)).calls).toEqual({ ...LOOK, show: 2, stats: 2 });
    works(made);
    made.clock.advance(HOUR / 2);
    expect((await costOfTick(made)).calls).toEqual({ ...LOOK, show: 2, stats: 2 });
    expect((await costOfTick(made)).calls).toEqual(LOOK);
  });

  test('An action that is no longer valid is withdrawn before it is sent, as a dead letter that says so, and taken back', async () => {
    const made = await readyWhileDown();
    const arrived = works(made);
    const hooked = afterSave(made.store, 1, () => lags(made.simulator, 'task-1'));
    await made.tick({ store: hooked.store });

    expect(hooked.fired()).toBe(1);
    expect(arrived.types()).toEqual([UNREADY]);
    expect((await deadLetters(made)).map(({ why, event }) => [why, event.type])).toEqual([
      ['withdrawn', `dcs.${READY}`],
    ]);
    expect(logged(made, 'withdrawn')).toHaveLength(1);
  });

  test('An action that is still valid but too old is sent as a new event, to the channel that did not get it, without a dead letter', async () => {
    const made = await readyWhileDown();
    const [first] = eventsAt(made, 'other').slice(-1);
    const before = [eventsAt(made, 'other').length, made.slack('ops').length];
    made.clock.advance(2 * HOUR);
    const arrived = works(made);
    expect(await made.tick()).toMatchObject({ dead: 0, pending: 0 });

    expect(await deadLetters(made)).toEqual([]);
    expect(arrived.types()).toEqual([READY]);
    const [event] = arrived.events();
    expect(event?.data.renews).toBe(first?.id);
    expect(event?.id).not.toBe(first?.id);
    expect(Date.parse(event?.data.validUntil ?? '')).toBe(made.clock.now() + HOUR);
    expect([eventsAt(made, 'other').length, made.slack('ops').length]).toEqual(before);
  });

  test('An action whose validity is unknown waits, and the later events of its task wait behind it', async () => {
    const made = await readyWhileDown(5 * MINUTE);
    await ticks(made, 3);
    const arrived = works(made);
    made.clock.advance(HOUR / 2);
    const hooked = afterSave(made.store, 1, () => made.simulator.fault('internal error', 1, 'stats'));
    expect(await made.tick({ store: hooked.store })).toMatchObject({ delivered: 0, pending: 2 });
    expect(made.simulator.fired['internal error']).toBe(1);
    expect(arrived.events()).toEqual([]);
    await made.tick();

    expect(arrived.types()).toEqual([READY, 'migration.forgotten']);
  });

  test('A chat gets every such event at once, and every event that takes one back', async () => {
    const made = await readyWhileDown();
    lags(made.simulator, 'task-1');
    await made.tick();

    const [ready, unready] = made.slack('ops').slice(-2);
    expect(ready?.body).toContain('ready for the cut-over');
    expect(unready?.body).toContain('no longer ready for the cut-over');
  });

  test('A redrive leaves an action to the next tick, which checks it first', async () => {
    const made = await readyWhileDown();
    made.receiver.answer('/cutover', { status: 422 });
    await ticks(made, 1);
    const arrived = works(made);
    expect(inShort(await redriveIn(made))).toEqual([
      '2 cutover pending: its task is checked again before it is sent',
    ]);
    expect(arrived.events()).toEqual([]);
    lags(made.simulator, 'task-1');
    await made.tick();

    expect(arrived.types()).toEqual([UNREADY]);
  });
});
