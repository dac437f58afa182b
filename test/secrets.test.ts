import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { FAULT_NAMES, type FaultName } from '../lib/simulator/faults.ts';
import {
  bytesOfDatabase,
  CANARIES,
  type CanaryWorld,
  confide,
  createCanaryWorld,
  type Evidence,
  fileFor,
  itemsOf,
  pathOf,
  placesOn,
  REPORTED,
  SHORT,
  TYPES,
} from './support/canaries.ts';
import { searchFor } from './support/secrets.ts';
import { type Dynalite, startDynalite } from './support/store-dynalite.ts';
import { PROJECT_ID, type World } from './support/world.ts';

const MINUTE = 60_000;
const LONG = { timeout: 120_000 };
const TASKS = ['task-1', 'task-2', 'task-3', 'task-4'];
const STATUSES = ['RUNNING', 'FULLMIGRATING', 'INCRMIGEATING', 'TERMINATED', 'FAILED'] as const;
const CLASSES = ['delivered', 'transient', 'pause', 'permanent', 'broken'] as const;

let dynalite: Dynalite;
beforeAll(async () => {
  dynalite = await startDynalite();
});
afterAll(() => dynalite.close());

const PLACES = placesOn(() => dynalite);
const placeOf = (name: string) => {
  const place = PLACES[name];
  if (place === undefined) throw new Error(`no store ${name}`);
  return place;
};

/** Days in which every fault of the API happens, while channels of every type meet every kind of receiver. */
async function badDays({ world, tick }: CanaryWorld): Promise<void> {
  for (const [index, task] of TASKS.entries()) world.status(task, STATUSES[index] ?? 'RUNNING');
  for (const fault of FAULT_NAMES) world.simulator.fault(fault);
  for (let ticks = 0; Object.keys(world.simulator.fired).length < FAULT_NAMES.length; ticks += 1) {
    if (ticks > 200) throw new Error('some faults never fire');
    await tick();
    world.clock.advance(40 * MINUTE);
  }
  for (let days = 0; days < 4; days += 1) {
    world.clock.advance(24 * 60 * MINUTE);
    await tick();
  }
}

function allShow(word: string, { status }: World): void {
  for (const task of TASKS) status(task, word);
}

/** The calls beside the looks. */
const NEIGHBOURS = ['list', 'stats', 'logs'] as const;
/** In each of them a task succeeds, so that the list is read; in turn others fail, so that their log is, or replicate. */
const TURNS = [
  ['SUCCESS', 'INCRMIGEATING', 'FAILED', 'FAILED'],
  ['INCRMIGEATING', 'SUCCESS', 'INCRMIGEATING', 'INCRMIGEATING'],
] as const;

/** Days in which tasks fail, end, and replicate again, while every fault happens to every call beside the looks. */
async function badNeighbours({ world, tick }: CanaryWorld): Promise<void> {
  const { simulator, status, clock } = world;
  const pass = async (statuses: readonly string[], minutes: number) => {
    for (const [index, task] of TASKS.entries()) status(task, statuses[index] ?? 'FAILED');
    await tick();
    clock.advance(minutes * MINUTE);
  };
  confide(world, TASKS);
  for (const fault of FAULT_NAMES) for (const call of NEIGHBOURS) simulator.fault(fault, 1, call);
  const isOver = () => FAULT_NAMES.every((fault) => simulator.fired[fault] === NEIGHBOURS.length);
  for (let ticks = 0; !isOver(); ticks += 1) {
    if (ticks > 400) throw new Error('some faults never fire');
    await pass(TURNS[ticks % TURNS.length] ?? [], 40);
  }
  const replicating = TASKS.map(() => 'INCRMIGEATING');
  for (let look = 0; look < 4; look += 1) await pass(replicating, 1);
  for (let days = 0; days < 4; days += 1) await pass([], 24 * 60);
}

const ENDED_ILL = z.object({ code: z.literal(1), stdout: z.string(), stderr: z.string() });

