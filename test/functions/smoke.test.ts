import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Packaged, packageWith } from '../support/package.ts';
import { type Dynalite, startDynalite } from '../support/store-dynalite.ts';
import {
  ACCESS_KEY,
  createWorld,
  PROJECT_ID,
  SECRET_KEY,
  SIGNING_SECRET,
  type World,
} from '../support/world.ts';

const TABLE = 'watch-state';
let world: World;
let dynalite: Dynalite;
let packaged: Packaged;

beforeAll(async () => {
  world = await createWorld({ time: 'real' });
  dynalite = await startDynalite();
  await dynalite.createTable(TABLE);
  packaged = await packageWith(`
projects:
  - id: ${PROJECT_ID}
    endpoint: ${world.simulator.endpoint}
    allowInsecure: true
    region: cn-north-4
    tasks: [task-1]
channels:
  ops: { type: slack, url: "\${SLACK_URL}", allowInsecure: true }
  cutover: { type: webhook, url: "${world.receiver.url('/cutover')}", secret: "\${SIGNING_SECRET}", allowInsecure: true }
`);
});
afterAll(async () => {
  await world.close();
  await dynalite.close();
});

/** Invokes the packaged function in a fresh Node 24 process, as the platform does at a cold start. */
async function invoke(
  env: Readonly<Record<string, string>> = {},
): Promise<{ result: unknown; output: string }> {
  const bundle = join(packaged.root, 'dist/watch.cjs');
  const program = `
    const { handler } = require(${JSON.stringify(bundle)});
    handler({}, { getRemainingTimeInMillis: () => 60000, awsRequestId: 'request-1' }).then(
      (summary) => console.log('RESULT ' + JSON.stringify(summary)),
      (error) => console.log('RESULT ' + JSON.stringify({ thrown: error.message })),
    );`;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['-e', program], {
    cwd: packaged.root,
    env: {
      WATCH_CONFIG: 'dist/packaged-watch.yml',
      LAMBDA_TASK_ROOT: packaged.root,
      STATE_TABLE: TABLE,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'made-up',
      AWS_SECRET_ACCESS_KEY: 'made-up',
      AWS_ENDPOINT_URL_DYNAMODB: dynalite.endpoint,
      HUAWEICLOUD_SDK_AK: ACCESS_KEY,
      HUAWEICLOUD_SDK_SK: SECRET_KEY,
      SLACK_URL: world.receiver.url('/ops'),
      SIGNING_SECRET,
      ...env,
    },
  });
  const output = stdout + stderr;
  const result = /^RESULT (.*)$/m.exec(output)?.[1] ?? 'null';
  return { result: JSON.parse(result), output };
}

describe("the zip's bundle, in a fresh process", () => {
  test('makes one tick against the API and the table, and tells what it saw', async () => {
    world.status('task-1', 'FULLMIGRATING');
    const first = await invoke();
    expect(first.result).toMatchObject({
      tasks: 1,
      changed: 0,
      events: 1,
      delivered: 2,
      pending: 0,
      failedLooks: 0,
    });

    world.status('task-1', 'INCRMIGEATING');
    expect((await invoke()).result).toMatchObject({ changed: 1, events: 1, delivered: 2 });
    expect((await invoke()).result).toMatchObject({ changed: 0, events: 0, delivered: 0 });

    expect(world.events('cutover').map(({ type }) => type)).toEqual([
      'dcs.migration.first_seen',
      'dcs.migration.status_changed',
    ]);
    expect(world.slack('ops')).toHaveLength(2);
  });

  test('logs JSON with the ids that a person searches for, and no secret', async () => {
    world.simulator.fault('internal error', 1);
    const { output } = await invoke();
    expect(world.simulator.fired['internal error']).toBe(1);

    const lines = output.split('\n').filter((line) => line.startsWith('{'));
    const logged = lines.map((line) => JSON.parse(line));
    expect(logged).toContainEqual(
      expect.objectContaining({ kind: 'look_failed', taskId: 'task-1', requestId: expect.any(String) }),
    );
    expect(logged).toContainEqual(expect.objectContaining({ kind: 'tick', failedLooks: 1 }));
    expect(output).not.toContain(SECRET_KEY);
    expect(output).not.toContain(SIGNING_SECRET);
    expect(output).not.toContain(world.receiver.url('/ops'));
  });

  test('throws in one clear line when the table is missing', async () => {
    const { result } = await invoke({ STATE_TABLE: 'no-such-table' });
    expect(result).toMatchObject({ thrown: expect.stringContaining('no-such-table') });
  });

  test('throws in one clear line when no table or no configuration is named', async () => {
    expect((await invoke({ STATE_TABLE: '' })).result).toMatchObject({
      thrown: expect.stringContaining('STATE_TABLE'),
    });
    expect((await invoke({ WATCH_CONFIG: 'none.yml' })).result).toMatchObject({
      thrown: expect.stringContaining('none.yml'),
    });
  });
});
