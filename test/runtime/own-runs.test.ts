import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Secret } from '../../lib/base/secret.ts';
import { endRun, loadRuns, takeRun } from '../../lib/records/runs/runs.ts';
import { createOwnRuns, type StartRun, wantsOwnRuns } from '../../lib/runtime/dispatch/dispatch.ts';
import { startRunOnAws } from '../../lib/runtime/dispatch/on-aws.ts';
import { startRunOnFunctionGraph } from '../../lib/runtime/dispatch/on-functiongraph.ts';
import { StoreError } from '../../lib/store/errors.ts';
import { healthProblems } from '../../lib/telemetry/health.ts';
import { MINUTE, WEBHOOK, world } from '../poll/support.ts';
import type { World } from '../support/world.ts';

const PROD = '254d2280acb74d36a8b839746bcd7352';
const TEST = '0123456789abcdef0123456789abcdef';
const OTHER = 'ffffffffffffffffffffffffffffffff';

async function twoProjects(runPerProject: 'auto' | 'always' | 'never' = 'always') {
  const made = await world({
    projects: [
      { name: 'prod', id: PROD, tasks: ['task-1'] },
      { name: 'test', id: TEST, tasks: ['task-2'] },
    ],
    groups: { both: { tasks: ['task-1', 'task-2'] } },
    channels: WEBHOOK,
    settings: { runPerProject },
  });
  return { made, log: [...made.log], place: (name: string) => made.projects[name] };
}

function ownRuns({ store, log, clock }: World, start: StartRun | undefined) {
  const logged: unknown[] = [...log];
  const runs = createOwnRuns({ start, store, clock, everyMs: MINUTE, log: (entry) => logged.push(entry) });
  return { runs, logged };
}

