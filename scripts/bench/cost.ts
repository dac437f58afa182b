import { DEFAULT_THRESHOLDS } from '../../lib/migration/model/thresholds.ts';
import { createApp } from '../../lib/runtime/app.ts';
import { createOwnRuns } from '../../lib/runtime/dispatch/dispatch.ts';
import { createMemoryStore } from '../../lib/store/memory.ts';
import { withReadCache } from '../../lib/store/read-cache/read-cache.ts';
import type { Item, Store } from '../../lib/store/store.ts';
import type { TestClock } from '../../test/support/clock.ts';
import { createWorld, type World, type WorldOptions } from '../../test/support/world.ts';
import { taskIds } from './tasks.ts';

const MINUTE = 60_000;
const MEMORY_GB = 0.5;
const TICKS = 30;
/** Ticks until every task was seen, and has a place in its turn. */
const WARM_UP = 8;
/** Progress that stands still for the length of this measurement is no news. */
const thresholds = { ...DEFAULT_THRESHOLDS, stalledAfterMs: 24 * 60 * MINUTE };
/** Percent, every two minutes one more: none of the marks that are announced. */
const PROGRESS_FROM = 26;
const MANY_PROJECTS = 100;

/** The units that DynamoDB counts, and the bytes between Redis and the function. */
interface Used {
  readUnits: number;
  writeUnits: number;
  bytes: number;
}

/** The use of one tick, on average. */
interface PerTick extends Used {
  readonly seconds: number;
  readonly looks: number;
}

const NONE: Used = { readUnits: 0, writeUnits: 0, bytes: 0 };

/** The billed use of one tick of a function, at the default rate of requests and with all tasks at work. */
export async function benchCost(): Promise<string> {
  const lines = [
    line('10 tasks', await ticksOver({ tasks: taskIds(10) })),
    line('10 tasks with a percent of progress in two minutes', await ticksOver(moving(taskIds(10)))),
    line('1,000 tasks', await ticksOver({ tasks: taskIds(1000) })),
    line('1,000 tasks at 100 requests a second', await ticksOver(atFullRate(taskIds(1000)))),
    line('1,000 tasks in a new process each time', await ticksOver({ tasks: taskIds(1000), isCold: true })),
    line(
      '1,000 tasks at 100 requests a second in a new process each time',
      await ticksOver({ ...atFullRate(taskIds(1000)), isCold: true }),
    ),
    line('1,000 tasks in a run of their own', await ticksOver(ownRun(taskIds(1000)))),
    line(`the run that starts ${MANY_PROJECTS} others`, await startingRun()),
    await changeLine(),
  ];
  return lines.join('\n');
}

function atFullRate(tasks: string[]): Case {
  return { tasks, settings: { requestsPerSecond: 100 } };
}

function moving(tasks: string[]): Case {
  return { tasks, isMoving: true };
}

function ownRun(tasks: string[]): Case {
  const projects = [{ name: 'p0', tasks }, ...emptyProjects(1)];
  return { tasks, projects, project: 'p0' };
}

function emptyProjects(count: number): { name: string; id: string; tasks: string[] }[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `e${i}`,
    id: (i + 1).toString(16).padStart(32, 'e'),
    tasks: [],
  }));
}

/** @param isCold whether no records stay in the memory of a process */
async function metered(options: WorldOptions, isCold = false): Promise<{ world: World; used: Used }> {
  const used = { ...NONE };
  const store = ({ now }: TestClock) => {
    const counting = meter(createMemoryStore({ now }), used);
    return isCold ? counting : withReadCache(counting, now);
  };
  const settings = { requestsPerSecond: 10, thresholds, ...options.settings };
  const world = await createWorld({ channels: {}, ...options, settings, store, stats: 'realistic' });
  for (const task of options.tasks ?? []) world.status(task, 'FULLMIGRATING');
  return { world, used };
}

interface Case extends WorldOptions {
  /** The one project that its ticks are about. */
  readonly project?: string;
  readonly isMoving?: true;
  readonly isCold?: true;
}

