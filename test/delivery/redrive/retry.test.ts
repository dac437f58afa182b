import { describe, expect, test } from 'vitest';
import { haveAllArrived, retryLines } from '../../../lib/cli/commands/deliveries/retry-output.ts';
import { afterSave } from '../../poll/support.ts';
import { useWorld } from '../../support/use-world.ts';
import { channelsAt, IN_STEP, type World } from '../../support/world.ts';
import { dyingAt, everythingIn, numbersAt, retryIn, statesIn } from './support.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const WEBHOOK = { cutover: { type: 'webhook' } };
const TWO = { cutover: { type: 'webhook' }, other: { type: 'webhook' } };

const world = useWorld({ channels: WEBHOOK });

const inShort = ({ retried }: Awaited<ReturnType<typeof retryIn>>) =>
  retried.map(({ event, channel, kind }) => `${event.data.number} ${channel} ${kind}`);

/** Three events that a channel did not take. */
async function failAll(made: World, status: number): Promise<void> {
  made.receiver.answer('/cutover', { status });
  for (const word of ['RUNNING', 'FULLMIGRATING', 'INCRMIGEATING']) {
    made.status('task-1', word);
    await made.tick();
  }
}

describe('a retry of pending deliveries', () => {
  test('A retry tries pending deliveries at once, in order, even if a channel is broken or paused', async () => {
    const made = await world();
    await failAll(made, 410);
    made.receiver.answer('/cutover', { status: 204 });
    expect(await made.tick()).toMatchObject({ delivered: 0, pending: 3, brokenChannels: 1 });
    const before = numbersAt(made, 'cutover').length;
    const report = await retryIn(made);
    expect(inShort(report)).toEqual(['1 cutover delivered', '2 cutover delivered', '3 cutover delivered']);
    expect(report.broken).toEqual([]);
    expect(haveAllArrived(report)).toBe(true);
    expect(numbersAt(made, 'cutover').slice(before)).toEqual([1, 2, 3]);
    expect(await made.tick()).toMatchObject({ delivered: 0, pending: 0, brokenChannels: 0 });
    expect(numbersAt(made, 'cutover')).toHaveLength(before + 3);
  });

  test('sends one request to a channel that is still broken, which then waits as usual', async () => {
    const made = await world();
    await failAll(made, 410);
    made.clock.advance(MINUTE);
    const before = numbersAt(made, 'cutover').length;
    const report = await retryIn(made);
    expect(numbersAt(made, 'cutover')).toHaveLength(before + 1);
    expect(inShort(report)).toEqual(['1 cutover pending', '2 cutover pending', '3 cutover pending']);
    expect(haveAllArrived(report)).toBe(false);
    const nextTryAt = new Date(made.clock.now() + 30 * MINUTE).toISOString();
    expect(report.broken).toMatchObject([{ channel: 'cutover', nextTryAt }]);
    expect(retryLines(report).at(-1)).toBe('3 deliveries were pending: 0 delivered, 3 still pending.');
    await made.tick();
    expect(numbersAt(made, 'cutover')).toHaveLength(before + 1);
  });

  test.each([
    ['failed a moment ago', { status: 503 }],
    ['asked for a pause of an hour', { status: 429, headers: { 'retry-after': '3600' } }],
  ])('sends at once where the receiver %s', async (_what, answer) => {
    const made = await world();
    made.status('task-1', 'RUNNING');
    made.receiver.answer('/cutover', answer);
    await made.tick();
    made.receiver.answer('/cutover', { status: 204 });
    expect(await made.tick()).toMatchObject({ pending: 1, delivered: 0 });
    expect(inShort(await retryIn(made))).toEqual(['1 cutover delivered']);
    expect(await made.tick()).toMatchObject({ pending: 0 });
  });

  test('reports a coming check only for actions that go to a program, not for a chat', async () => {
    const channels = { ...WEBHOOK, ops: { type: 'slack' } };
    const made = await world({ channels, tasks: ['task-1', 'task-2'], stats: 'realistic' });
    made.receiver.answer('/cutover', { status: 410 });
    made.receiver.answer('/ops', { status: 403, body: 'invalid_token' });
    made.status('task-1', 'INCRMIGEATING');
    made.status('task-2', 'FULLMIGRATING');
    made.simulator.setStats('task-1', IN_STEP);
    for (let look = 0; look < 3; look += 1) {
      await made.tick();
      made.clock.advance(MINUTE);
    }
    const { retried } = await retryIn(made);
    const ready = retried.filter(({ event }) => event.type === 'dcs.migration.cutover_ready');
    expect(ready.map(({ channel, kind, why }) => ({ channel, kind, why }))).toEqual([
      expect.objectContaining({
        channel: 'cutover',
        kind: 'pending',
        why: expect.stringContaining('the next tick'),
      }),
      expect.objectContaining({ channel: 'ops', kind: 'pending', why: expect.stringContaining('held up') }),
    ]);
  });

  test('concerns only the channel that is named', async () => {
    const made = await world({ channels: TWO });
    for (const path of ['/cutover', '/other']) made.receiver.answer(path, { status: 503 });
    made.status('task-1', 'RUNNING');
    await made.tick();
    for (const path of ['/cutover', '/other']) made.receiver.answer(path, { status: 204 });
    expect(inShort(await retryIn(made, { channel: 'other' }))).toEqual(['1 other delivered']);
    expect(await statesIn(made)).toEqual(['1 cutover pending', '1 other delivered']);
  });

  test('uses corrected settings before any tick has seen them', async () => {
    const made = await world();
    await failAll(made, 410);
    const config = {
      ...made.config,
      channels: channelsAt(made.receiver, { cutover: { type: 'webhook', path: '/right' } }),
    };
    expect(inShort(await retryIn(made, { config }))).toHaveLength(3);
    expect(numbersAt(made, 'right')).toEqual([1, 2, 3]);
  });

  test('reports a permanent refusal as a dead letter', async () => {
    const made = await world();
    made.status('task-1', 'RUNNING');
    made.receiver.answer('/cutover', { status: 503 });
    await made.tick();
    made.receiver.answer('/cutover', { status: 422 });
    const report = await retryIn(made);
    expect(inShort(report)).toEqual(['1 cutover dead']);
    expect(haveAllArrived(report)).toBe(false);
    expect(retryLines(report).at(-1)).toBe('1 delivery was pending: 0 delivered, 0 still pending, 1 dead.');
  });
});

