import { describe, expect, test } from 'vitest';
import { textLine } from '../lib/telemetry/describe.ts';
import { isHealthy, isLastinglyIll } from '../lib/telemetry/health.ts';
import { metricsOf } from '../lib/telemetry/metrics.ts';
import { useWorld } from './support/use-world.ts';
import type { World } from './support/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const HOOK = { cutover: { type: 'webhook' } };

const world = useWorld({ channels: HOOK });

/** Ticks, a minute apart. @returns the last report */
async function ticks(made: World, times: number) {
  let report = await made.tick();
  for (let i = 1; i < times; i += 1) {
    made.clock.advance(MINUTE);
    report = await made.tick();
  }
  made.clock.advance(MINUTE);
  return report;
}
const failing = (made: World) =>
  made.receiver
    .at('/cutover')
    .map(({ body }) => JSON.parse(body))
    .filter(({ type }) => type === 'dcs.watch.failing');

describe('nothing is seen of a project', () => {
  test('when all looks at its tasks fail, even while others are seen', async () => {
    const made = await world({
      projects: [
        { name: 'prod', tasks: ['task-1', 'task-2'] },
        { name: 'other', id: '0123456789abcdef0123456789abcdef', tasks: ['task-3'] },
      ],
    });
    made.projects['other']?.status('task-3', 'RUNNING');
    made.simulator.fault('internal error', 2);
    const report = await made.tick();
    expect(made.simulator.fired['internal error']).toBe(2);
    expect(report.blind).toEqual([
      { project: 'prod', since: expect.any(String), reason: 'unreachable', isLasting: false },
    ]);
    expect(isHealthy(report)).toBe(false);
    expect(isLastinglyIll(report)).toBe(false);
    const metrics = metricsOf({ report, deadLetters: 0, deliveries: new Map() });
    expect(metrics).toContainEqual({ name: 'Blind', unit: 'Count', value: 1 });
    expect(metrics).toContainEqual({ name: 'Ticks', unit: 'Count', value: 1 });
  });

  test('though its list is read, when the looks fail', async () => {
    const made = await world({ projects: [{ name: 'prod', discover: { labels: {} } }] });
    made.status('task-1', 'RUNNING');
    made.simulator.fault('internal error', 1, 'show');
    const report = await made.tick();
    expect(made.simulator.fired['internal error']).toBe(1);
    expect(report).toMatchObject({ failedLooks: 1, blind: [{ project: 'prod' }] });
  });

  test('when its only task does not exist', async () => {
    const made = await world();
    made.simulator.setTask('task-1', null);
    expect(await made.tick()).toMatchObject({ failedLooks: 1, blind: [{ reason: 'not found' }] });
  });

  test('for long after three failed looks in a row, counted from the first, until one is answered', async () => {
    const made = await world();
    made.status('task-1', 'RUNNING');
    await ticks(made, 1);
    const since = new Date(made.clock.now()).toISOString();
    made.simulator.fault('internal error', 3);
    expect(await ticks(made, 2)).toMatchObject({ blind: [{ since, isLasting: false }] });
    const third = await ticks(made, 1);
    expect(third).toMatchObject({ blind: [{ since, reason: 'unreachable', isLasting: true }] });
    expect(isLastinglyIll(third)).toBe(true);
    expect(made.simulator.fired['internal error']).toBe(3);
    expect((await ticks(made, 1)).blind).toEqual([]);
  });

  test('while its refused key cools down, even though no look is made', async () => {
    const made = await world({ tasks: ['task-1', 'task-2'], secretKey: 'canary-wrong-secret' });
    await ticks(made, 3);
    const report = await ticks(made, 1);
    expect(report).toMatchObject({ looks: 0, failedLooks: 0 });
    expect(report.blind).toMatchObject([{ project: 'prod', reason: 'not authorised', isLasting: true }]);
    const line = made.log.findLast((entry) => entry.kind === 'tick');
    expect(line && textLine(line, new Date(0))).toMatch(
      /nothing seen of prod since \S+Z \(not authorised\)$/,
    );
  });
});

