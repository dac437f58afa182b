import { describe, expect, test } from 'vitest';
import { tickBudgetMs } from '../lib/runtime/time/tick-budget.ts';
import type { TickSummary } from '../lib/telemetry/log.ts';
import { createRandom } from './long/proof/random.ts';
import { useWorld } from './support/use-world.ts';

const world = useWorld();

const MINUTE = 60_000;
/** Source and target hold the same, without a lag. */
const IN_STEP = { offset: 0, source_dbsize: 1000, target_dbsize: 1000, is_migrating: true };
const TASKS = Array.from({ length: 1000 }, (_, index) => `task-${index}`);
const WEBHOOKS = Array.from({ length: 9 }, (_, index) => `webhook-${index}`);
/** People need no message about a thousand new tasks here. */
const when = { events: ['migration.status_changed'] };
const CHANNELS = {
  ops: { type: 'slack', when },
  ...Object.fromEntries(WEBHOOKS.map((name) => [name, { type: 'webhook', when }])),
};

describe('a thousand tasks that change at once, with ten channels,', () => {
  /**
   * What one request of many costs the run by its clock: 72 are on their way at a time (8 for each webhook), so receivers
   * take about half a second each. Milliseconds.
   */
  const COST_MS = 7;

  test('take more than one tick of 60 s: each ends in time, the rest is sent next, and none is left out', async () => {
    const made = await world({ tasks: TASKS, channels: CHANNELS });
    const { tick, status, clock, receiver, events, slack } = made;
    // Each task costs two requests, a look and its statistics, and most of the minute is to be left for delivery.
    const settings = { ...made.config.settings, requestsPerSecond: 200 };
    const config = { ...made.config, settings };
    for (const name of Object.keys(CHANNELS)) {
      receiver.answer(`/${name}`, () => {
        clock.advance(COST_MS);
        return { status: 200, body: 'ok' };
      });
    }
    const tickOf60Seconds = async (): Promise<TickSummary> => {
      const startedAt = clock.now();
      const summary = await tick({ config, remainingMs: MINUTE });
      expect(clock.now() - startedAt).toBeLessThan(MINUTE);
      clock.advance(startedAt + MINUTE - clock.now());
      return summary;
    };
    for (const id of TASKS) status(id, 'FULLMIGRATING');
    expect(await tickOf60Seconds()).toMatchObject({ tasks: 1000, events: 1000, pending: 0, failedLooks: 0 });
    for (const id of TASKS) status(id, 'INCRMIGEATING');

    const first = await tickOf60Seconds();
    expect(first).toMatchObject({ changed: 1000, failedLooks: 0, dead: 0 });
    expect(first.delivered + first.pending).toBe(10_000);
    expect(first.pending).toBeGreaterThan(2000);
    const shares = WEBHOOKS.map((name) => receiver.at(`/${name}`).length);
    expect(Math.min(...shares)).toBeGreaterThan(Math.max(...shares) / 2);
    expect(slack('ops')).toHaveLength(1);

    let { pending } = first;
    for (let ticks = 0; pending > 0; ticks += 1) {
      const left = pending;
      ({ pending } = await tickOf60Seconds());
      expect(pending).toBeLessThan(left);
      expect(ticks).toBeLessThan(5);
    }
    for (const name of WEBHOOKS) {
      const subjects = events(name).map(({ subject }) => subject);
      expect(subjects).toHaveLength(1000);
      expect(new Set(subjects)).toEqual(new Set(TASKS));
    }
  });
});

describe('a thousand tasks at the pace of ten looks a second', () => {
  test('are not all looked at in one tick of 60 s, but each within a few', async () => {
    const made = await world({ tasks: TASKS, channels: { ops: { type: 'slack', when } } });
    const { tick, status, clock, simulator, config } = made;
    const random = createRandom('many').next;
    const slow = { ...config, settings: { ...config.settings, requestsPerSecond: 10 } };
    for (const id of TASKS) status(id, 'FULLMIGRATING');
    let ticks = 0;
    while (simulator.requests.size < TASKS.length) {
      const startedAt = clock.now();
      const before = simulator.requests.size;
      expect(await tick({ config: slow, remainingMs: MINUTE, random })).toMatchObject({ failedLooks: 0 });
      expect(clock.now() - startedAt).toBeLessThan(MINUTE);
      if (ticks === 0) expect(simulator.requests.size - before).toBeLessThan(500);
      clock.advance(startedAt + MINUTE - clock.now());
      ticks += 1;
      expect(ticks).toBeLessThan(40);
    }
    expect(made.log).toContainEqual(expect.objectContaining({ kind: 'looks_skipped', why: 'out of time' }));
  });

  test('are all looked at, figures included, in one tick without a limit', async () => {
    const made = await world({ tasks: TASKS, channels: { ops: { type: 'slack', when } } });
    const { tick, status, simulator, config, log } = made;
    const slow = { ...config, settings: { ...config.settings, requestsPerSecond: 10 } };
    for (const id of TASKS) status(id, 'FULLMIGRATING');
    expect(await tick({ config: slow, remainingMs: tickBudgetMs(slow) })).toMatchObject({ events: 1000 });
    expect(simulator.calls).toMatchObject({ show: 1000, stats: 1000 });
    expect(log.filter(({ kind }) => kind === 'looks_skipped')).toEqual([]);
  });
});

describe('two hundred tasks that are ready at the same time, at ten requests a second', () => {
  test('are all announced within a few ticks of 60 s, because looks leave time for checks', async () => {
    const tasks = TASKS.slice(0, 200);
    const ready = { events: ['migration.cutover_ready', 'migration.cutover_unready'] };
    const cutover = { cutover: { type: 'webhook', when: ready } };
    const made = await world({ tasks, channels: cutover });
    const { tick, status, clock, simulator, config, events } = made;
    const random = createRandom('ready').next;
    const slow = { ...config, settings: { ...config.settings, requestsPerSecond: 10 } };
    for (const id of tasks) {
      status(id, 'INCRMIGEATING');
      simulator.setStats(id, IN_STEP);
    }
    const subjects = () => new Set(events('cutover').map(({ subject }) => subject));
    let most = 0;
    for (let ticks = 0; subjects().size < tasks.length; ticks += 1) {
      expect(ticks).toBeLessThan(20);
      const startedAt = clock.now();
      const { delivered } = await tick({ config: slow, remainingMs: MINUTE, random });
      most = Math.max(most, delivered);
      clock.advance(Math.max(0, startedAt + MINUTE - clock.now()));
    }
    expect(subjects()).toEqual(new Set(tasks));
    // With as many looks as otherwise there would be time for twenty second looks in a tick.
    expect(most).toBeGreaterThan(60);
  });
});
