import { expect, test } from 'vitest';
import { patienceMs } from '../lib/app.ts';
import type { Config } from '../lib/config/schema.ts';
import { createWorld } from './support/world.ts';

const SECOND = 1000;
const tasks = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `task-${i}`, labels: {} }));

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
  ['a minute for telling, and half as long again as its looks take', 100, false, 10, 75 * SECOND],
  ['time for a thousand tasks that nobody has listed', 0, true, 10, 210 * SECOND],
  ['time for both', 1000, true, 10, 360 * SECOND],
  ['no more than any run may take', 10, true, 0.1, 900 * SECOND],
])('a tick without a platform has %s', async (_what, count, discovers, rate, ms) => {
  expect(patienceMs(await configOf(count, discovers, rate))).toBe(ms);
});