describe('a project is still seen', () => {
  test('when one look of several fails', async () => {
    const made = await world({ tasks: ['task-1', 'task-2'] });
    for (const id of ['task-1', 'task-2']) made.status(id, 'RUNNING');
    made.simulator.fault('internal error', 1);
    const report = await made.tick();
    expect(made.simulator.fired['internal error']).toBe(1);
    expect(report).toMatchObject({ failedLooks: 1, blind: [] });
    expect(isHealthy(report)).toBe(true);
  });

  test('when the endpoint asks for a pause, for up to ten minutes', async () => {
    const made = await world();
    made.status('task-1', 'RUNNING');
    await ticks(made, 1);
    made.simulator.fault('throttled', 1);
    expect((await ticks(made, 1)).blind).toEqual([]);
    expect(made.simulator.fired['throttled']).toBe(1);
    made.clock.advance(10 * MINUTE);
    made.simulator.fault('throttled', 1);
    expect(await ticks(made, 1)).toMatchObject({ blind: [{ reason: 'throttled', isLasting: true }] });
    expect(made.simulator.fired['throttled']).toBe(2);
  });

  test('when a task that was seen is gone', async () => {
    const made = await world();
    made.status('task-1', 'RUNNING');
    await ticks(made, 1);
    made.simulator.setTask('task-1', null);
    expect((await ticks(made, 4)).blind).toEqual([]);
  });

  test('when all tasks ended long ago and none is due', async () => {
    const made = await world();
    made.status('task-1', 'FAILED');
    await ticks(made, 1);
    made.clock.advance(2 * HOUR);
    await ticks(made, 1);
    expect(await ticks(made, 1)).toMatchObject({ looks: 0, blind: [] });
  });
});

describe('watch.failing', () => {
  test('is repeated after one hour, six hours, and each day, as long as looks fail', async () => {
    const made = await world({ tasks: ['task-1', 'task-2'], secretKey: 'canary-wrong-secret' });
    const hours: number[] = [];
    const startedAt = made.clock.now();
    let before = 0;
    for (let half = 0; half < 2 * 60; half += 1) {
      await ticks(made, 3);
      const now = failing(made).length;
      if (now > before) hours.push(Math.floor((made.clock.now() - startedAt) / HOUR));
      before = now;
      made.clock.advance(27 * MINUTE);
    }
    expect(hours).toEqual([0, 1, 7, 31, 55]);
    const events = failing(made);
    expect(events.map(({ data }) => data.reminders)).toEqual([undefined, 0, 1, 2, 3]);
    expect(events[1].data.summary).toMatch(
      /^project prod \(2 tasks\): still cannot be watched: looks have been failing since 2026-\S+ \d\d:\d\d UTC \(not authorised\)$/,
    );
  });

  test('of one task among others is repeated, too', async () => {
    const made = await world({ tasks: ['task-1', 'no-such'] });
    made.status('task-1', 'RUNNING');
    await ticks(made, 3);
    made.clock.advance(HOUR);
    await ticks(made, 2);
    expect(failing(made).map(({ subject, data }) => [subject, data.reminders])).toEqual([
      ['no-such', undefined],
      ['no-such', 0],
    ]);
  });
});

describe('a channel that is not broken', () => {
  const silentFor = async (made: World, minutes: number) => {
    let report = await made.tick();
    for (let minute = 0; minute < minutes; minute += 1) {
      made.clock.advance(MINUTE);
      report = await made.tick();
    }
    return report;
  };

  test('counts as silent after three failed attempts in a row, until one succeeds', async () => {
    const made = await world();
    made.status('task-1', 'RUNNING');
    made.receiver.answer('/cutover', 'reset');
    const since = new Date(made.clock.now()).toISOString();
    const early = await silentFor(made, 4);
    expect(early).toMatchObject({ pending: 1, silent: [], brokenChannels: 0 });
    expect(isHealthy(early)).toBe(true);
    const late = await silentFor(made, 6);
    expect(late).toMatchObject({ brokenChannels: 0, broken: [], silent: [{ channel: 'cutover', since }] });
    expect(isLastinglyIll(late)).toBe(true);
    const metrics = metricsOf({ report: late, deadLetters: 0, deliveries: new Map() });
    expect(metrics).toContainEqual({ name: 'BrokenChannels', unit: 'Count', value: 1 });
    const line = made.log.findLast((entry) => entry.kind === 'tick');
    expect(line && textLine(line, new Date(0))).toMatch(
      /; cutover has accepted nothing since \S+Z, next try \S+Z$/,
    );

    made.receiver.answer('/cutover', { status: 204 });
    made.clock.advance(HOUR);
    expect(isHealthy(await made.tick())).toBe(true);
  });

  test('is not silent while it takes the events of other tasks', async () => {
    const made = await world({ tasks: ['task-1', 'task-2'] });
    made.receiver.answer('/cutover', ({ body }) => ({ status: body.includes('"task-1"') ? 500 : 204 }));
    made.status('task-1', 'RUNNING');
    made.status('task-2', 'RUNNING');
    await silentFor(made, 8);
    made.status('task-2', 'FULLMIGRATING');
    const report = await made.tick();
    expect(report).toMatchObject({ pending: 1, silent: [] });
  });
});
