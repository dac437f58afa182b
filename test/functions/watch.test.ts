import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Platform } from '../../lib/runtime/platform.ts';
import { keepsThePlatformContract } from '../runtime/platform-contract.ts';
import {
  type ParameterServer,
  parameter,
  refused,
  secret,
  startParameterServer,
} from '../support/parameter-server.ts';
import { type Dynalite, startDynalite } from '../support/store-dynalite.ts';
import { ACCESS_KEY, createWorld, PROJECT_ID, SECRET_KEY, type World } from '../support/world.ts';

const TABLE = 'watch-platform';
let world: World;
let dynalite: Dynalite;
let server: ParameterServer;
let folder: string;
let platform: Platform;
let written = '';

beforeAll(async () => {
  world = await createWorld({ time: 'real' });
  world.status('task-1', 'FULLMIGRATING');
  dynalite = await startDynalite();
  await dynalite.createTable(TABLE);
  server = await startParameterServer();
  server.given({
    '/there': parameter('value'),
    there: secret('{"key": "value"}'),
    '/not/there': refused('ParameterNotFound'),
  });
  folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-lambda-'));
  const project = {
    id: PROJECT_ID,
    region: 'cn-north-4',
    endpoint: world.simulator.endpoint.href,
    allowInsecure: true,
    credentials: { accessKey: ACCESS_KEY, secretKey: SECRET_KEY },
    tasks: ['task-1'],
  };
  const channels = { ops: { type: 'slack', url: world.receiver.url('/ops'), allowInsecure: true } };
  await writeFile(join(folder, 'watch.yml'), JSON.stringify({ projects: [project], channels }));
  const env = { ...server.env, ...dynalite.env, STATE_TABLE: TABLE, LAMBDA_TASK_ROOT: folder };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const keep = (chunk: unknown): boolean => {
    written += String(chunk);
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(keep);
  vi.spyOn(process.stderr, 'write').mockImplementation(keep);
  ({ platform } = await import('../../functions/watch.ts'));
});
afterAll(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await Promise.all([world.close(), dynalite.close(), server.close()]);
  await rm(folder, { recursive: true });
});

describe('AWS Lambda', () => {
  keepsThePlatformContract(() => ({
    platform,
    known: { ssm: '/there', secretsmanager: 'there#key' },
    written: () => written,
  }));

  it('needs the name of a table', () => {
    vi.stubEnv('STATE_TABLE', '');
    expect(() => platform.store(undefined)).toThrow(/^STATE_TABLE is not set/);
    vi.stubEnv('STATE_TABLE', TABLE);
  });
});
