import { describe, expect, onTestFinished, test } from 'vitest';
import type { Config } from '../../lib/config/schema/file.ts';
import { type App, createApp } from '../../lib/runtime/app.ts';
import { redriveIn } from '../delivery/redrive/support.ts';
import { channelsAt, keptOpen, type World } from '../support/world.ts';
import { deadLetters, HOUR, MINUTE, numbers, STATUSES, world } from './support.ts';

/** A process that goes on with the configuration that it has loaded now. */
async function process(made: World, config: Config): Promise<App> {
  const { store, log, clock } = made;
  const app = await createApp({
    config,
    store: keptOpen(store),
    log: (entry) => (Array.isArray(log) ? log.push(entry) : undefined),
    clock,
    random: () => 0.5,
  });
  onTestFinished(() => app.close());
  return app;
}

/** An old process, and a new one with five deliveries pending for a channel that only its configuration has. */
async function twoProcesses() {
  const made = await world({ channels: { other: { type: 'webhook' } } });
  const config = { ...made.config, channels: channelsAt(made.receiver, channelsAtAll()) };
  const old = await process(made, made.config);
  await old.tick(MINUTE);
  made.clock.advance(MINUTE);
  const fresh = await process(made, config);
  made.receiver.answer('/cutover', { status: 503 });
  for (const status of STATUSES) {
    made.status('task-1', status);
    await fresh.tick(MINUTE);
    made.clock.advance(MINUTE);
  }
  return { made, config, old, fresh };
}

function channelsAtAll() {
  return { other: { type: 'webhook' }, cutover: { type: 'webhook' } };
}

describe('Two configurations', () => {
  test('A process with an older configuration cancels no deliveries of a newer one', async () => {
    const { made, old, fresh } = await twoProcesses();
    for (let tick = 0; tick < 10; tick += 1) {
      await old.tick(MINUTE);
      made.clock.advance(MINUTE);
    }
    expect(made.log.filter(({ kind }) => kind === 'deliveries_cancelled')).toEqual([]);
    expect(await deadLetters(made)).toEqual([]);
    made.receiver.answer('/cutover', { status: 200 });
    const refused = numbers(made).length;
    made.clock.advance(HOUR);
    expect(await fresh.tick(MINUTE)).toMatchObject({ delivered: STATUSES.length, pending: 0 });
    expect(numbers(made).slice(refused)).toEqual([1, 2, 3, 4, 5]);
  });

  test('A configuration that was rolled back takes effect at once when it is loaded again, otherwise when no process with the newer one is left', async () => {
    const { made, old } = await twoProcesses();
    const stopped = await old.tick(MINUTE);
    expect(stopped).toMatchObject({ pending: STATUSES.length, dead: 0 });
    made.clock.advance(3 * HOUR);
    expect(await old.tick(MINUTE)).toMatchObject({ pending: 0, dead: STATUSES.length });
    const cancelled = await deadLetters(made);
    expect(cancelled.map(({ channel, why }) => [channel, why])).toEqual(
      STATUSES.map(() => ['cutover', 'cancelled']),
    );
    expect(await old.tick(MINUTE)).toMatchObject({ pending: 0, dead: 0 });

    const anew = await twoProcesses();
    const again = await process(anew.made, anew.made.config);
    expect(await again.tick(MINUTE)).toMatchObject({ pending: 0, dead: STATUSES.length });
    // It comes back, and what was cancelled can be sent.
    anew.made.receiver.answer('/cutover', { status: 200 });
    const before = numbers(anew.made).length;
    const { results } = await redriveIn(anew.made, { config: anew.config });
    expect(results.map(({ kind }) => kind)).toEqual(STATUSES.map(() => 'delivered'));
    expect(numbers(anew.made).slice(before)).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('While an older process runs beside a newer one', () => {
  test('A process with an older configuration beside a newer one costs two writes an hour', async () => {
    const { made, old, fresh } = await twoProcesses();
    made.receiver.answer('/cutover', { status: 200 });
    made.clock.advance(HOUR);
    await fresh.tick(MINUTE);
    const revision = async () => (await made.store.get({ partition: 'watcher', id: 'watcher' }))?.rev ?? 0;
    const before = await revision();
    for (let minute = 0; minute < 180; minute += 1) {
      await (minute % 2 === 0 ? old : fresh).tick(MINUTE);
      made.clock.advance(MINUTE);
    }
    const writes = (await revision()) - before;
    expect(writes).toBeGreaterThanOrEqual(2);
    expect(writes).toBeLessThanOrEqual(6);
    expect(await deadLetters(made)).toEqual([]);
  });
});