describe('runs for each project', () => {
  it('are wanted with more than 2,000 tasks in several projects, or when the configuration says so', async () => {
    const { made } = await twoProjects('auto');
    const many = Array.from({ length: 1001 }, (_, i) => ({ id: `task-${i}`, labels: {} }));
    const [prod, other] = made.config.projects;
    if (prod === undefined || other === undefined) throw new Error('two projects were asked for');
    const big = { ...made.config, projects: [prod, other].map((one) => ({ ...one, tasks: many })) };
    const set = (runPerProject: 'always' | 'never') => ({ ...big.settings, runPerProject });
    expect(wantsOwnRuns(made.config)).toBe(false);
    expect(wantsOwnRuns(big)).toBe(true);
    expect(wantsOwnRuns({ ...big, settings: set('never') })).toBe(false);
    expect(wantsOwnRuns({ ...made.config, settings: set('always') })).toBe(true);
    const one = { ...prod, tasks: [...many, ...many] };
    expect(wantsOwnRuns({ ...big, projects: [one, { ...one, name: 'again' }] })).toBe(false);
  });

  it('are started all, and this one looks at nothing itself', async () => {
    const { made } = await twoProjects();
    const started: string[] = [];
    const { runs } = ownRuns(made, async (id) => void started.push(id));
    const part = await runs(made.config);
    expect(started.toSorted()).toEqual([PROD, TEST].toSorted());
    expect(await made.tick(part)).toMatchObject({ tasks: 0, looks: 0, elsewhere: 2, blind: [] });
  });

  it('are looked at here where they cannot be started', async () => {
    const { made, place } = await twoProjects();
    place('test')?.status('task-2', 'FULLMIGRATING');
    const { runs, logged } = ownRuns(made, async (id) => {
      if (id === TEST) throw new Error('the network is away');
    });
    const report = await made.tick(await runs(made.config));
    expect(report).toMatchObject({ tasks: 1, looks: 1, elsewhere: 1 });
    expect(logged).toContainEqual({
      kind: 'problem',
      message:
        'project test: a run of its own could not be started, so this one looks at it: internal error (Error)',
    });
  });

  it('are left alone where one goes on whose start seemed to fail', async () => {
    const { made, place } = await twoProjects();
    place('test')?.status('task-2', 'FULLMIGRATING');
    const answerLost: StartRun = async (id) => {
      if (id === TEST) throw new Error('the answer was lost');
    };
    const request = { owner: 'its own run', now: new Date(made.clock.now()), forMs: MINUTE };
    const held = await takeRun(made.store, TEST, request);
    const { runs } = ownRuns(made, answerLost);
    expect(await made.tick(await runs(made.config))).toMatchObject({ tasks: 0, looks: 0, elsewhere: 2 });
    expect(made.log).toContainEqual({
      kind: 'notice',
      message: `another run of project ${TEST} still goes on; this one leaves it to that`,
    });
    if (held !== undefined) await endRun(made.store, held, request.now, request.now);
    expect(await made.tick(await runs(made.config))).toMatchObject({ tasks: 1, looks: 1, elsewhere: 1 });
  });

  it('end at once while this one looks at their project', async () => {
    const { made } = await twoProjects();
    const { runs } = ownRuns(made, async (id) => {
      if (id === TEST) throw new Error('the answer was lost');
    });
    const started = made.clock.now();
    const part = await runs(made.config);
    let late: { readonly looks: number } | undefined;
    const store = {
      ...made.store,
      load: async (partition: string) => {
        if (partition === `project:${TEST}`) late ??= await made.tick({ project: 'test' });
        return made.store.load(partition);
      },
    };
    expect(await made.tick({ ...part, store })).toMatchObject({ looks: 1 });
    expect(late).toMatchObject({ tasks: 0, looks: 0 });
    const ended = (await loadRuns(made.store)).get(TEST);
    expect(ended).toMatchObject({ endedRunAt: new Date(started).toISOString() });
    expect(await made.tick({ project: 'test' })).toMatchObject({ looks: 1 });
  });

  it('can begin at once after this one failed in their place', async () => {
    const { made } = await twoProjects();
    const { runs } = ownRuns(made, async () => {
      throw new Error('the network is away');
    });
    const store = {
      ...made.store,
      load: async (partition: string) => {
        if (partition === `project:${TEST}`) throw new StoreError('unavailable', 'the table is throttled');
        return made.store.load(partition);
      },
    };
    const part = await runs(made.config);
    await expect(made.tick({ ...part, store })).rejects.toThrow('the table is throttled');
    expect((await loadRuns(made.store)).get(TEST)?.endedRunAt).toBeUndefined();
    expect(await made.tick({ project: 'test' })).toMatchObject({ looks: 1 });
  });

  it('are made good where their right cannot be taken', async () => {
    const { made } = await twoProjects();
    const { runs } = ownRuns(made, async () => {
      throw new Error('the network is away');
    });
    const part = await runs(made.config);
    const store = {
      ...made.store,
      get: async (key: Parameters<typeof made.store.get>[0]) => {
        if (key.partition === 'runs') throw new StoreError('unavailable', 'the table is throttled');
        return made.store.get(key);
      },
    };
    expect(await made.tick({ ...part, store })).toMatchObject({ tasks: 2, looks: 2 });
    expect(made.log).toContainEqual({
      kind: 'problem',
      message: `the right to run project ${TEST} was not taken, so another run of it may go on: the table is throttled`,
    });
  });

  it('are not started where that could not be noted, so that none is missing unseen', async () => {
    const { made } = await twoProjects();
    const save = async () => {
      throw new StoreError('unavailable', 'the table is throttled');
    };
    const started: string[] = [];
    const throttled = { ...made, store: { ...made.store, save } };
    const { runs } = ownRuns(throttled, async (id) => void started.push(id));
    expect(await runs(made.config)).toEqual({ started: [], instead: [PROD, TEST], blind: [] });
    expect(started).toEqual([]);
  });

  it('are reported as missing when none has come to its end for three periods', async () => {
    const { made } = await twoProjects();
    const since = new Date(made.clock.now()).toISOString();
    // Each scheduled run may be the first of its process.
    const runs = (config: typeof made.config) => ownRuns(made, async () => undefined).runs(config);
    for (let minute = 0; minute <= 4; minute += 1) {
      expect(await runs(made.config)).toMatchObject({ blind: [] });
      made.clock.advance(MINUTE);
      await made.tick({ project: 'prod' });
    }
    const part = await runs(made.config);
    const report = await made.tick(part);
    expect(report.blind).toEqual([
      { project: 'test', since, reason: 'its runs do not come to an end', isLasting: true },
    ]);
    expect(healthProblems(report)).toEqual([
      `nothing seen of test since ${since.replace('.000Z', 'Z')} (its runs do not come to an end)`,
    ]);
    await made.tick({ project: 'test' });
    expect(await runs(made.config)).toMatchObject({ blind: [] });
  });

  it.each([
    ['an outage', 90],
    ['a rest that is little longer than three periods', 3.5],
  ])('are not reported as missing right after %s', async (_, minutes) => {
    const { made } = await twoProjects();
    const blindIn = async () => (await ownRuns(made, async () => undefined).runs(made.config)).blind;
    for (let minute = 0; minute < 6; minute += 1) {
      await blindIn();
      await made.tick({ project: 'prod' });
      await made.tick({ project: 'test' });
      made.clock.advance(MINUTE);
    }
    const since = new Date(made.clock.now() - MINUTE).toISOString();
    made.clock.advance(minutes * MINUTE);
    // None of its runs comes to its end any more.
    for (let minute = 0; minute <= 3; minute += 1) {
      expect(await blindIn()).toEqual([]);
      await made.tick({ project: 'prod' });
      made.clock.advance(MINUTE);
    }
    expect(await blindIn()).toMatchObject([{ project: 'test', since }]);
  });

  it('are not reported as missing for a project that the configuration has again', async () => {
    const { made } = await twoProjects();
    const { runs } = ownRuns(made, async () => undefined);
    const long = new Date(made.clock.now() - 90 * MINUTE);
    const held = await takeRun(made.store, TEST, { owner: 'before', now: long, forMs: MINUTE });
    if (held !== undefined) await endRun(made.store, held, long, long);
    const others = made.config.projects.map((one) => (one.id === TEST ? { ...one, id: OTHER } : one));
    const without = { ...made.config, projects: others };
    for (let minute = 0; minute < 6; minute += 1) {
      await runs(without);
      made.clock.advance(MINUTE);
    }
    expect((await runs(made.config)).blind).toEqual([]);
  });

  it('are not reported as missing when somebody asks for them several times in a minute', async () => {
    const { made } = await twoProjects();
    const { runs } = ownRuns(made, async () => undefined);
    for (let ask = 0; ask < 10; ask += 1) {
      expect((await runs(made.config)).blind).toEqual([]);
      made.clock.advance(MINUTE / 10);
    }
  });

  it('are started where the ask itself could not be noted, and the log says so', async () => {
    const { made } = await twoProjects();
    await ownRuns(made, async () => undefined).runs(made.config);
    const save = async () => {
      throw new StoreError('unavailable', 'the table is throttled');
    };
    const { runs, logged: lines } = ownRuns(
      { ...made, store: { ...made.store, save } },
      async () => undefined,
    );
    expect(await runs(made.config)).toMatchObject({ instead: [], blind: [] });
    expect(lines).toContainEqual({
      kind: 'problem',
      message: 'that the runs of the projects were asked for was not noted: the table is throttled',
    });
  });

  it('leave the groups to this one, by what they saved', async () => {
    const { made, place } = await twoProjects();
    for (const [name, task] of [
      ['prod', 'task-1'],
      ['test', 'task-2'],
    ] as const) {
      place(name)?.status(task, 'FULLMIGRATING');
      await made.tick({ project: name });
      place(name)?.status(task, 'FAILED');
      made.clock.advance(MINUTE);
      await made.tick({ project: name });
    }
    const before = made.events('cutover').length;
    await made.tick({ started: [PROD, TEST] });
    expect(made.events('cutover').slice(before)).toMatchObject([{ type: 'dcs.group.failed' }]);
    await made.tick({ started: [PROD, TEST] });
    expect(made.events('cutover')).toHaveLength(before + 1);
  });

  it('share the pause that a channel asks for: the next run of another project keeps it', async () => {
    const { made, place } = await twoProjects();
    const posts = () => made.receiver.at('/cutover').length;
    place('prod')?.status('task-1', 'FULLMIGRATING');
    place('test')?.status('task-2', 'FULLMIGRATING');
    made.receiver.answer('/cutover', { status: 429, headers: { 'retry-after': '600' } });
    await made.tick({ project: 'prod' });
    expect(posts()).toBe(1);
    made.receiver.answer('/cutover', { status: 200 });
    for (let minute = 0; minute < 9; minute += 1) {
      made.clock.advance(MINUTE);
      expect(await made.tick({ project: 'test' })).toMatchObject({ looks: 1 });
    }
    expect(posts()).toBe(1);
    made.clock.advance(2 * MINUTE);
    await made.tick({ project: 'test' });
    expect(posts()).toBe(2);
  });

  it('go on one at a time', async () => {
    const { made } = await twoProjects();
    const request = { owner: 'another', now: new Date(made.clock.now()), forMs: MINUTE };
    const held = await takeRun(made.store, PROD, request);
    expect(held).toBeDefined();
    expect(await made.tick({ project: 'prod' })).toMatchObject({ tasks: 0, looks: 0 });
    expect(made.log).toContainEqual({
      kind: 'notice',
      message: `another run of project ${PROD} still goes on; this one leaves it to that`,
    });
    if (held !== undefined) await endRun(made.store, held, request.now, request.now);
    expect(await made.tick({ project: 'prod' })).toMatchObject({ tasks: 1, looks: 1 });
  });

  it('go on at once after one that failed, which does not count as an end', async () => {
    const { made } = await twoProjects();
    const store = {
      ...made.store,
      load: async (partition: string) => {
        if (partition === `project:${PROD}`) throw new StoreError('unavailable', 'the table is throttled');
        return made.store.load(partition);
      },
    };
    await expect(made.tick({ project: 'prod', store })).rejects.toThrow('the table is throttled');
    const after = (await loadRuns(made.store)).get(PROD);
    expect(after).toMatchObject({ askedAt: new Date(made.clock.now()).toISOString() });
    expect(after?.endedRunAt).toBeUndefined();
    expect(await made.tick({ project: 'prod' })).toMatchObject({ tasks: 1, looks: 1 });
    expect((await loadRuns(made.store)).get(PROD)?.askedAt).toBeUndefined();
  });

  it('go on after one that was killed, as soon as its time is over', async () => {
    const { made } = await twoProjects();
    await takeRun(made.store, PROD, { owner: 'killed', now: new Date(made.clock.now()), forMs: MINUTE });
    made.clock.advance(MINUTE);
    expect(await made.tick({ project: 'prod' })).toMatchObject({ looks: 1 });
  });
});

