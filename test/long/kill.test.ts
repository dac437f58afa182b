import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MigrationEvent } from '../../lib/events/event.ts';
import { projectPartition, taskRecordId } from '../../lib/records/keys.ts';
import { loadRecords } from '../../lib/records/partition.ts';
import type { StoredRecord } from '../../lib/records/record.ts';
import { realisticAnswer } from '../../lib/simulator/answers.ts';
import { type Simulator, startSimulator } from '../../lib/simulator/simulator.ts';
import { openSqliteStore } from '../../lib/store/sqlite/sqlite.ts';
import { type HeldRequest, type HoldingReceiver, startHoldingReceiver } from '../support/holding-receiver.ts';
import { ACCESS_KEY, PROJECT_ID, SECRET_KEY, SIGNING_SECRET } from '../support/world.ts';
import { createRandom, type Random } from './proof/random.ts';

const KILLS = Number(process.env['KILLS'] ?? 25);
const SEED = process.env['SEED'] ?? 'kill';

const PROGRAM = resolve('dist/local.cjs');
const CLOCK_AHEAD = new URL('../support/clock-ahead.ts', import.meta.url).href;
/** A dead run's lease is over then. Milliseconds. */
const BETWEEN_RUNS_MS = 60_000;

const TASKS = ['task-1', 'task-2', 'task-3'] as const;
const CHANNELS = ['cutover', 'audit'] as const;
const STATUSES = ['RUNNING', 'FULLMIGRATING', 'INCRMIGEATING', 'TERMINATING', 'TERMINATED'] as const;

/** When a run dies: so long after it was started, after its first tick began, in a request, or after an answer. */
type Moment =
  | { readonly after: 'start' | 'tick'; readonly ms: number }
  | { readonly after: 'arrival' | 'answer'; readonly nth: number; readonly ms: number };

let folder: string;
let file: string;
let simulator: Simulator;
let receiver: HoldingReceiver;
let clockAheadMs = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-kill-'));
  file = join(folder, 'state', 'watch.db');
  simulator = await startSimulator({
    credentials: { accessKey: ACCESS_KEY, secretKey: SECRET_KEY },
    projectId: PROJECT_ID,
    clock: { now: () => Date.now() + clockAheadMs },
  });
  receiver = await startHoldingReceiver();
  const channel = (name: string) => ({
    type: 'webhook',
    url: receiver.url(name),
    secret: SIGNING_SECRET,
    allowInsecure: true,
  });
  const config = {
    projects: [
      {
        id: PROJECT_ID,
        region: 'cn-north-4',
        endpoint: simulator.endpoint.href,
        allowInsecure: true,
        credentials: { accessKey: ACCESS_KEY, secretKey: SECRET_KEY },
        tasks: TASKS,
      },
    ],
    channels: Object.fromEntries(CHANNELS.map((name) => [name, channel(name)])),
    settings: { interval: '1s', requestsPerSecond: 100 },
  };
  await writeFile(join(folder, 'watch.yml'), JSON.stringify(config));
});
afterAll(async () => {
  await Promise.all([simulator.close(), receiver.close()]);
  await rm(folder, { recursive: true, force: true });
});

