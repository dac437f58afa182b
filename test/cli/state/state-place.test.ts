import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { withTakenOptions } from '../../../lib/cli/program/npm-options.ts';
import { type StatePlace, statePlace } from '../../../lib/cli/state/state-place.ts';
import type { Config } from '../../../lib/config/schema/file.ts';
import { useWorld } from '../../support/use-world.ts';

const newWorld = useWorld({ tasks: [], channels: { ops: { type: 'slack' } } });
const REDIS = 'redis://watcher:canary-p%40ss@10.0.0.7:6380/2';

async function placeOf(env: Record<string, string>, option?: string): Promise<StatePlace> {
  const { config } = await newWorld();
  return placeIn(config, env, option);
}

function placeIn(config: Config, env: Record<string, string>, option?: string): StatePlace {
  return statePlace(option, config, { env, cwd: '/somewhere' } as Parameters<typeof statePlace>[2]);
}

describe('the place of the state', () => {
  it.each<[string, Record<string, string>, string | undefined, string]>([
    ['the usual file without any word', {}, undefined, '.state/watch.db'],
    ['a table that the environment names', { STATE_TABLE: 'watch' }, undefined, 'the table watch'],
    [
      'a Redis that the environment names',
      { STATE_REDIS_URL: REDIS },
      undefined,
      'the Redis at 10.0.0.7:6380/2',
    ],
    ['what is named by an option, first', { STATE_TABLE: 'watch', STATE_REDIS_URL: REDIS }, 'a.db', 'a.db'],
    ['a Redis that an option names', { STATE_TABLE: 'watch' }, REDIS, 'the Redis at 10.0.0.7:6380/2'],
    ['a Redis with TLS', {}, 'rediss://:x@redis.example', 'the Redis at redis.example:6379'],
    ['a file that the environment names', { STATE_FILE: '/state/watch.db' }, undefined, '/state/watch.db'],
    [
      'a table before a file, which an image may name',
      { STATE_FILE: 'a.db', STATE_TABLE: 'watch' },
      undefined,
      'the table watch',
    ],
    [
      'a Redis before a file',
      { STATE_FILE: 'a.db', STATE_REDIS_URL: REDIS },
      undefined,
      'the Redis at 10.0.0.7:6380/2',
    ],
    [
      'empty variables as none',
      { STATE_TABLE: '', STATE_REDIS_URL: '', STATE_FILE: '' },
      undefined,
      '.state/watch.db',
    ],
  ])('is %s', async (_words, env, option, name) => {
    expect((await placeOf(env, option)).name).toBe(name);
  });

  it('is refused where an option names nothing', async () => {
    await expect(placeOf({}, '')).rejects.toMatchObject({
      message: expect.stringContaining('--state expects'),
    });
  });

  it('is refused when two variables name one each', async () => {
    await expect(placeOf({ STATE_TABLE: 'watch', STATE_REDIS_URL: REDIS })).rejects.toMatchObject({
      name: 'ConfigError',
      message: expect.stringMatching(/STATE_TABLE and STATE_REDIS_URL are both set/),
    });
  });

  it.each([
    ['another scheme', 'https://canary@host'],
    ['a file', 'canary.db'],
  ])('is refused when STATE_REDIS_URL is %s, without repeating it', async (_words, url) => {
    const error = await placeOf({ STATE_REDIS_URL: url }).catch((reason: Error) => reason);
    expect(error).toMatchObject({
      message: expect.stringContaining('must begin with redis:// or rediss://'),
    });
    expect(inspect(error)).not.toContain('canary');
  });

  it('shows no password, however it is looked at', async () => {
    const place = await placeOf({}, REDIS);
    expect(inspect(place, { depth: 9 }) + JSON.stringify(place)).not.toContain('canary');
  });

  it('is not repeated with its password when npm took the option', () => {
    const env = { npm_lifecycle_event: 'start', npm_config_state: REDIS };
    expect(withTakenOptions(['--state'], [], env)).toBe(
      'npm start -- --state=redis://watcher:PASSWORD@10.0.0.7:6380/2',
    );
  });
});
