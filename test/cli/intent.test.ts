import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { noConfiguration, signsOfWork } from '../../lib/cli/intent.ts';

let cwd: string;

beforeEach(async () => {
  cwd = join(await mkdtemp(join(tmpdir(), 'dcs-migration-watch-intent-')), 'here');
  await mkdir(cwd);
});

const NOTHING = { options: [], env: {}, isTerminal: false } as const;

describe('signs that real work is meant', () => {
  test('are absent in an empty folder with an ordinary environment', () => {
    const env = { PATH: '/bin', HOME: '/root', CI: 'true', KUBERNETES_SERVICE_HOST: '10.0.0.1' };
    expect(signsOfWork({ ...NOTHING, env, cwd })).toEqual([]);
  });

  test('are absent where there are only files that this project ships', async () => {
    for (const name of ['watch.example.yml', 'watch.schema.json']) await writeFile(join(cwd, name), '');
    expect(signsOfWork({ ...NOTHING, cwd })).toEqual([]);
  });

  test.each([
    'STATE_TABLE',
    'STATE_REDIS_URL',
    'STATE_DIRECTORY',
    'WATCH_CONFIG',
    'INVOCATION_ID',
    'NOTIFY_SOCKET',
    'SUPERVISOR_ENABLED',
    'RC_SVCNAME',
    'pm_id',
  ])('include the variable %s', (name) => {
    expect(signsOfWork({ ...NOTHING, env: { [name]: '' }, cwd }).join()).toContain(name);
  });

  test('do not include a service manager that started an interactive terminal', () => {
    expect(signsOfWork({ ...NOTHING, env: { INVOCATION_ID: 'x' }, cwd, isTerminal: true })).toEqual([]);
  });

  test.each(['watch.yml.txt', 'Watch.yml', 'watch.json', '.watch.yml', 'watch.yaml.bak'])(
    'include a file called %s, and the error names it',
    async (name) => {
      await writeFile(join(cwd, name), '');
      const signs = signsOfWork({ ...NOTHING, cwd });
      expect(signs).toEqual([`there is a file ${name}`]);
      expect(noConfiguration(cwd, signs).message).toContain(`found only ${name}`);
    },
  );

  test('include the state of an earlier run', async () => {
    await mkdir(join(cwd, '.state'));
    await writeFile(join(cwd, '.state/watch.db'), '');
    expect(signsOfWork({ ...NOTHING, cwd })).toEqual(['there is a state file .state/watch.db']);
  });
});

describe('the error about a missing configuration', () => {
  test('says which files were looked for, where, why it matters, and what to do', () => {
    const { message, code } = noConfiguration(cwd, ['--once is given']);
    expect(code).toBe('no_config');
    for (const part of ['watch.yml', 'watch.yaml', cwd, '--once is given', '--config', 'WATCH_CONFIG'])
      expect(message).toContain(part);
    expect(message).not.toContain('\n');
  });

  test('names the configuration in the folder above', async () => {
    await writeFile(join(cwd, '..', 'watch.yml'), '');
    expect(noConfiguration(cwd, []).message).toContain(join('..', 'watch.yml'));
  });
});
