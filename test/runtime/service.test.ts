import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../lib/base/secret.ts';
import { ConfigError } from '../../lib/config/errors.ts';
import type { Platform } from '../../lib/runtime/platform.ts';
import { createService } from '../../lib/runtime/service.ts';
import { textLine } from '../../lib/telemetry/describe.ts';
import { ACCESS_KEY, createWorld, PROJECT_ID, SECRET_KEY, type World } from '../support/world.ts';
import { keepsThePlatformContract, type PlatformUnderTest } from './platform-contract.ts';

const MINUTE = 60_000;
let world: World;
let folder: string;

beforeAll(async () => {
  world = await createWorld({ time: 'real' });
  world.status('task-1', 'FULLMIGRATING');
  folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-service-'));
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
});
afterAll(async () => {
  await world.close();
  await rm(folder, { recursive: true });
});

class Missing extends ConfigError {}

/** A platform of a few lines: memory, one secret, an array for log and figures. */
function createToy(changed: Partial<Platform> = {}): PlatformUnderTest {
  const lines: string[] = [];
  const platform: Platform = {
    env: {},
    folder,
    secrets: {
      async ssm(name) {
        if (name === '/there') return new Secret('value');
        throw new Missing('no_config', 'it is not there');
      },
    },
    scheduleMs: MINUTE,
    store: () => ({ kind: 'memory' }),
    log: (entry) => lines.push(`${entry.kind} ${textLine(entry, new Date())}`),
    publish: async (metrics) =>
      void lines.push(...metrics.map(({ name, value }) => `figure ${name} ${value}`)),
    ...changed,
  };
  return { platform, known: { ssm: '/there' }, written: () => lines.join('\n') };
}

describe('a platform of a few lines', () => {
  keepsThePlatformContract(createToy);
});

describe('a service', () => {
  it('publishes the figures of each tick once, and of that tick alone', async () => {
    const { platform, written } = createToy();
    const { invoke } = createService(platform);
    await invoke(MINUTE);
    await invoke(MINUTE);
    expect(written().match(/figure Ticks 1/g)).toHaveLength(2);
    expect(written().match(/figure Events \d/g)).toEqual(['figure Events 1', 'figure Events 0']);
  });

  it('starts again after a failed start, and publishes nothing for that', async () => {
    let starts = 0;
    const { platform, written } = createToy({
      store() {
        starts += 1;
        if (starts === 1) throw new ConfigError('no_config', 'no store is named');
        return { kind: 'memory' };
      },
    });
    const { invoke } = createService(platform);
    await expect(invoke(MINUTE)).rejects.toThrow('no store is named');
    expect(written()).toBe('');
    expect(await invoke(MINUTE)).toMatchObject({ tasks: 1 });
    expect(starts).toBe(2);
  });

  it('that begins early is started for the first invocation', async () => {
    let starts = 0;
    const { platform, written } = createToy({
      store() {
        starts += 1;
        return { kind: 'memory' };
      },
    });
    const service = createService(platform);
    await service.begin();
    expect(starts).toBe(1);
    expect(written()).not.toContain('tick');
    expect(await service.invoke(MINUTE)).toMatchObject({ tasks: 1 });
    expect(starts).toBe(1);
  });

  it('that cannot begin early says so at the first invocation, which starts it again', async () => {
    const { platform } = createToy({
      store() {
        throw new ConfigError('no_config', 'no store is named');
      },
    });
    const service = createService(platform);
    await service.begin();
    await expect(service.invoke(MINUTE)).rejects.toThrow('no store is named');
  });

  it('that begins before its first invocation has started by then, and logs what it found with that', async () => {
    const { platform, written } = createToy();
    const { begin, invoke } = createService(platform);
    await begin();
    expect(written()).toBe('');
    expect(await invoke(MINUTE)).toMatchObject({ tasks: 1 });
    expect(written()).toMatch(/^problem .*ids have 32 hexadecimal digits/);
  });

  it('that begins with a failure says nothing, and starts again when it is invoked', async () => {
    let starts = 0;
    const { platform, written } = createToy({
      store() {
        starts += 1;
        if (starts === 1) throw new ConfigError('no_config', 'no store is named');
        return { kind: 'memory' };
      },
    });
    const { begin, invoke } = createService(platform);
    await begin();
    expect({ starts, written: written() }).toEqual({ starts: 1, written: '' });
    expect(await invoke(MINUTE)).toMatchObject({ tasks: 1 });
    expect(starts).toBe(2);
  });

  it('starts once for all invocations', async () => {
    let starts = 0;
    const { platform } = createToy({
      store() {
        starts += 1;
        return { kind: 'memory' };
      },
    });
    const { invoke } = createService(platform);
    await Promise.all([invoke(MINUTE), invoke(MINUTE)]);
    expect(starts).toBe(1);
  });
});
