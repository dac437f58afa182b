/** Prints the figures that the project promises, each as a ratio or a count within this run. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import * as z from 'zod/mini';
import { benchCost } from './bench/cost.ts';
import { benchList } from './bench/list.ts';
import { benchLook } from './bench/look.ts';
import { benchStart } from './bench/start.ts';
import { benchStore } from './bench/store.ts';
import { benchTicks } from './bench/ticks.ts';
import { startServer } from './bench/world.ts';

const MANY = 10_000;
const MEMORY = z.object({
  first: z.object({ events: z.number() }),
  second: z.object({ events: z.number(), ms: z.number() }),
  maxRssKb: z.number(),
});

console.log(await benchLook());
console.log(await benchList());
console.log(await benchTicks());
console.log(await benchStore());
console.log(await benchCost());
console.log(await benchStart());
console.log(await benchMemory());

async function benchMemory(): Promise<string> {
  const server = await startServer({ FULLMIGRATING: MANY });
  const child = fork(new URL('./bench/memory.ts', import.meta.url), [server.url.href, String(MANY)], {
    // As `npm start` and serverless.yml run it.
    execArgv: ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=8'],
  });
  const [message] = await once(child, 'message');
  server.stop();
  const { first, second, maxRssKb } = MEMORY.parse(message);
  const megabytes = (maxRssKb / 1024).toFixed(0);
  return `${MANY} tasks in one tick: ${megabytes} MB at most (at most 256 MB; ${first.events} first seen, then ${second.events} events in ${second.ms} ms)`;
}