test(`killed ${KILLS} times, the program loses nothing and repeats only what a kill cut off (SEED=${SEED})`, async () => {
  const random = createRandom(SEED);
  const played = createTasks(random);
  const cuts: HeldRequest[] = [];
  const sequences = new Map<string, number>();

  for (let run = 1; run <= KILLS; run += 1) {
    played.advance();
    await runUntil(momentOf(random), run, played.advanceOne);
    const arrived = receiver.requests.filter((request) => request.run === run);
    const records = await whatIsStored(run);

    expect(new Set(arrived.map(deliveryOf)).size, 'no repeat within a run').toBe(arrived.length);
    for (const [id, sequence] of sequences) {
      expect(records.get(id)?.sequence, 'what was stored stays').toBeGreaterThanOrEqual(sequence);
    }
    for (const [id, { sequence }] of records) sequences.set(id, sequence);
    const pending = new Set([...records.values()].flatMap(pendingDeliveries));
    cuts.push(...arrived.filter((request) => pending.has(deliveryOf(request))));
  }
  await finish(KILLS + 1);
  const final = await whatIsStored(KILLS + 1);

  for (const task of TASKS) {
    const record = final.get(taskRecordId(task));
    expect(record).toMatchObject({ outbox: [], state: { standing: { status: played.shown(task).at(-1) } } });
    for (const channel of CHANNELS) expectThePromise(channel, task, record, played.shown(task), cuts);
  }
  expect([...sequences.keys()]).toEqual(expect.arrayContaining(TASKS.map(taskRecordId)));

  const unanswered = cuts.filter(({ answered }) => !answered).length;
  const unacknowledged = cuts.length - unanswered;
  process.stdout.write(
    `SEED=${SEED}: ${KILLS} kills cut off ${unanswered} deliveries before their answer and ${unacknowledged} between answer and acknowledgement; ${receiver.requests.length} requests carried ${receiver.requests.length - cuts.length} deliveries\n`,
  );
  expect(unanswered).toBeGreaterThan(0);
  expect(new Set(cuts.map(({ run }) => run)).size).toBeGreaterThan(KILLS / 10);
});

/** Every event that was ever stored arrived first in its order, as what really happened, and again only after a kill. */
function expectThePromise(
  channel: string,
  task: string,
  record: StoredRecord | undefined,
  shown: readonly string[],
  cuts: readonly HeldRequest[],
): void {
  const arrived = receiver.requests.filter((one) => one.channel === channel && eventOf(one).subject === task);
  const copies = Map.groupBy(arrived, ({ id }) => id);
  const events = [...copies.values()].flatMap(([first]) => (first === undefined ? [] : [eventOf(first)]));

  const everyNumber = Array.from({ length: record?.eventCount ?? 0 }, (_, index) => index + 1);
  expect(events.map(({ data }) => data.number)).toEqual(everyNumber);
  const received = events.filter(({ data }) => data.to !== undefined);
  expect(isSubsequence(statusesOf(received), shown)).toBe(true);
  expect(received.slice(1).map(({ data }) => data.from?.status)).toEqual(statusesOf(received).slice(0, -1));
  for (const [id, same] of copies) {
    const cut = cuts.filter((one) => one.channel === channel && one.id === id);
    expect(new Set(same.map(({ body }) => body)).size).toBe(1);
    expect(same).toHaveLength(1 + cut.length);
  }
}

function statusesOf(events: readonly MigrationEvent[]): string[] {
  return events.map(({ data }) => data.to?.status ?? 'nothing');
}

function isSubsequence(some: readonly string[], all: readonly string[]): boolean {
  let at = -1;
  return some.every((one) => {
    at = all.indexOf(one, at + 1);
    return at >= 0;
  });
}

function eventOf({ body }: HeldRequest): MigrationEvent {
  return JSON.parse(body);
}

function deliveryOf({ channel, id }: HeldRequest): string {
  return `${channel} ${id}`;
}

function pendingDeliveries({ outbox }: StoredRecord): string[] {
  return outbox.flatMap(({ event, deliveries }) =>
    Object.keys(deliveries).map((name) => `${name} ${event.id}`),
  );
}

/** Tasks that go round through all statuses, and what each has shown so far. */
function createTasks(random: Random) {
  const shown = new Map(TASKS.map((task) => [task, [] as string[]]));
  const step = (task: (typeof TASKS)[number]) => {
    const past = shown.get(task) ?? [];
    const status = STATUSES[past.length % STATUSES.length] ?? STATUSES[0];
    past.push(status);
    simulator.setTask(task, realisticAnswer(status, { task_id: task }));
    // Far behind, the task is never ready: an invalid action would be withdrawn, as a dead letter.
    simulator.setStats(task, { offset: 9_000_000_000 });
  };
  for (const task of TASKS) step(task);
  return {
    shown: (task: (typeof TASKS)[number]): readonly string[] => shown.get(task) ?? [],
    advance: () => TASKS.filter(() => random.chance(0.8)).forEach(step),
    advanceOne: () => step(random.pick(TASKS)),
  };
}

