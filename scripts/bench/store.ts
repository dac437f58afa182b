import { createMemoryStore } from '../../lib/store/memory.ts';
import { taskIds } from './tasks.ts';
import { benchApp, counted, startServer } from './world.ts';

const TASKS = 1000;

/** The requests of an unchanged tick to the store. (That a query is paged as DynamoDB wants it is a test of the store.) */
export async function benchStore(): Promise<string> {
  const server = await startServer({ FULLMIGRATING: TASKS });
  const calls = { load: 0, get: 0, save: 0 };
  const app = await benchApp(
    server.url,
    taskIds(TASKS),
    counted(createMemoryStore({ now: Date.now }), calls),
  );
  await app.tick(60_000);
  Object.assign(calls, { load: 0, get: 0, save: 0 });
  const { ms } = await app.tick(60_000);
  await app.close();
  server.stop();
  return `unchanged tick over ${TASKS} tasks: ${calls.save} writes (0), ${calls.load} query (1), ${calls.get} single read (1), ${ms} ms`;
}
