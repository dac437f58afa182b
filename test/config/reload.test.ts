import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../lib/config/errors.ts';
import { freshness, reloadWhenStale } from '../../lib/config/reload.ts';
import type { Config } from '../../lib/config/schema/file.ts';
import { ENV, load, MINIMAL, refusalOf } from './support.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-01-05T00:00:00.000Z');

describe('A configuration that was read', () => {
  it.each([
    [0, 'fresh'],
    [5 * MINUTE - 1, 'fresh'],
    [5 * MINUTE, 'stale'],
    [60 * MINUTE - 1, 'stale'],
    [60 * MINUTE, 'unusable'],
    [24 * 60 * MINUTE, 'unusable'],
  ])('%i ms ago by either clock is %s', (age, expected) => {
    const readAt = { now: START, elapsed: 1000 };
    expect(freshness(readAt, { now: START + age, elapsed: 1000 + age })).toBe(expected);
    expect(freshness(readAt, { now: START, elapsed: 1000 + age })).toBe(expected);
    expect(freshness(readAt, { now: START + age, elapsed: 1000 })).toBe(expected);
  });

  it.each([
    [5 * MINUTE - 1, 'fresh'],
    [5 * MINUTE, 'stale'],
    [24 * 60 * MINUTE, 'stale'],
  ])('is read again, and stays in use, when the clock was set back by %i ms', (back, expected) => {
    const readAt = { now: START, elapsed: 1000 };
    expect(freshness(readAt, { now: START - back, elapsed: 1000 })).toBe(expected);
  });
});

/** A keeper at a clock that stands still until it is moved, with readings that the test answers. */
async function warmConfig(readAgain?: () => Promise<Config>, patienceMs?: number) {
  const time = { now: START };
  const config = await load(MINIMAL);
  const reload = reloadWhenStale({
    config,
    readAgain,
    clock: { now: () => time.now, elapsed: () => time.now - START },
    ...(patienceMs !== undefined && { patienceMs }),
  });
  return { config, reload, time };
}

describe('the configuration of a warm program', () => {
  it('stays in use for ever where it cannot change', async () => {
    const { config, reload, time } = await warmConfig();
    time.now += 1000 * 60 * MINUTE;
    expect((await reload()).config).toBe(config);
  });

  it('is the same object while nothing has changed, and another one afterwards', async () => {
    let latest: object = MINIMAL;
    const { config, reload, time } = await warmConfig(() => load(latest));
    time.now += 6 * MINUTE;
    expect((await reload()).config).toBe(config);

    const changes = [
      { ...MINIMAL, projects: [{ ...MINIMAL.projects[0], endpoint: 'https://dcs.example.com' }] },
      { ...MINIMAL, channels: { ops: { type: 'slack', url: 'https://hooks.slack.com/services/other' } } },
      { ...MINIMAL, settings: { heartbeat: 'https://ping.example.com/one' } },
      { ...MINIMAL, settings: { heartbeat: 'https://ping.example.com/two' } },
    ];
    for (const change of changes) {
      const before = (await reload()).config;
      latest = change;
      time.now += 6 * MINUTE;
      expect((await reload()).config).not.toBe(before);
    }
  });

  it('counts as changed when only credentials were rotated', async () => {
    let env = ENV;
    const { config, reload, time } = await warmConfig(() => load(MINIMAL, { env }));
    env = { ...ENV, HUAWEICLOUD_SDK_SK: 'another' };
    time.now += 6 * MINUTE;
    const { config: latest } = await reload();
    expect(latest).not.toBe(config);
    expect(latest.projects[0]?.credentials.secretKey.reveal()).toBe('another');
  });

  it('stays in use while parameters are slow, and is replaced when they have arrived', async () => {
    const changed = await load({ ...MINIMAL, settings: { requestsPerSecond: 3 } });
    const slow = Promise.withResolvers<Config>();
    let readings = 0;
    const { config, reload, time } = await warmConfig(() => {
      readings += 1;
      return slow.promise;
    }, 20);

    time.now += 6 * MINUTE;
    for (let tick = 0; tick < 2; tick += 1) {
      const { config: used, problem } = await reload();
      expect(used).toBe(config);
      expect(problem).toMatch(
        /the one from 6 min ago is used, for at most 60 min: no answer within 0\.02 s$/,
      );
    }
    expect(readings).toBe(1);

    slow.resolve(changed);
    expect(await reload()).toEqual({ config: changed });
  });

  it('survives a reading that fails after nobody waits for it', async () => {
    const slow = Promise.withResolvers<Config>();
    const answers = [slow.promise, load({ ...MINIMAL, settings: { requestsPerSecond: 3 } })];
    const { config, reload, time } = await warmConfig(() => answers.shift() ?? slow.promise, 20);
    time.now += 6 * MINUTE;
    expect((await reload()).problem).toContain('no answer within');
    slow.reject(new ConfigError('no_config', 'too late'));
    await expect(slow.promise).rejects.toThrow('too late');

    const kept = await reload();
    expect(kept.config).not.toBe(config);
    expect(kept.problem).toBeUndefined();
  });

  it('is not used after an hour of waiting for parameters', async () => {
    const { reload, time } = await warmConfig(() => new Promise(() => undefined), 20);
    time.now += 60 * MINUTE;
    expect((await refusalOf(reload())).message).toMatch(/older than 60 min.*no answer within/);
  });

  it('is refused after an hour with all problems of the new one', async () => {
    const { reload, time } = await warmConfig(() => load({ projects: [], channels: {} }));
    time.now += 61 * MINUTE;
    const refusal = await refusalOf(reload());
    expect(refusal).toBeInstanceOf(ConfigError);
    expect(refusal).toMatchObject({
      code: 'invalid_config',
      problems: [{ path: 'projects' }, { path: 'channels' }],
    });
  });

  it('survives an internal error in reading, without its text', async () => {
    const { config, reload, time } = await warmConfig(() => Promise.reject(new TypeError('canary')));
    time.now += 6 * MINUTE;
    const kept = await reload();
    expect(kept.config).toBe(config);
    expect(kept.problem).toMatch(/: internal error \(TypeError\)$/);
  });
});
