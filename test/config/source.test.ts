import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WatchError } from '../../lib/base/errors.ts';
import { Secret } from '../../lib/base/secret.ts';
import type { SecretProviders } from '../../lib/config/references/provider.ts';
import { findConfig, loadServiceConfig, readConfig } from '../../lib/config/source.ts';
import { urlOf } from '../support/channel-url.ts';
import { ENV, MINIMAL, refusalOf } from './support.ts';

let folder: string;
let empty: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watch-config-'));
  empty = at('empty');
  await mkdir(empty);
  await writeFile(at('watch.yml'), JSON.stringify(MINIMAL));
});
afterAll(() => rm(folder, { recursive: true }));

describe('The configuration is looked for', () => {
  it('at --config, else at WATCH_CONFIG, else at watch.yml', () => {
    const env = { WATCH_CONFIG: 'from-env.yml' };
    expect(findConfig({ option: 'option.yml', env, cwd: folder })).toEqual({ file: at('option.yml') });
    expect(findConfig({ env, cwd: folder })).toEqual({ file: at('from-env.yml') });
    expect(findConfig({ env: { WATCH_CONFIG: '' }, cwd: folder })).toEqual({ file: at('watch.yml') });
    expect(findConfig({ env: { WATCH_CONFIG: '/etc/w.yml' }, cwd: folder })).toEqual({ file: '/etc/w.yml' });
  });

  it('nowhere else', () => {
    expect(findConfig({ env: {}, cwd: empty })).toBeUndefined();
  });

  it('in the Parameter Store if WATCH_CONFIG says so', () => {
    expect(findConfig({ env: { WATCH_CONFIG: 'ssm:/watch/config' }, cwd: folder })).toEqual({
      ssm: '/watch/config',
    });
  });

  it('only where it is named, even if nothing is there', async () => {
    const place = findConfig({ option: 'typo.yml', env: {}, cwd: folder }) ?? { file: '' };
    const error = await refusalOf(readConfig(place, ENV));
    expect(error).toMatchObject({
      code: 'no_config',
      problems: [],
      message: `the configuration ${at('typo.yml')} cannot be read: it does not exist`,
    });
  });
});

describe('A configuration file', () => {
  it('is read with the environment, and may begin with a byte order mark', async () => {
    await writeFile(at('bom.yml'), `\ufeff${JSON.stringify(MINIMAL)}`);
    for (const name of ['watch.yml', 'bom.yml']) {
      const { projects } = await readConfig({ file: at(name) }, ENV);
      expect(projects).toHaveLength(1);
    }
  });

  it.each([
    ['is a folder', 'empty', 'it is not a regular file (but a folder, a pipe or a device)'],
    ['lies below a file', 'watch.yml/watch.yml', 'a part of its path is not a folder'],
    ['has more than 1 MB', 'large.yml', 'it has more than 1 MB'],
    ['is not UTF-8', 'latin1.yml', 'it is not UTF-8 text'],
    ['is a link to itself', 'loop.yml', 'its symbolic links form a loop'],
  ])('that %s is refused', async (_what, name, reason) => {
    await writeFile(at('large.yml'), '#'.repeat(1_000_001));
    await writeFile(at('latin1.yml'), Buffer.from('name: caf\xe9', 'latin1'));
    await symlink(at('loop.yml'), at('loop.yml')).catch(() => undefined);
    const { code, message } = await refusalOf(readConfig({ file: at(name) }, ENV));
    expect(code).toBe('no_config');
    expect(message).toBe(`the configuration ${at(name)} cannot be read: ${reason}`);
  });

  it('is named when its content is refused', async () => {
    await writeFile(at('bad.yml'), 'projects: []');
    const { code, message } = await refusalOf(readConfig({ file: at('bad.yml') }, ENV));
    expect(code).toBe('invalid_config');
    expect(message.split('\n')[0]).toBe(`${at('bad.yml')} is refused, it has 2 problems:`);
  });
});

class NotFound extends WatchError {
  override readonly name = 'NotFound';
  readonly code = 'not_found';
}

function storeWith(text: string | undefined): SecretProviders {
  const read = async (name: string) => {
    if (text === undefined) throw new NotFound(`the parameter ${name} does not exist`);
    return new Secret(text);
  };
  return { ssm: read, secretsmanager: read };
}

describe('A configuration in the Parameter Store', () => {
  const place = { ssm: '/watch/config' };

  it('is read and resolved like a file', async () => {
    const { projects } = await readConfig(place, ENV, storeWith(JSON.stringify(MINIMAL)));
    expect(projects).toHaveLength(1);
  });

  it('is named when its content is refused, which is not shown', async () => {
    const { message } = await refusalOf(readConfig(place, ENV, storeWith('canary')));
    expect(message.split('\n')[0]).toBe('ssm:/watch/config is refused, it has one problem:');
    expect(message).not.toContain('canary');
  });

  it('that cannot be read is reported as such', async () => {
    expect(await refusalOf(readConfig(place, ENV, storeWith(undefined)))).toMatchObject({
      code: 'no_config',
      message:
        'the configuration ssm:/watch/config cannot be read: the parameter /watch/config does not exist',
    });
  });

  it('needs AWS', async () => {
    const { message } = await refusalOf(readConfig(place, ENV));
    expect(message).toMatch(/only on AWS \(AWS_REGION is not set\)$/);
  });
});

describe('the configuration of a service', () => {
  const secrets = storeWith('never asked');

  it('comes from the package', async () => {
    const { config } = await loadServiceConfig({ env: ENV, folder, secrets });
    expect(config.projects).toHaveLength(1);
  });

  it('comes from the Parameter Store', async () => {
    const env = { ...ENV, WATCH_CONFIG: 'ssm:/watch/config' };
    const { config } = await loadServiceConfig({ env, folder, secrets: storeWith(JSON.stringify(MINIMAL)) });
    expect(config.projects).toHaveLength(1);
  });

  it('can be read again only if a part of it is a parameter', async () => {
    expect(await loadServiceConfig({ env: ENV, folder, secrets })).not.toHaveProperty('readAgain');

    const channels = { ops: { type: 'slack', url: '${ssm:/watch/url}' } };
    await writeFile(at('refers.yml'), JSON.stringify({ ...MINIMAL, channels }));
    let path = 'old';
    const ssm = async () => new Secret(`https://hooks.slack.com/services/${path}`);
    const env = { ...ENV, WATCH_CONFIG: 'refers.yml' };
    const { readAgain } = await loadServiceConfig({ env, folder, secrets: { ssm } });
    path = 'new';
    expect(urlOf((await readAgain?.())?.channels['ops'])).toMatch(/new$/);
  });

  it('is reported as missing in one line', async () => {
    const { message } = await refusalOf(loadServiceConfig({ env: ENV, folder: empty, secrets }));
    expect(message).toMatch(/^there is no configuration: put watch\.yml into the package/);
  });
});