describe('a run on AWS Lambda', () => {
  afterEach(() => vi.unstubAllEnvs());

  /** An endpoint of Lambda that answers with this status. */
  async function lambda(status: number, error?: string) {
    const requests: { readonly url: string; readonly type: unknown; readonly body: string }[] = [];
    const server = createServer(async (request, response) => {
      const type = request.headers['x-amz-invocation-type'];
      requests.push({ url: request.url ?? '', type, body: await text(request) });
      if (error !== undefined) response.setHeader('x-amzn-errortype', error);
      response.writeHead(status, { 'content-type': 'application/json' }).end(error === undefined ? '' : '{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', `http://127.0.0.1:${address.port}`);
    vi.stubEnv('AWS_REGION', 'eu-west-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'TESTACCESSKEY0000001');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'canary-secret-key-5kQ');
    return { requests, close: () => new Promise((resolve) => server.close(resolve)) };
  }

  it('is started asynchronously, with the project in its event', async () => {
    const { requests, close } = await lambda(202);
    await startRunOnAws({ AWS_LAMBDA_FUNCTION_NAME: 'watch' })?.(PROD);
    expect(requests).toEqual([
      {
        url: '/2015-03-31/functions/watch/invocations',
        type: 'Event',
        body: JSON.stringify({ project: PROD }),
      },
    ]);
    await close();
  });

  it('says what to permit when its role may not start it', async () => {
    const { close } = await lambda(403, 'AccessDeniedException');
    await expect(startRunOnAws({ AWS_LAMBDA_FUNCTION_NAME: 'watch' })?.(PROD)).rejects.toThrow(
      'Lambda answers AccessDeniedException: permit lambda:InvokeFunction on the function itself, or set settings.runPerProject: never',
    );
    await close();
  });

  it('is not known outside of Lambda', () => {
    expect(startRunOnAws({})).toBeUndefined();
  });
});

describe('a run on FunctionGraph', () => {
  const REGION = { HUAWEICLOUD_SDK_REGION: 'cn-north-4' };
  const KEYS = { accessKey: new Secret('ak'), secretKey: new Secret('canary-sk') };

  /** On the function `watch`, or on one without a name. */
  function onFunctionGraph(env: Readonly<Record<string, string>>, name: string | undefined, keys = true) {
    const context = { getProjectID: () => PROD, getFunctionName: () => name };
    return startRunOnFunctionGraph({
      env,
      context: () => context,
      credentials: () => (keys ? KEYS : undefined),
    });
  }

  it('is not known without a region, and without the name of the function', () => {
    expect(onFunctionGraph({}, 'watch')).toBeUndefined();
    expect(onFunctionGraph(REGION, undefined)).toBeUndefined();
    expect(onFunctionGraph(REGION, 'watch')).toBeDefined();
  });

  it('is not started without an agency', async () => {
    await expect(onFunctionGraph(REGION, 'watch', false)?.(PROD)).rejects.toThrow(
      'the function has no agency; give it one that may invoke it',
    );
  });

  it('is not started at an endpoint that is no address', async () => {
    const env = { ...REGION, FUNCTIONGRAPH_ENDPOINT: 'functiongraph' };
    await expect(onFunctionGraph(env, 'watch')?.(PROD)).rejects.toThrow(
      'FUNCTIONGRAPH_ENDPOINT is not an address; expected https://host',
    );
  });

  it('repeats no words of the answer but a code', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(500).end('{"error_code":"it is 1234567890","error_msg":"canary"}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const env = { ...REGION, FUNCTIONGRAPH_ENDPOINT: `http://127.0.0.1:${address.port}/` };
    await expect(onFunctionGraph(env, 'watch')?.(PROD)).rejects.toThrow(/^FunctionGraph answers 500$/);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});
