import { expect } from 'vitest';
import { IN_STEP, type World } from '../support/world.ts';
import { BOTH, MINUTE, numbers, received, world } from './support.ts';

export const TWO = { cutover: { type: 'webhook' }, other: { type: 'webhook' } };

/** The types of the events that a webhook got, in order. */
export const types = (made: World, channel: string) => received(made, channel).map(({ event }) => event.type);

/** The other channel gets one event about a channel that breaks, in the tick that detects it. */
export async function playBrokenChannels(ticks: number): Promise<void> {
  for (const [status, times] of [
    [410, 1],
    [401, 3],
    [404, 3],
    [405, 3],
    [302, 3],
  ] as const) {
    const made = await world({ channels: TWO });
    made.receiver.answer('/cutover', { status });
    made.status('task-1', 'RUNNING');
    const announced = () => types(made, 'other').filter((type) => type === 'dcs.watch.channel_broken').length;
    for (let tick = 0; tick < ticks; tick += 1) {
      await made.tick();
      if (numbers(made).length <= times) expect(announced()).toBe(Number(numbers(made).length === times));
      made.clock.advance(MINUTE);
    }
    expect(announced()).toBe(1);
    expect(numbers(made).length).toBeGreaterThan(times);
  }
}

interface Flapping {
  readonly minutes: number;
  readonly config?: World['config'];
  readonly stats?: Readonly<Record<string, unknown>>;
}

/** A task flaps each minute. @returns the number of events, and the minutes of messages to a chat. */
async function flap(made: World, { minutes, config = made.config, stats = {} }: Flapping) {
  const moments: { readonly minute: number; readonly silent: number; readonly text: string }[] = [];
  let events = 0;
  for (let minute = 0; minute < minutes; minute += 1) {
    const isFull = minute % 2 === 0;
    made.status('task-1', isFull ? 'FULLMIGRATING' : 'INCRMIGEATING');
    if (!isFull) made.simulator.setStats('task-1', stats);
    const before = made.slack('ops').length;
    events += (await made.tick({ config })).events;
    const text = made
      .slack('ops')
      .slice(before)
      .map(({ body }) => body)
      .join('\n');
    const silent = minute - (moments.at(-1)?.minute ?? Number.NEGATIVE_INFINITY);
    if (text !== '') moments.push({ minute, silent, text });
    made.clock.advance(MINUTE);
  }
  return { moments, events };
}

/** @param minutes a multiple of ten: the last digest is six minutes old then */
export async function playFlapping(minutes: number): Promise<void> {
  const made = await world({ channels: BOTH });
  const { moments, events } = await flap(made, { minutes });
  // At minute 4 it comes to FULLMIGRATING for the third time.
  const announced = moments.filter(({ minute }) => minute >= 4);
  expect(announced.length).toBeGreaterThan(minutes / 16);
  expect(announced.filter(({ silent }) => silent < 10)).toEqual([]);
  // Each time it falls back to a full synchronisation there are two events: that, and the change of status.
  expect(events).toBe(minutes + minutes / 2 - 1);
  expect(numbers(made)).toEqual(Array.from({ length: events }, (_, index) => index + 1));
  expect(received(made).filter(({ event }) => event.data.to !== undefined)).toHaveLength(minutes);

  const hasty = await world({ channels: BOTH });
  const { settings } = hasty.config;
  const { thresholds } = settings;
  const cutover = { ...thresholds.cutover, looks: 1 };
  const atOnce = { ...hasty.config, settings: { ...settings, thresholds: { ...thresholds, cutover } } };
  const soon = (await flap(hasty, { minutes, config: atOnce, stats: IN_STEP })).moments.filter(
    ({ minute, silent }) => minute >= 4 && silent < 10,
  );
  // The task was announced as ready at minute 3; later readiness is retracted before a chat gets it.
  expect(soon).toMatchObject([
    { minute: 4, silent: 1, text: expect.stringContaining('no longer ready for the cut-over') },
  ]);

  // The last message to the chat was six minutes ago.
  expect(made.log.slice(-4)).toContainEqual({
    kind: 'notice',
    message: expect.stringMatching(
      /^channel ops: task task-1 changes back and forth; \d events wait until \d\d:\d\d UTC, or until something else happens$/,
    ),
  });
  made.status('task-1', 'FAILED');
  const before = made.slack('ops').length;
  await made.tick();
  expect(made.slack('ops').slice(before)).toMatchObject([
    { body: expect.stringContaining('migration failed') },
  ]);
}
