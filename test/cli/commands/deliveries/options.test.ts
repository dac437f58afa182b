import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCommandLine } from '../../../support/command-line.ts';
import { PROJECT_ID } from '../../../support/world.ts';

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-options-'));
  await writeFile(
    join(cwd, 'watch.yml'),
    `projects: [{ id: ${PROJECT_ID}, region: cn-north-4, tasks: [task-1], credentials: { accessKey: AK, secretKey: SK } }]
channels: { ops: { type: slack, url: "https://hooks.slack.com/services/T0/B0/x" } }
`,
  );
});
afterAll(() => rm(cwd, { recursive: true }));

const run = (line: string) =>
  createCommandLine({ cwd, env: { STATE: '' } }).run('deliveries', ...line.split(' '));

describe('the options of deliveries', () => {
  test.each([
    ['list --state dead', '.state/watch.db'],
    ['list --state missing.db', 'missing.db'],
    ['list --state dead --state .state/other.db', '.state/other.db'],
    ['list --state other.db --state pending', 'other.db'],
    ['list --state ./dead', './dead'],
    ['redrive', '.state/watch.db'],
    [
      'redrive --dry-run --channel ops --since 2h --until 2026-01-05T12:00:00Z --since 3000d',
      '.state/watch.db',
    ],
    // Only a list has states to choose from.
    ['redrive --state dead', 'dead'],
    ['retry --state=a.db', 'a.db'],
  ])('of "%s" name the state %s', async (line, file) => {
    const { code, err } = await run(line);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(`no state file ${file};`) });
  });

  test.each([
    ['lst', 'lst'],
    ['list --stat dead', '--stat'],
    ['list --state dead --state pending', 'several states'],
    ['list --state a.db --state b.db', 'several files'],
    ['list --state postgres://user:canary-3kd@host', 'a file, redis[s]://… or dynamodb:TABLE'],
    ['list --until 2h', '--until'],
    ['list --dry-run', '--dry-run'],
    ['list surplus', 'surplus'],
    ['list --since yesterday', '--since'],
    ['list --channel', '--channel'],
    ['redrive --until soon', '--until'],
    ['redrive --since 1h --until 2h', '--until is before --since'],
  ])('"%s" are refused, with the reason in one line', async (line, reason) => {
    const { code, out, err } = await run(line);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(reason);
    expect(err.trimEnd()).not.toContain('\n');
    expect(err).not.toContain('canary');
  });

  test('are all explained in the help', async () => {
    const helps = await Promise.all(['--help', 'list --help', 'redrive -h', 'retry --help'].map(run));
    expect(helps.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    const text = helps.map(({ out }) => out).join('\n');
    const words = [
      'list',
      'redrive',
      'retry',
      '--channel',
      '--state',
      '--since',
      '--until',
      '--dry-run',
      '--config',
    ];
    for (const word of [...words, '--json', '--quiet']) expect(text).toContain(word);
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});
