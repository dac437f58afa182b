import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import type { FaultName } from '../../lib/simulator/faults.ts';
import { HTTP_TYPES } from '../channels/samples.ts';
import {
  bytesOfDatabase,
  confide,
  createCanaryWorld,
  fileFor,
  itemsOf,
  pathOf,
  placesOn,
  SHORT,
} from '../support/canaries.ts';
import { PROGRAM } from '../support/program.ts';
import {
  expectNoSecretAfterBadDays,
  expectNoSecretOfOtherCalls,
  leaksIn,
  TASKS,
} from '../support/secret-days.ts';
import { type Dynalite, startDynalite } from '../support/store-dynalite.ts';
import { PROJECT_ID, type World } from '../support/world.ts';

/** Memory is searched with each run of the tests: test/secrets.test.ts. */
const STORES = ['SQLite', 'DynamoDB'];

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

function allShow(word: string, { status }: World): void {
  for (const task of TASKS) status(task, word);
}

const ENDED_ILL = z.object({ code: z.literal(1), stdout: z.string(), stderr: z.string() });

describe('a secret is in nothing that is written, logged, sent or returned, whatever goes wrong', () => {
  test.each(STORES)('with the state in %s', (name) => expectNoSecretAfterBadDays(name, placeOf(name)));
});

describe('a secret in the list, the figures or the log of a task is in nothing that is written, logged or sent', () => {
  test.each(STORES)('with the state in %s', (name) => expectNoSecretOfOtherCalls(placeOf(name)));
});

describe('a secret is in no output and no byte of the state of', () => {
  /** Those whose answers hold secrets, or repeat what the request carried. */
  const FAULTS: readonly FaultName[] = [
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
    'the command': (folder) => [PROGRAM, '--once', '--state', join(folder, 'watch.db')],
    'the command, as JSON': (folder) => [
      ...[PROGRAM, '--once', '--json', '--state', join(folder, 'watch.db')],
    ],
    'the built function': () => ['-e', INVOKE],
  };
  const INVOKE = `
    const { handler } = require('./dist/watch.cjs');
    handler({}, { getRemainingTimeInMillis: () => 60000, awsRequestId: 'request-1' }).then(
      (summary) => console.log(JSON.stringify(summary)), (error) => console.log(error));`;

  test.each(Object.keys(PROGRAMS))('%s', async (name) => {
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
    for (const fault of FAULTS) simulator.fault(fault);
    for (let runs = 0; FAULTS.some((fault) => !simulator.fired[fault]) && runs < 9; runs += 1) {
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
    expect(Object.keys(simulator.fired).toSorted()).toEqual(FAULTS.toSorted());
    for (const type of HTTP_TYPES) expect(receiver.at(pathOf(type, 'gone')).length).toBeGreaterThan(0);
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
  /** A pager gets no reason. */
  const BODIES: ReadonlySet<string> = new Set(HTTP_TYPES.map((type) => `bodies to ${type}`));
  const CASES = Object.keys(WAYS).flatMap((way) => STORES.map((name) => [way, name] as const));

  test.each(CASES)('by %s, with the state in %s, wherever it got to', async (way, name) => {
    const made = await createCanaryWorld(placeOf(name));
    made.world.status('task-1', 'FULLMIGRATING');
    await made.tick();
    WAYS[way]?.(made.world);
    await made.tick();

    const leaks = new Map(leaksIn(await made.evidence()));
    const reached = [...leaks.keys()];
    expect(reached).toEqual(expect.arrayContaining(REACHED));
    expect(reached.filter((where) => !REACHED.includes(where) && !BODIES.has(where))).toEqual([]);
    expect([...new Set([...leaks.values()].flat())]).toEqual([CARELESS]);
  });
});
