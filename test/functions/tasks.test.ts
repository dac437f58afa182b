import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { realisticAnswer, SIMULATED_PASSWORDS } from '../../lib/simulator/answers.ts';
import { type Simulator, startSimulator } from '../../lib/simulator/simulator.ts';
import { LONGEST_RUN_MS, PROGRAM } from '../support/program.ts';

const PROJECT = '254d2280acb74d36a8b839746bcd7352';
const KEYS = { accessKey: 'CANARYAK000000000001', secretKey: 'canary-secret-key-8Hd72ks' };
const ENV = { HW_ACCESS_KEY: KEYS.accessKey, HW_SECRET_KEY: KEYS.secretKey };

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ credentials: KEYS, projectId: PROJECT });
  simulator.setTask('task-1', realisticAnswer('FULLMIGRATING'));
});
afterAll(() => simulator.close());

function argsOf(...words: readonly string[]): string[] {
  const here = ['--endpoint', simulator.endpoint.href, '--project-id', PROJECT, '--allow-insecure'];
  return ['--disable-warning=ExperimentalWarning', PROGRAM, 'tasks', ...words, ...here];
}

/** What the commands do is tested in this process: test/cli. */
describe('the built command', () => {
  it('shows a task with the key of the environment alone, and no password', async () => {
    const options = { cwd: tmpdir(), env: ENV, timeout: LONGEST_RUN_MS };
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      argsOf('show', 'task-1', '--json'),
      options,
    );
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ task_id: 'task-1', status: 'FULLMIGRATING' });
    for (const secret of [...SIMULATED_PASSWORDS, ...Object.values(KEYS)])
      expect(stdout).not.toContain(secret);
  });

  it('waits until Ctrl-C, and ends with 130', async () => {
    const child = spawn(process.execPath, argsOf('wait', 'task-1', '--for', 'ready'), {
      cwd: tmpdir(),
      env: ENV,
    });
    const ended = once(child, 'exit');
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      errors += text;
    });
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    expect(errors).toBe(
      'dcs-migration-watch: orders-cache: the wait was stopped (SIGINT): full (FULLMIGRATING)\n',
    );
  });
});
