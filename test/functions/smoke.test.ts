import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { alarmsOf, environmentOf, type Packaged, packageWith } from '../support/package.ts';
import { parameter, refused, startParameterServer } from '../support/parameter-server.ts';
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

interface Invoked {
  readonly result: unknown;
  readonly output: string;
}

/** Invokes the packaged function in a fresh Node 24 process, as the platform does at a cold start. */
async function invoke(env: Readonly<Record<string, string>> = {}): Promise<Invoked> {
  const { results, output } = await invokeAt([0], env);
  return { result: results[0] ?? null, output };
}

/** Loads it as the platform does, and invokes it several times in one process that stays warm, so many minutes after now. */
async function invokeAt(
  minutes: readonly number[],
  env: Readonly<Record<string, string>>,
): Promise<{ results: unknown[]; output: string }> {
  const bundle = pathToFileURL(join(packaged.root, 'dist/watch.mjs')).href;
  const program = `
    const { now } = Date;
    const invoke = (handler, minute) => {
      Date.now = () => now() + minute * 60000;
      return handler({}, { getRemainingTimeInMillis: () => 60000, awsRequestId: 'request-' + minute }).then(
        (summary) => console.log('RESULT ' + JSON.stringify(summary)),
        (error) => console.log('RESULT ' + JSON.stringify({ thrown: error.message })),
      );
    };
    import(${JSON.stringify(bundle)}).then(({ handler }) =>
      ${JSON.stringify(minutes)}.reduce((before, minute) => before.then(() => invoke(handler, minute)), Promise.resolve()));`;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['-e', program], {
    cwd: packaged.root,
    env: {
      WATCH_CONFIG: packaged.configFile,
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
  const results = [...output.matchAll(/^RESULT (.*)$/gm)].map(([, result = 'null']) => JSON.parse(result));
  return { results, output };
}

const EMF = z.object({
  _aws: z.strictObject({
    Timestamp: z.number(),
    CloudWatchMetrics: z.array(
      z.strictObject({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.strictObject({ Name: z.string(), Unit: z.string() })),
      }),
    ),
  }),
});

/** A line in CloudWatch's embedded metric format: what it says of the figures, and the figures. */
interface EmfLine {
  readonly namespace: string;
  readonly dimensions: readonly { readonly Name: string; readonly Value: unknown }[];
  readonly figures: Readonly<Record<string, unknown>>;
}

function emfIn(output: string): EmfLine[] {
  const lines = output.split('\n').filter((line) => line.startsWith('{"_aws"'));
  return lines.map((line) => {
    const { _aws, ...values } = JSON.parse(line);
    const [metrics, ...more] = EMF.parse({ _aws })._aws.CloudWatchMetrics;
    const [dimensions = [], ...others] = metrics?.Dimensions ?? [];
    const names = metrics?.Metrics.map(({ Name }) => Name) ?? [];
    expect([...more, ...others]).toEqual([]);
    expect(Object.keys(values).toSorted()).toEqual([...dimensions, ...names].toSorted());
    return {
      namespace: metrics?.Namespace ?? '',
      dimensions: dimensions.map((name) => ({ Name: name, Value: values[name] })),
      figures: Object.fromEntries(names.map((name) => [name, values[name]])),
    };
  });
}

describe("the zip's bundle, in a fresh process", () => {
  test('makes one tick against the API and the table, and sends what it saw', async () => {
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
      expect.objectContaining({ kind: 'look_failed', taskId: 'task-1', dcsRequestId: expect.any(String) }),
    );
    for (const { kind, requestId } of logged.filter(({ kind }) => kind !== undefined)) {
      expect({ kind, requestId }).toEqual({ kind, requestId: expect.stringMatching(/^request-/) });
    }
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

describe('the figures of the function', () => {
  test('are one line for each tick, with the names that the alarms of the package watch', async () => {
    const { output } = await invoke(environmentOf(packaged));
    const [line, ...more] = emfIn(output);
    expect(more).toEqual([]);
    expect(line?.figures).toMatchObject({ Ticks: 1, Looks: 1, DeadLetters: 0, BrokenChannels: 0 });

    const alarms = [...alarmsOf(packaged).values()];
    expect(alarms).toHaveLength(4);
    for (const { Namespace, MetricName, Dimensions } of alarms) {
      expect(Namespace).toBe(line?.namespace);
      expect(Dimensions).toEqual(line?.dimensions);
      expect(line?.figures).toHaveProperty(MetricName);
    }
  });

  test('are numbers, with deliveries by outcome if there were any, and no secret', async () => {
    world.status('task-1', 'TERMINATING');
    world.receiver.answer('/ops', { status: 404, body: 'no_service' });
    const { output } = await invoke(environmentOf(packaged));
    world.receiver.answer('/ops', { status: 200, body: 'ok' });

    const [line] = emfIn(output);
    expect(line?.figures).toMatchObject({
      Events: 1,
      // The change, and that the chat is broken.
      DeliveriesDelivered: 2,
      DeliveriesBroken: 1,
      BrokenChannels: 1,
      Blind: 0,
    });
    for (const figure of Object.values(line?.figures ?? {})) expect(figure).toEqual(expect.any(Number));
    expect(line?.dimensions.map(({ Name }) => Name)).toEqual(['service']);
  });

  test('are missing where the tick failed, so that the alarm fires', async () => {
    const { result, output } = await invoke({ STATE_TABLE: 'no-such-table' });
    expect(result).toMatchObject({ thrown: expect.stringContaining('no-such-table') });
    expect(emfIn(output)).toEqual([]);
  });

  test('are missing where Powertools is configured to send none', async () => {
    const { result, output } = await invoke({ POWERTOOLS_METRICS_DISABLED: 'true' });
    expect(result).toMatchObject({ tasks: 1 });
    expect(emfIn(output)).toEqual([]);
  });
});

describe('a function that is loaded', () => {
  test('has read its configuration before it is invoked', async () => {
    const parameters = await startParameterServer();
    parameters.given({ '/watch/config': parameter('projects: []') });
    const { output } = await invokeAt([], { ...parameters.env, WATCH_CONFIG: 'ssm:/watch/config' });
    expect(parameters.asked).toHaveLength(1);
    expect(output).toBe('');
    await parameters.close();
  });

  test('says nothing of a start that failed until it is invoked, which starts it again', async () => {
    const parameters = await startParameterServer();
    const env = { ...parameters.env, WATCH_CONFIG: 'ssm:/watch/config' };
    parameters.given({ '/watch/config': refused('ParameterNotFound') });
    const { results, output } = await invokeAt([0], env);
    expect(results).toEqual([{ thrown: expect.stringContaining('ssm:/watch/config cannot be read') }]);
    expect(output.match(/cannot be read/g)).toHaveLength(1);
    expect(parameters.asked).toHaveLength(2);
    await parameters.close();
  });
});

describe('a function that stays warm', () => {
  test('sends pending deliveries to the address in its current configuration', async () => {
    const table = 'watch-state-warm';
    await dynalite.createTable(table);
    const parameters = await startParameterServer();
    const configure = (path: string) =>
      parameters.given({ '/watch/config': parameter(configText(world.receiver.url(path))) });
    configure('/old');
    world.receiver.answer('/old', () => {
      configure('/new');
      return { status: 500 };
    });
    try {
      const env = { ...parameters.env, STATE_TABLE: table, WATCH_CONFIG: 'ssm:/watch/config' };
      const { results, output } = await invokeAt([0, 6], env);
      expect(results).toMatchObject([
        { events: 1, delivered: 0, pending: 1 },
        { events: 0, delivered: 1, pending: 0 },
      ]);
      expect(world.receiver.at('/new').map(({ body }) => body)).toEqual(
        world.receiver.at('/old').map(({ body }) => body),
      );
      expect(emfIn(output).map(({ figures }) => figures['Ticks'])).toEqual([1, 1]);
      expect(output).not.toContain(world.receiver.url(''));
    } finally {
      await parameters.close();
    }
  });

  function configText(url: string): string {
    return `
projects:
  - { id: ${PROJECT_ID}, endpoint: "${world.simulator.endpoint}", allowInsecure: true, region: cn-north-4, tasks: [task-1] }
channels:
  cutover: { type: webhook, url: "${url}", secret: ${SIGNING_SECRET}, allowInsecure: true }
`;
  }
});
