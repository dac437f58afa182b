import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { SIMULATED_PASSWORDS } from '../../../../lib/simulator/answers.ts';
import { type Simulator, startSimulator } from '../../../../lib/simulator/simulator.ts';
import { type CommandLineOptions, createCommandLine, type Ran } from '../../../support/command-line.ts';

export const PROJECT = '254d2280acb74d36a8b839746bcd7352';
export const TASK = 'a276c1ffa0a54c2597fc824b917db317';
const KEYS = { accessKey: 'CANARYAK000000000001', secretKey: 'canary-secret-key-8Hd72ks' };
const CANARIES = [...SIMULATED_PASSWORDS, ...Object.values(KEYS)];
export const ENV = { CLOUD_SDK_AK: KEYS.accessKey, CLOUD_SDK_SK: KEYS.secretKey, TZ: 'UTC' };

/** A simulated DCS, and `tasks` commands that ask it with the key of the environment alone. */
export interface Bench {
  readonly simulator: Simulator;
  /** An empty folder. */
  readonly folder: string;
  /** Options that name the simulated project. */
  readonly here: readonly string[];
  run(...args: readonly string[]): Promise<Ran>;
  runIn(options: Partial<CommandLineOptions>, ...args: readonly string[]): Promise<Ran>;
}

/** No command of a test ever prints a secret. */
export function useBench(): () => Bench {
  let simulator: Simulator;
  const folder = mkdtempSync(join(tmpdir(), 'tasks-'));
  beforeAll(async () => {
    simulator = await startSimulator({ credentials: KEYS, projectId: PROJECT });
  });
  afterEach(() => simulator.clearFaults());
  afterAll(() => simulator.close());

  async function runIn(options: Partial<CommandLineOptions>, ...args: readonly string[]): Promise<Ran> {
    const ran = await createCommandLine({ cwd: folder, env: ENV, ...options }).run('tasks', ...args);
    expectNoSecret(ran);
    return ran;
  }

  return () => {
    const here = ['--endpoint', simulator.endpoint.href, '--project-id', PROJECT, '--allow-insecure'];
    return { simulator, folder, here, runIn, run: (...args) => runIn({}, ...args, ...here) };
  };
}

export function expectNoSecret({ out, err }: Ran): void {
  for (const canary of CANARIES) expect(out + err).not.toContain(canary);
}
