import { rm } from 'node:fs/promises';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Invocations, startInvocations } from '../../support/functiongraph/invocations.ts';
import { NODES } from '../../support/functiongraph/nodes.ts';
import { packagingFolder, unpacked } from '../../support/functiongraph/package.ts';
import { type CloudFunction, createFunction } from '../../support/functiongraph/platform.ts';
import { NO_REDIS, type RedisServer, startRedis } from '../../support/redis-server.ts';
import { createWorld, PROJECT_ID, SIGNING_SECRET, type World } from '../../support/world.ts';

const TEST_ID = '0123456789abcdef0123456789abcdef';
const INVOCATIONS = `/v2/${PROJECT_ID}/fgs/functions/urn:fss:cn-north-4:${PROJECT_ID}:function:default:dcs-migration-watch:latest/invocations-async`;

const CONFIG = `
projects:
  - { id: ${PROJECT_ID}, name: prod, region: cn-north-4, endpoint: "\${PROD_URL}", allowInsecure: true, tasks: [task-1] }
  - { id: ${TEST_ID}, name: test, region: cn-north-4, endpoint: "\${TEST_URL}", allowInsecure: true, tasks: [task-2] }
channels:
  cutover: { type: webhook, url: "\${HOOK_URL}", secret: "\${HOOK_SECRET}", allowInsecure: true }
settings: { runPerProject: always }
`;

const keys = { accessKey: '', secretKey: '', securityToken: '' };
let generation = 0;
let codeRoot: string;
let redis: RedisServer;
let world: World;
let cloud: CloudFunction | undefined;
let api: Invocations | undefined;

function renewKeys(): void {
  generation += 1;
  keys.accessKey = `AGENCYACCESSKEY${generation}`;
  keys.secretKey = `canary-agency-secret-${generation}`;
  keys.securityToken = `canary-agency-token-${generation}`;
}

beforeAll(async () => {
  const place = await packagingFolder();
  const { zip, err } = await place.package(CONFIG);
  if (zip === undefined) throw new Error(err);
  codeRoot = await unpacked(zip);
  await place.close();
});
afterAll(() => rm(codeRoot, { recursive: true }));
beforeEach(async () => {
  renewKeys();
  redis = await startRedis([]);
  world = await createWorld({
    time: 'real',
    credentials: keys,
    projects: [
      { name: 'prod', id: PROJECT_ID, tasks: ['task-1'] },
      { name: 'test', id: TEST_ID, tasks: ['task-2'] },
    ],
  });
  setStatus('RUNNING');
});
afterEach(async () => {
  await Promise.all([cloud?.dropInstances(), api?.close()]);
  [cloud, api] = [undefined, undefined];
  await Promise.all([world.close(), redis.close()]);
});

function setStatus(status: string): void {
  world.projects['prod']?.status('task-1', status);
  world.projects['test']?.status('task-2', status);
}

function functionOn(node: string, endpoint: string, region = 'cn-north-4'): CloudFunction {
  const variables = {
    PROD_URL: world.projects['prod']?.simulator.endpoint.href ?? '',
    TEST_URL: world.projects['test']?.simulator.endpoint.href ?? '',
    HOOK_URL: world.receiver.url('/cutover'),
    HOOK_SECRET: SIGNING_SECRET,
    STATE_REDIS_URL: redis.url().reveal(),
    HUAWEICLOUD_SDK_REGION: region,
    FUNCTIONGRAPH_ENDPOINT: endpoint,
  };
  return createFunction({ node, codeRoot, keys: () => ({ ...keys }), variables });
}

/** A function beside an API that takes its invocations. */
async function invocable(
  node: string,
  refuse?: { status: number; code: string },
): Promise<{ readonly made: CloudFunction; readonly invocations: Invocations }> {
  let made: CloudFunction | undefined;
  const invoke = async (event: unknown) => made?.invoke(event);
  const invocations = await startInvocations({
    keys: () => keys,
    invoke,
    ...(refuse !== undefined && { refuse }),
  });
  made = functionOn(node, invocations.url);
  [cloud, api] = [made, invocations];
  return { made, invocations };
}

/** Subjects of the events that the webhook got, each signature verified; no id may come twice. */
function subjects(): readonly string[] {
  const webhook = new Webhook(SIGNING_SECRET);
  const events = world.receiver.at('/cutover').map(({ body, headers }) => {
    const signed = Object.entries(headers).map(([name, value]) => [name, String(value)]);
    return Object(webhook.verify(body, Object.fromEntries(signed)));
  });
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  return events.map(({ subject }) => String(subject)).toSorted();
}

describe.skipIf(NO_REDIS).each(NODES)('runs of two projects on Node.js $version', ({ file, isLeftOut }) => {
  describe.skipIf(isLeftOut)('that the scheduled run starts', () => {
    it('send the events of both, each once, and are signed with the keys of the newest event', async () => {
      const { made, invocations } = await invocable(file);
      expect(await made.tick()).toMatchObject({ tasks: 0, events: 0 });
      expect(await invocations.ends()).toMatchObject([{ events: 1 }, { events: 1 }]);
      expect(invocations.answers).toEqual(Array(2).fill({ path: INVOCATIONS, status: 202 }));
      expect(subjects()).toEqual(['task-1', 'task-2']);

      renewKeys();
      setStatus('FULLMIGRATING');
      expect(await made.tick()).toMatchObject({ tasks: 0, events: 0, failedLooks: 0 });
      await invocations.ends();
      expect(invocations.answers).toEqual(Array(4).fill({ path: INVOCATIONS, status: 202 }));
      expect(subjects()).toEqual(['task-1', 'task-1', 'task-2', 'task-2']);

      await made.tick();
      await invocations.ends();
      expect(subjects()).toHaveLength(4);
    });
  });
});

describe.skipIf(NO_REDIS)('a scheduled run that cannot start others', () => {
  it('looks at the projects itself when the API is away', async () => {
    cloud = functionOn(process.execPath, 'http://127.0.0.1:1');
    expect(await cloud.tick()).toMatchObject({ tasks: 2, events: 2, failedLooks: 0 });
    expect(subjects()).toEqual(['task-1', 'task-2']);
    expect(cloud.log()).toContain(
      'project test: a run of its own could not be started, so this one looks at it: ',
    );
  });

  it('looks at them itself when the agency may not invoke it, and says what to permit', async () => {
    const { made } = await invocable(process.execPath, { status: 403, code: 'FSS.0403' });
    expect(await made.tick()).toMatchObject({ tasks: 2, events: 2 });
    expect(subjects()).toEqual(['task-1', 'task-2']);
    expect(made.log()).toContain(
      'FunctionGraph answers 403 (FSS.0403): permit functiongraph:function:invokeAsync to the agency, or set settings.runPerProject: never',
    );
    expect(made.log()).not.toContain('1234567890');
  });

  it('does as before where its region is not known', async () => {
    cloud = functionOn(process.execPath, 'http://127.0.0.1:1', '');
    expect(await cloud.tick()).toMatchObject({ tasks: 2, events: 2 });
    expect(cloud.log()).not.toContain('could not be started');
  });
});