async function ticksOver({ project, isMoving, isCold, ...options }: Case): Promise<PerTick> {
  const { world, used } = await metered(options, isCold);
  const { config, store, clock } = world;
  const app = await createApp({ config, store, clock, log: () => undefined });
  const sum = { seconds: 0, looks: 0 };
  for (let nth = 0; nth < WARM_UP + TICKS; nth += 1) {
    if (nth === WARM_UP) Object.assign(used, NONE);
    const full_migration_progress = PROGRESS_FROM + Math.floor(nth / 2);
    for (const task of isMoving ? (options.tasks ?? []) : []) {
      world.simulator.setStats(task, { full_migration_progress });
    }
    const startedAt = clock.elapsed();
    const { looks } = await app.tick(2 * MINUTE, { project });
    const tookMs = clock.elapsed() - startedAt;
    clock.advance(Math.max(0, MINUTE - tookMs));
    if (nth < WARM_UP) continue;
    sum.seconds += tookMs / 1000 / TICKS;
    sum.looks += looks / TICKS;
  }
  const perTick = { ...divided(used, TICKS), ...sum };
  await world.close();
  return perTick;
}

async function startingRun(): Promise<PerTick> {
  const { world, used } = await metered({
    tasks: [],
    projects: emptyProjects(MANY_PROJECTS),
    settings: { runPerProject: 'always' },
  });
  const { config, store, clock } = world;
  const log = () => undefined;
  const app = await createApp({ config, store, clock, log });
  const start = async (project: string) => {
    if (started.length < MANY_PROJECTS) await app.tick(MINUTE, { project });
    started.push(project);
  };
  const started: string[] = [];
  const runs = createOwnRuns({ start, store, log, clock, everyMs: MINUTE });
  for (let nth = 0; nth <= TICKS; nth += 1) {
    const part = await runs(config);
    if (nth === 0) Object.assign(used, NONE);
    if (nth > 0) await app.tick(MINUTE, part);
    clock.advance(MINUTE);
  }
  const perTick = { ...divided(used, TICKS), seconds: 0, looks: 0 };
  await world.close();
  return perTick;
}

/** The units of one change that one webhook gets. */
async function changeLine(): Promise<string> {
  const { world, used } = await metered({ tasks: ['task-1'], channels: { cutover: { type: 'webhook' } } });
  await world.tick();
  Object.assign(used, NONE);
  world.clock.advance(MINUTE);
  world.status('task-1', 'INCRMIGEATING');
  await world.tick();
  await world.close();
  return `a change that one webhook is told: ${used.writeUnits} write units`;
}

function divided({ readUnits, writeUnits, bytes }: Used, by: number): Used {
  return { readUnits: readUnits / by, writeUnits: writeUnits / by, bytes: bytes / by };
}

function line(what: string, { looks, seconds, readUnits, writeUnits, bytes }: PerTick): string {
  const figures = [
    `${looks.toFixed(0)} looks`,
    `${seconds.toFixed(1)} s`,
    `${(seconds * MEMORY_GB).toFixed(1)} GB-s`,
    `${readUnits.toFixed(1)} read units`,
    `${writeUnits.toFixed(1)} write units`,
    `${(bytes / 1000).toFixed(0)} kB`,
  ];
  return `a tick over ${what}: ${figures.join(', ')}`;
}

/** A page of a query has at most 1 MB; the units of a page are those of its sum (developer guide, "Capacity unit consumption"). */
const PAGE_BYTES = 1024 * 1024;
const READ_BYTES = 4096;
const WRITE_BYTES = 1024;

/** Counts as DynamoDB does. */
function meter(store: Store, used: Used): Store {
  return {
    ...store,
    async load(partition) {
      const items = await store.load(partition);
      const bytes = items.reduce((sum, item) => sum + sizeOf(item), 0);
      const pages = Math.floor(bytes / PAGE_BYTES);
      used.readUnits +=
        pages * (PAGE_BYTES / READ_BYTES) + Math.max(1, Math.ceil((bytes % PAGE_BYTES) / READ_BYTES));
      used.bytes += bytes;
      return items;
    },
    async get(key) {
      const item = await store.get(key);
      const bytes = item === undefined ? 0 : sizeOf(item);
      used.readUnits += Math.max(1, Math.ceil(bytes / READ_BYTES));
      used.bytes += bytes;
      return item;
    },
    save(item) {
      used.writeUnits += Math.ceil(sizeOf(item) / WRITE_BYTES);
      used.bytes += sizeOf(item);
      return store.save(item);
    },
  };
}

/** The names and the values of its attributes; a number has at most 21 bytes. */
function sizeOf({ key, nonce, body, expiresAt }: Item): number {
  const numbers = 'rev'.length + 4 + (expiresAt === undefined ? 0 : 'expiresAt'.length + 7);
  const names = 'pk'.length + 'sk'.length + 'nonce'.length + 'body'.length;
  return (
    names +
    numbers +
    [key.partition, key.id, nonce, body].reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  );
}
