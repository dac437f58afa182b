/** Prints the figures that the project promises, each as a ratio or a count within this run. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import * as z from 'zod/mini';
import { benchCost } from './bench/cost.ts';
import { benchDelay } from './bench/delay.ts';
import { benchList } from './bench/list.ts';
import { benchLook } from './bench/look.ts';
import { benchRedis } from './bench/redis.ts';
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

const BENCHES: Readonly<Record<string, () => Promise<string>>> = {
  look: benchLook,
  list: benchList,
  ticks: benchTicks,
  delay: benchDelay,
  store: benchStore,
  redis: benchRedis,
  cost: benchCost,
  start: benchStart,
  memory: benchMemory,
};

// `npm run bench -- redis cost` prints only those.
const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !Object.hasOwn(BENCHES, name));
if (unknown.length > 0)
  throw new Error(`no figures ${unknown.join(', ')}; known are ${Object.keys(BENCHES).join(', ')}`);
for (const [name, bench] of Object.entries(BENCHES)) {
  if (chosen.length === 0 || chosen.includes(name)) console.log(await bench());
}

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
