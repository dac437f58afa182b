import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FAULT_NAMES, type FaultName } from '../lib/dcs/simulator-faults.ts';
import {
  bytesOfDatabase,
  CANARIES,
  type CanaryWorld,
  createCanaryWorld,
  type Evidence,
  fileFor,
  itemsOf,
  pathOf,
  placesOn,
  TYPES,
} from './support/canaries.ts';
import { searchFor } from './support/secrets.ts';
import { type Dynalite, startDynalite } from './support/store-dynalite.ts';
import { PROJECT_ID } from './support/world.ts';

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
    for (const task of TASKS) made.world.status(task, 'INCRMIGEATING');
    const { text, env } = fileFor(made);
    const config = join(folder, 'watch.yml');
    await writeFile(config, text);
    const args = PROGRAMS[name]?.(folder, table) ?? [];
    const run = () =>
      promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
        env: { ...env, WATCH_CONFIG: config, STATE_TABLE: table, ...dynalite.env },
      });

    const outputs = [await run()];
    for (const fault of TELLING) simulator.fault(fault);
    for (let runs = 0; TELLING.some((fault) => !simulator.fired[fault]) && runs < 9; runs += 1) {
      outputs.push(await run());
    }

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
  });
});

describe('a secret that leaks is found', () => {
  /** A task that somebody gave a password for its name: names go everywhere. */
  const [CARELESS = ''] = CANARIES;
  const REACHED = [
    'what was stored',
    'the bytes of the store',
    'the log as text',
    'the log as JSON',
    'the log of the function',
    'bodies to slack',
    'bodies to webhook',
  ];

  test.each(['SQLite', 'DynamoDB'])('with the state in %s, wherever it got to', LONG, async (name) => {
    const made = await createCanaryWorld(placeOf(name));
    made.world.simulator.setTask('task-1', { status: 'RUNNING', task_name: `our ${CARELESS}` });
    await made.tick();

    const leaks = new Map(leaksIn(await made.evidence()));
    expect([...leaks.keys()].toSorted()).toEqual(REACHED.toSorted());
    expect([...new Set([...leaks.values()].flat())]).toEqual([CARELESS]);
  });
});
