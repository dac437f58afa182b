import { request } from 'undici';
import { eachAtMost } from '../../lib/concurrency.ts';
import { createMemoryStore } from '../../lib/store/memory.ts';
import { benchApp, cpuMicros, median, PROJECT_ID, startServer, taskIds } from './world.ts';

const TASKS = 1000;
const ROUNDS = 15;
const WARM_UP = 5;
const AT_ONCE = 32;

/**
 * CPU per watched task that has not changed, through the whole tick, against a GET of the same answer with undici alone
 * and `JSON.parse`. Rounds alternate, so that both meet the same machine.
 */
export async function benchLook(): Promise<string> {
  const server = await startServer();
  const tasks = taskIds(TASKS);
  const app = benchApp(server.url, tasks, createMemoryStore({ now: Date.now }));
  const ours = () => app.tick(60_000);
  const raw = () =>
    eachAtMost(AT_ONCE, tasks, async (id) => {
      const { body } = await request(new URL(`/v2/${PROJECT_ID}/migration-task/${id}`, server.url));
      JSON.parse(await body.text());
    });

  const rounds: { raw: number; ours: number }[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    globalThis.gc?.();
    const rawMicros = await cpuMicros(raw);
    globalThis.gc?.();
    const oursMicros = await cpuMicros(ours);
    if (round >= WARM_UP) rounds.push({ raw: rawMicros / TASKS, ours: oursMicros / TASKS });
  }
  await app.close();
  server.stop();

  const ratios = rounds.map(({ raw, ours }) => ours / raw);
  return [
    `CPU per unchanged task: ${median(ratios).toFixed(2)}× raw GET and parse (at most 2.0×)`,
    `(${median(rounds.map(({ ours }) => ours)).toFixed(0)} µs against ${median(rounds.map(({ raw }) => raw)).toFixed(0)} µs,`,
    `${ROUNDS} rounds of ${TASKS}, ratios ${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`,
  ].join(' ');
}
