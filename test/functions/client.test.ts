import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { realisticAnswer } from '../../lib/simulator/answers.ts';
import { type Simulator, startSimulator } from '../../lib/simulator/simulator.ts';

const run = promisify(execFile);
const PROJECT = '254d2280acb74d36a8b839746bcd7352';
const KEYS = { accessKey: 'CANARYAK000000000001', secretKey: 'canary-secret-key-8Hd72ks' };

/** What docs/client.md shows, as a program of a user. */
const PROGRAM = `import { createDcsClient, DcsError } from 'dcs-migration-watch/client';

const endpoint = process.env['ENDPOINT'] ?? '';
const dcs = createDcsClient({ endpoint, projectId: '${PROJECT}', allowInsecure: true });
const task = await dcs.showMigrationTask('task-1');
// @ts-expect-error: no answer has a password
task.source_instance?.password;
const lines: (string | null | undefined)[] = [task.status, task.source_instance?.addrs];
for await (const { task_id } of dcs.migrationTasks()) lines.push(task_id);
await dcs.showMigrationTask('task-2').catch((error: unknown) => {
  if (error instanceof DcsError) lines.push(\`\${error.status} \${error.code} \${error.requestId}\`);
});
console.log(lines.join('\\n'));
await dcs.close();
`;

/** Of the globals that the types name, and the program uses. */
const GLOBALS = `declare const process: { env: Record<string, string> };
declare const console: { log(text: string): void };
interface AbortSignal { readonly aborted: boolean }
`;

const SETTINGS = {
  compilerOptions: {
    target: 'es2023',
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    lib: ['es2023'],
    types: [],
  },
  files: ['program.ts', 'globals.d.ts'],
};

let simulator: Simulator;
let folder: string;

beforeAll(async () => {
  simulator = await startSimulator({ credentials: KEYS, projectId: PROJECT });
  simulator.setTask('task-1', realisticAnswer('FULLMIGRATING'));
  folder = await mkdtemp(join(tmpdir(), 'client-'));
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]);
  const [{ filename }] = JSON.parse(stdout);
  const installed = join(folder, 'node_modules', 'dcs-migration-watch');
  await mkdir(installed, { recursive: true });
  await run('tar', ['xzf', join(folder, filename), '-C', installed, '--strip-components=1']);
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(join(folder, 'globals.d.ts'), GLOBALS);
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(SETTINGS));
  await writeFile(join(folder, 'program.ts'), PROGRAM);
});
afterAll(() => simulator.close());

describe('the client of the package', () => {
  it('has types that need no other package, and runs a program of a user', async () => {
    await run(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '-p', folder]);
    const env = {
      PATH: process.env['PATH'],
      ENDPOINT: simulator.endpoint.href,
      CLOUD_SDK_AK: KEYS.accessKey,
      CLOUD_SDK_SK: KEYS.secretKey,
    };
    const { stdout, stderr } = await run(process.execPath, [join(folder, 'program.js')], { env });
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n')).toEqual([
      'FULLMIGRATING',
      '192.168.1.2:6379',
      'task-1',
      '400 DCS.4133 5a1d2f0c7b9e4f6d8c3b2a1908f7e6d5',
    ]);
  });

  it('imports nothing in its types', async () => {
    const types = await readFile(join(folder, 'node_modules/dcs-migration-watch/dist/client.d.ts'), 'utf8');
    expect(types).not.toMatch(/^import |from '/m);
  });
});
