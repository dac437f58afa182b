import { expect, test } from 'vitest';
import type { Config } from '../lib/config/schema/file.ts';
import { createApp } from '../lib/runtime/app.ts';
import { tickBudgetMs } from '../lib/runtime/time/tick-budget.ts';
import { createWorld, keptOpen } from './support/world.ts';

const SECOND = 1000;
const tasks = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `task-${i}`, labels: {} }));

test('a tick without a platform has all the time until the next one, if it makes further looks', async () => {
  const config = await configOf(1, false);
  const often = { ...config.settings, intervalMs: 600 * SECOND, lookEveryMs: 10 * SECOND };
  expect(tickBudgetMs({ ...config, settings: often })).toBe(615 * SECOND);
});

/** One project with so many tasks, which discovers more or does not. */
async function configOf(count: number, discovers: boolean, requestsPerSecond = 10): Promise<Config> {
  const world = await createWorld();
  await world.close();
  const { config } = world;
  const [project] = config.projects;
  if (project === undefined) throw new Error('a world has a project');
  const found = discovers ? { discover: { labels: {} } } : {};
  return {
    ...config,
    projects: [{ ...project, tasks: tasks(count), ...found }],
    settings: { ...config.settings, requestsPerSecond },
  };
}

test.each([
  ['a minute for delivery, and half as long again as its requests take', 200, false, 10, 120 * SECOND],
  ['time for a message to a chat even if no look gets an answer', 1, false, 10, 110 * SECOND],
  ['time for a thousand tasks that nobody has listed', 0, true, 10, 360 * SECOND],
  ['time for both', 1000, true, 10, 660 * SECOND],
  ['no more than any run may take', 10, true, 0.1, 900 * SECOND],
])('a tick without a platform has %s', async (_what, count, discovers, rate, ms) => {
  expect(tickBudgetMs(await configOf(count, discovers, rate))).toBe(ms);
});

test.each([
  [
    'of all tasks that the last one watched, and some more where tasks are discovered',
    0,
    true,
    200,
    150 * SECOND,
  ],
  ['of those that are configured, if that are more', 400, true, 200, 210 * SECOND],
  ['and of no more where none is discovered', 200, false, 200, 120 * SECOND],
])('a tick after the first has the time %s', async (_what, count, discovers, known, ms) => {
  expect(tickBudgetMs(await configOf(count, discovers), known)).toBe(ms);
});

test('a program knows after its first tick how long the next one may take', async () => {
  const world = await createWorld();
  const config = await configOf(0, true);
  const [project] = world.config.projects;
  const projects = config.projects.map((one) => ({ ...one, endpoint: project?.endpoint ?? one.endpoint }));
  const app = await createApp({
    config: { ...config, projects },
    store: keptOpen(world.store),
    log: () => undefined,
  });
  expect(app.budgetMs).toBe(360 * SECOND);
  await app.tick(60 * SECOND);
  expect(app.budgetMs).toBe(110 * SECOND);
  await app.close();
  await world.close();
});