describe('a retry sends nothing twice', () => {
  test('A retry beside a tick makes no copy: deliveries of another run are left to it', async () => {
    const made = await world();
    made.status('task-1', 'RUNNING');
    made.receiver.answer('/cutover', { status: 503 });
    await made.tick();
    made.clock.advance(10 * MINUTE);
    made.receiver.answer('/cutover', { status: 204 });
    let report: Awaited<ReturnType<typeof retryIn>> | undefined;
    // The first write of the tick takes the lease.
    const hooked = afterSave(made.store, 1, async () => {
      report = await retryIn(made);
    });
    expect(await made.tick({ store: hooked.store })).toMatchObject({ delivered: 1, pending: 0 });
    expect(hooked.fired()).toBe(1);
    expect(report && inShort(report)).toEqual(['1 cutover pending']);
    expect(report?.retried[0]?.why).toMatch(/^another run is delivering from its record, until 2026-/);
    expect(numbersAt(made, 'cutover')).toHaveLength(2);
  });

  test('when a run starts meanwhile', async () => {
    const made = await world();
    made.status('task-1', 'RUNNING');
    made.receiver.answer('/cutover', { status: 503 });
    await made.tick();
    made.receiver.answer('/cutover', { status: 204 });
    const hooked = afterSave(made.store, 1, () => made.tick());
    const report = await retryIn(made, { store: hooked.store });
    expect(hooked.fired()).toBe(1);
    expect(numbersAt(made, 'cutover')).toHaveLength(2);
    expect(report.retried).toHaveLength(1);
    expect(await made.tick()).toMatchObject({ pending: 0, delivered: 0 });
    expect(numbersAt(made, 'cutover')).toHaveLength(2);
  });

  test('when a second retry runs', async () => {
    const made = await world();
    await failAll(made, 503);
    made.receiver.answer('/cutover', { status: 204 });
    const before = numbersAt(made, 'cutover').length;
    await retryIn(made);
    expect((await retryIn(made)).retried).toEqual([]);
    expect(numbersAt(made, 'cutover').slice(before)).toEqual([1, 2, 3]);
  });

  test('after it died at any write: the next tick goes on', async () => {
    for (let nth = 1; nth <= 4; nth += 1) {
      const made = await world();
      await failAll(made, 410);
      made.receiver.answer('/cutover', { status: 204 });
      const before = numbersAt(made, 'cutover').length;
      const dying = dyingAt(made.store, nth, 'before');
      await retryIn(made, { store: dying.store }).catch(() => undefined);
      expect(dying.fired(), `write ${nth}`).toBe(true);
      made.clock.advance(HOUR);
      expect(await made.tick()).toMatchObject({ pending: 0, dead: 0 });
      const sent = numbersAt(made, 'cutover').slice(before);
      expect(new Set(sent)).toEqual(new Set([1, 2, 3]));
      expect(sent.length).toBeLessThanOrEqual(4);
    }
  });
});

test('a retry leaves an action to the next tick, which checks it first and sends it', async () => {
  const made = await world();
  made.status('task-1', 'INCRMIGEATING');
  made.simulator.setStats('task-1', IN_STEP);
  made.receiver.answer('/cutover', ({ body }) => ({ status: body.includes('cutover_ready') ? 503 : 204 }));
  for (let looks = 0; looks < 3; looks += 1) await made.tick();
  made.receiver.answer('/cutover', { status: 204 });
  const report = await retryIn(made);
  expect(report.retried.map(({ kind, event }) => [event.type, kind])).toEqual([
    ['dcs.migration.cutover_ready', 'pending'],
  ]);
  expect(report.retried[0]?.why).toContain('checked again');
  expect(await made.tick()).toMatchObject({ delivered: 1, pending: 0 });
});

test('a retry with nothing pending writes and sends nothing', async () => {
  const made = await world();
  made.status('task-1', 'RUNNING');
  await made.tick();
  const before = await everythingIn(made);
  expect(await retryIn(made)).toEqual({ retried: [], broken: [], problems: [] });
  expect(await everythingIn(made)).toEqual(before);
});