/** Half of the moments are wherever they fall; the others look for the two that hurt. */
function momentOf(random: Random): Moment {
  const nth = 1 + random.below(TASKS.length * CHANNELS.length);
  return random.pick<Moment>([
    { after: 'start', ms: random.below(1500) },
    { after: 'tick', ms: random.below(80) },
    { after: 'tick', ms: random.below(80) },
    { after: 'arrival', nth, ms: random.below(10) },
    { after: 'answer', nth, ms: 0 },
    { after: 'answer', nth, ms: random.below(4) },
  ]);
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

function start(args: readonly string[] = []): Child {
  clockAheadMs += BETWEEN_RUNS_MS;
  const flags = ['--disable-warning=ExperimentalWarning', '--import', CLOCK_AHEAD];
  return spawn(process.execPath, [...flags, PROGRAM, '--json', '--state', file, ...args], {
    cwd: folder,
    env: { CLOCK_AHEAD_MS: String(clockAheadMs) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** One run of the program, from its start to its violent end. */
async function runUntil(moment: Moment, run: number, change: () => void): Promise<void> {
  const child = start();
  const complaints = text(child.stderr);
  const exit = once(child, 'exit');
  const died = new AbortController();
  const kill = (after: Moment['after'], nth = 0) => {
    if (moment.after !== after || ('nth' in moment && moment.nth !== nth)) return;
    if (moment.ms === 0) child.kill('SIGKILL');
    else
      sleep(moment.ms, undefined, { signal: died.signal }).then(
        () => child.kill('SIGKILL'),
        () => undefined,
      );
  };
  let received = 0;
  let answers = 0;
  receiver.begin(
    run,
    () => {
      received += 1;
      if (received === 1) change();
      kill('arrival', received);
      return moment.after === 'arrival' && received >= moment.nth ? 'hold' : 'answer';
    },
    () => {
      answers += 1;
      kill('answer', answers);
    },
  );
  kill('start');
  let ticks = 0;
  for await (const line of createInterface(child.stdout)) {
    const { kind } = JSON.parse(line);
    if (kind === 'notice') kill('tick');
    // Its moment may never come: where less than that many deliveries were due.
    if (kind === 'tick') ticks += 1;
    if (ticks === 2) child.kill('SIGKILL');
  }
  const [code, signal] = await exit;
  died.abort();
  expect({ code, signal, complaints: await complaints }).toEqual({
    code: null,
    signal: 'SIGKILL',
    complaints: '',
  });
  await receiver.drained();
}

/** One last tick without a kill delivers everything pending. */
async function finish(run: number): Promise<void> {
  receiver.begin(
    run,
    () => 'answer',
    () => undefined,
  );
  const child = start(['--once']);
  const [lines, complaints, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  expect({ code, complaints }).toEqual({ code: 0, complaints: '' });
  expect(JSON.parse(lines.trim().split('\n').at(-1) ?? '')).toMatchObject({
    kind: 'tick',
    pending: 0,
    dead: 0,
  });
}

/** The records as a run left them, read from a copy: the next run is to find the files as the kill left them. */
async function whatIsStored(run: number): Promise<Map<string, StoredRecord>> {
  const place = join(folder, `copy-${run}`);
  await mkdir(place);
  const copy = join(place, 'watch.db');
  for (const part of ['', '-wal']) {
    await copyFile(`${file}${part}`, `${copy}${part}`).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
  try {
    return await readCopy(copy);
  } finally {
    await rm(place, { recursive: true });
  }
}

async function readCopy(copy: string): Promise<Map<string, StoredRecord>> {
  const store = openSqliteStore({ file: copy, now: () => Date.now() + clockAheadMs });
  const database = new DatabaseSync(copy);
  try {
    expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
    expect(await store.load('dead')).toEqual([]);
    expect(await store.load('aside')).toEqual([]);
    const { all, unreadable } = await loadRecords(store, projectPartition(PROJECT_ID));
    expect(unreadable.size).toBe(0);
    return new Map(all().map(({ key, record }) => [key.id, record]));
  } finally {
    database.close();
    await store.close();
  }
}