/** Which secrets are where, by place. */
function leaksIn(evidence: Evidence): [place: string, secrets: string[]][] {
  const search = searchFor(CANARIES);
  return [...evidence].flatMap(([place, texts]): [string, string[]][] => {
    const found = search.in([...new Set(texts)].join('\n'));
    return found.length === 0 ? [] : [[place, found]];
  });
}

function bytesOf(evidence: Evidence): number {
  return [...evidence.values()].flat().reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

describe('a secret is in nothing that is written, logged, sent or returned, whatever goes wrong', () => {
  test.each(Object.keys(PLACES))('with the state in %s', LONG, async (name) => {
    const made = await createCanaryWorld(placeOf(name), { tasks: TASKS });
    await badDays(made);
    const { world } = made;
    const evidence = await made.evidence();
    const { secrets, forms } = searchFor(CANARIES);
    const megabytes = (bytesOf(evidence) / 1e6).toFixed(1);
    process.stdout.write(
      `${name}: ${secrets} canaries in ${forms} forms × ${megabytes} MB in ${evidence.size} places searched\n`,
    );

    expect(leaksIn(evidence)).toEqual([]);

    expect(Object.keys(world.simulator.fired).toSorted()).toEqual(FAULT_NAMES.toSorted());
    for (const type of TYPES) {
      const outcomes = world.log.flatMap((entry) =>
        entry.kind === 'delivery' && entry.channel.startsWith(type) ? [entry.outcome] : [],
      );
      expect([...new Set(outcomes)].toSorted()).toEqual(CLASSES.toSorted());
    }
    expect((await world.store.load('dead')).length).toBeGreaterThan(100);
    expect(evidence.get('the log of the function')).toHaveLength(world.log.length);
    if (name !== 'memory') expect(evidence.get('the bytes of the store')?.join('')).toContain('dcs.watch.');
    expect(evidence.get('URLs to the heartbeat')?.length).toBeGreaterThan(10);
    for (const texts of evidence.values()) expect(texts.length > 0 || name === 'memory').toBe(true);
  });
});

describe('a secret in the list, the figures or the log of a task is in nothing that is written, logged or sent', () => {
  test.each(Object.keys(PLACES))('with the state in %s', LONG, async (name) => {
    const receivers = ['takes', 'fails', 'refuses'];
    const made = await createCanaryWorld(placeOf(name), { tasks: TASKS, receivers });
    await badNeighbours(made);
    const evidence = await made.evidence();

    expect(leaksIn(evidence)).toEqual([]);

    const all = (place: string) => evidence.get(place)?.join('\n') ?? '';
    for (const place of ['what was stored', 'bodies to webhook', 'bodies to slack']) {
      for (const words of REPORTED) expect(all(place)).toContain(words);
      expect(all(place)).toContain('ready for the cut-over');
    }
    for (const place of ['what was stored', 'bodies to webhook']) {
      expect(all(place)).toContain('errorMessage');
      expect(all(place)).toContain('dcs.watch.degraded');
    }
    expect(all('the log as text')).toContain('AUTH *** was refused by the target');
    expect((await made.world.store.load('dead')).length).toBeGreaterThan(10);
  });
});

describe('a secret is in no output and no byte of the state of', () => {
  /** Those whose answers hold secrets, or repeat what the request carried. */
  const TELLING: readonly FaultName[] = [
    'JSON broken at the password',
    'JSON cut at the password',
    'identity policy denies',
    'teapot',
    'wrong types',
    'keys that mean something to JavaScript',
    'reset within the answer',
    'request echoed everywhere',
    'signature refused',
  ];
  const PROGRAMS: Readonly<Record<string, (folder: string, table: string) => readonly string[]>> = {
    'the command': (folder) => ['functions/local.ts', '--once', '--state', join(folder, 'watch.db')],
    'the command, as JSON': (folder) => [
      ...['functions/local.ts', '--once', '--json', '--state', join(folder, 'watch.db')],
    ],
    'the built function': () => ['-e', INVOKE],
  };
  const INVOKE = `
    const { handler } = require('./dist/watch.cjs');
    handler({}, { getRemainingTimeInMillis: () => 60000, awsRequestId: 'request-1' }).then(
      (summary) => console.log(JSON.stringify(summary)), (error) => console.log(error));`;

  test.each(Object.keys(PROGRAMS))('%s', LONG, async (name) => {
    const folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-secrets-'));
    const table = `secrets-${randomUUID()}`;
    await dynalite.createTable(table);
    const made = await createCanaryWorld(placeOf('memory'), { tasks: TASKS, time: 'real' });
    const { simulator, receiver } = made.world;
    allShow('INCRMIGEATING', made.world);
    confide(made.world, TASKS);
    const { text, env } = fileFor(made);
    const config = join(folder, 'watch.yml');
    await writeFile(config, text);
    const args = PROGRAMS[name]?.(folder, table) ?? [];
    /** A watcher whose channels are broken ends with 1; what it says is what counts here. */
    const run = () =>
      promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
        env: { ...env, WATCH_CONFIG: config, STATE_TABLE: table, ...dynalite.env },
      }).catch((error: unknown) => ENDED_ILL.parse(error));

    const outputs = [await run()];
    for (const fault of TELLING) simulator.fault(fault);
    for (let runs = 0; TELLING.some((fault) => !simulator.fired[fault]) && runs < 9; runs += 1) {
      outputs.push(await run());
    }
    allShow('FAILED', made.world);
    outputs.push(await run());

    const written = name === 'the built function' ? [] : await bytesOfDatabase(join(folder, 'watch.db'));
    const stored = await itemsOf(dynalite, table, [`project:${PROJECT_ID}`, 'dead', 'aside']);
    const evidence = new Map([
      ['output', outputs.flatMap(({ stdout, stderr }) => [stdout, stderr])],
      ['state', [...written, ...stored]],
    ]);
    expect(leaksIn(evidence)).toEqual([]);
    expect(Object.keys(simulator.fired).toSorted()).toEqual(TELLING.toSorted());
    for (const type of TYPES) expect(receiver.at(pathOf(type, 'denies')).length).toBeGreaterThan(0);
    expect(evidence.get('output')?.join('')).toContain('signature refused');
    expect(evidence.get('state')?.join('')).toContain('INCRMIGEATING');
    for (const texts of evidence.values()) expect(texts.join('')).toContain('was refused by the target');
  });
});

