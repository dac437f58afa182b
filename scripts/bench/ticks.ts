import type { HttpClient } from '../../lib/http/client.ts';
import { createHttpClient } from '../../lib/http/undici.ts';
import { createMemoryStore } from '../../lib/store/memory.ts';
import { benchApp, counted, cpuMicros, median, type StatusCounts, startServer } from './world.ts';

const SIZES = [10, 1000, 5000];
const ACTIVE = { FULLMIGRATING: 5, INCRMIGEATING: 5 };
/** All are looked at: the bench sets no rate. */
const ALL_ACTIVE = { FULLMIGRATING: 500, INCRMIGEATING: 500 };
const ROUNDS = 9;
const WARM_UP = 3;

/** Requests and time of a tick with discovered tasks: ten at work and all others ended long ago, then a thousand at work. */
export async function benchTicks(): Promise<string> {
  const lines: string[] = [];
  for (const size of SIZES) lines.push(await benchTick({ ...ACTIVE, SUCCESS: size - 10 }));
  lines.push(await benchTick(ALL_ACTIVE));
  return lines.join('\n');
}

async function benchTick(tasks: StatusCounts): Promise<string> {
  const { FULLMIGRATING = 0, INCRMIGEATING = 0, SUCCESS = 0 } = tasks;
  const atWork = FULLMIGRATING + INCRMIGEATING;
  const server = await startServer(tasks);
  const calls = { list: 0, looks: 0, stats: 0 };
  const asked = { load: 0, get: 0, save: 0 };
  const store = counted(createMemoryStore({ now: Date.now }), asked);
  const app = await benchApp(server.url, [], store, {
    discover: true,
    http: counting(createHttpClient(), calls),
  });
  const first = await app.tick(600_000);
  const micros: number[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    globalThis.gc?.();
    Object.assign(calls, { list: 0, looks: 0, stats: 0 });
    Object.assign(asked, { load: 0, get: 0, save: 0 });
    const spent = await cpuMicros(() => app.tick(60_000));
    if (round >= WARM_UP) micros.push(spent);
  }
  await app.close();
  server.stop();
  return [
    `tick over ${atWork + SUCCESS} discovered tasks, ${atWork} of them at work: ${calls.list} list calls, ${calls.looks} looks,`,
    `${calls.stats} statistics, ${asked.save} writes (0), ${(median(micros) / 1000).toFixed(0)} ms CPU`,
    `(first tick: ${first.events} events)`,
  ].join(' ');
}

function counting(http: HttpClient, calls: Record<'list' | 'looks' | 'stats', number>): HttpClient {
  return {
    ...http,
    request(request, options) {
      const { pathname } = request.url;
      if (pathname.endsWith('/migration-tasks')) calls.list += 1;
      else if (pathname.endsWith('/stats')) calls.stats += 1;
      else calls.looks += 1;
      return http.request(request, options);
    },
  };
}
