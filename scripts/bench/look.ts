import { request } from 'undici';
import { AT_ONCE, eachAtMost } from '../../lib/base/concurrency.ts';
import { createMemoryStore } from '../../lib/store/memory.ts';
import { taskIds } from './tasks.ts';
import { benchApp, cpuMicros, median, PROJECT_ID, startServer } from './world.ts';

const TASKS = 1000;
const ROUNDS = 15;
const WARM_UP = 5;

/**
 * CPU per watched task that has not changed, through the whole tick, against a GET of the same answer with undici alone
 * and `JSON.parse`; and that of one whose statistics are read as well against one without. Rounds alternate, so that all
 * meet the same machine.
 */
export async function benchLook(): Promise<string> {
  // A task that waits to be configured has no statistics.
  const plain = await startServer({ RUNNING: TASKS });
  const measured = await startServer({ FULLMIGRATING: TASKS });
  const tasks = taskIds(TASKS);
  const newStore = () => createMemoryStore({ now: Date.now });
  const plainApp = await benchApp(plain.url, tasks, newStore());
  const measuredApp = await benchApp(measured.url, tasks, newStore());
  const raw = () =>
    eachAtMost(AT_ONCE.looks, tasks, async (id) => {
      const { body } = await request(new URL(`/v2/${PROJECT_ID}/migration-task/${id}`, plain.url));
      JSON.parse(await body.text());
    });

  const rounds: { raw: number; ours: number; withStats: number }[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    const one = {
      raw: await microsPerTask(raw),
      ours: await microsPerTask(() => plainApp.tick(60_000)),
      withStats: await microsPerTask(() => measuredApp.tick(60_000)),
    };
    if (round >= WARM_UP) rounds.push(one);
  }
  await plainApp.close();
  await measuredApp.close();
  plain.stop();
  measured.stop();

  const ratios = rounds.map(({ raw, ours }) => ours / raw);
  const statsRatios = rounds.map(({ ours, withStats }) => withStats / ours);
  return [
    `CPU per unchanged task: ${median(ratios).toFixed(2)}× raw GET and parse (at most 2.0×)`,
    `(${median(rounds.map(({ ours }) => ours)).toFixed(0)} µs against ${median(rounds.map(({ raw }) => raw)).toFixed(0)} µs,`,
    `${ROUNDS} rounds of ${TASKS}, ratios ${span(ratios)});`,
    `with its statistics ${median(statsRatios).toFixed(2)}× one without, for two calls instead of one`,
    `(${median(rounds.map(({ withStats }) => withStats)).toFixed(0)} µs, ratios ${span(statsRatios)})`,
  ].join(' ');
}

async function microsPerTask(work: () => Promise<unknown>): Promise<number> {
  globalThis.gc?.();
  return (await cpuMicros(work)) / TASKS;
}

function span(ratios: readonly number[]): string {
  return `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
}