describe('a secret that leaks is found', () => {
  const [CARELESS] = SHORT;
  /** Names go everywhere, and so does why a task failed. */
  const WAYS: Readonly<Record<string, (world: World) => void>> = {
    'a task that somebody gave a password for its name': ({ simulator }) =>
      simulator.setTask('task-1', { status: 'RUNNING', task_name: `our ${CARELESS}` }),
    'an error message in which nothing tells that it is one': ({ simulator, status }) => {
      status('task-1', 'FAILED');
      simulator.setListed('task-1', { error_message: `somehow ${CARELESS} came here` });
    },
  };
  const REACHED = [
    'what was stored',
    'the bytes of the store',
    'the log as text',
    'the log as JSON',
    'the log of the function',
    'bodies to slack',
    'bodies to webhook',
  ];
  const CASES = Object.keys(WAYS).flatMap((way) =>
    ['SQLite', 'DynamoDB'].map((name) => [way, name] as const),
  );

  test.each(CASES)('by %s, with the state in %s, wherever it got to', LONG, async (way, name) => {
    const made = await createCanaryWorld(placeOf(name));
    made.world.status('task-1', 'FULLMIGRATING');
    await made.tick();
    WAYS[way]?.(made.world);
    await made.tick();

    const leaks = new Map(leaksIn(await made.evidence()));
    expect([...leaks.keys()].toSorted()).toEqual(REACHED.toSorted());
    expect([...new Set([...leaks.values()].flat())]).toEqual([CARELESS]);
  });
});
