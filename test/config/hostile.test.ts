import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../lib/config/source.ts';
import { LONGEST_RUN_MS, PROGRAM } from '../support/program.ts';
import { ENV, load, MINIMAL, PROJECT, problemsOf, refusalOf, SIGNING_SECRET } from './support.ts';

const run = promisify(execFile);

let folder: string;
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watch-hostile-'));
  await run('mkfifo', [at('pipe')]);
  await symlink('/dev/zero', at('link-to-device'));
  await writeFile(at('huge'), '');
  await run('truncate', ['--size', '100G', at('huge')]);
});
afterAll(() => rm(folder, { recursive: true }));

const NOT_REGULAR = 'it is not a regular file (but a folder, a pipe or a device)';
const STRANGE: [what: string, path: () => string, why: string][] = [
  ['an endless device', () => '/dev/zero', NOT_REGULAR],
  ['a device that gives nothing', () => '/dev/null', NOT_REGULAR],
  ['a pipe that nobody writes to', () => at('pipe'), NOT_REGULAR],
  ['a folder', () => folder, NOT_REGULAR],
  ['a link to a device', () => at('link-to-device'), NOT_REGULAR],
  ['a file of 100 GB', () => at('huge'), 'it has more than 1 MB'],
];

describe('A configuration', () => {
  it.each(STRANGE)('that is %s is refused', async (_what, path, why) => {
    const { code, message } = await refusalOf(readConfig({ file: path() }, ENV));
    expect(code).toBe('no_config');
    expect(message).toBe(`the configuration ${path()} cannot be read: ${why}`);
  });

  it.each(STRANGE)('that is %s ends the program with 2', async (_what, path, why) => {
    const started = run(process.execPath, [PROGRAM, '--once', '--config', path()], {
      timeout: LONGEST_RUN_MS,
      env: ENV,
      cwd: folder,
    });
    const failed: unknown = await started.catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 2, killed: false, stderr: expect.stringContaining(why) });
  });

  it.each([
    [
      '200,000 keys',
      Array.from({ length: 200_000 }, (_, i) => `a${i}:\n`)
        .join('')
        .slice(0, 999_000),
    ],
    ['a list of 300,000 entries', '- 1\n'.repeat(249_000)],
    ['nothing but quotes', '"'.repeat(999_000)],
    ['nothing but aliases', '*a '.repeat(333_000)],
    ['nothing but directives', '%A\n'.repeat(300_000)],
  ])('with %s is refused before it is parsed', async (_what, text) => {
    expect(await problemsOf(text)).toEqual([': the file has far more entries than a configuration can have']);
  });

  it.each([
    ['closed', '['.repeat(400_000) + ']'.repeat(400_000)],
    ['open', '{a: '.repeat(200_000)],
  ])('that nests 200,000 deep (%s) is refused before it is parsed', async (_how, text) => {
    expect(await problemsOf(text)).toEqual([': the file nests too deeply']);
  });

  it('whose aliases expand to billions of values is refused', async () => {
    const nine = (name: string) => Array.from({ length: 9 }, () => name).join(', ');
    const lines = Array.from({ length: 15 }, (_, i) => `a${i + 1}: &a${i + 1} [${nine(`*a${i}`)}]`);
    const problems = await problemsOf([`a0: &a0 [${nine('x')}]`, ...lines].join('\n'));
    expect(problems.join()).toContain('its aliases (*name) expand to far too many values');
  });

  it('with tens of thousands of problems is refused with their number and the first of them', async () => {
    const keys = Object.fromEntries(Array.from({ length: 30_000 }, (_, i) => [`a${i}`, 1]));
    const { message, problems } = await refusalOf(load({ ...MINIMAL, ...keys }));
    expect(message).toMatch(/^watch\.yml is refused, it has 30000 problems:\n/);
    expect(message).toMatch(/\n {2}… and 29500 more$/);
    expect(problems).toHaveLength(500);
  });

  it('of five thousand tasks with names and labels is accepted', async () => {
    const tasks = Array.from({ length: 5000 }, (_, i) => ({
      id: `8aa6999e7d10a4c2017d5b9e${String(i).padStart(8, '0')}`,
      name: `orders cache ${i}`,
      labels: { team: 'orders' },
    }));
    const { projects } = await load({ ...MINIMAL, projects: [{ id: PROJECT, region: 'cn-north-4', tasks }] });
    expect(projects[0]?.tasks).toHaveLength(5000);
  });
});

describe('A reference to a file', () => {
  const withSecret = (reference: string) => ({
    ...MINIMAL,
    channels: { hook: { type: 'webhook', url: 'https://hook.example/', secret: reference } },
  });
  const secretOf = async (reference: string, sources = {}) => {
    const { channels } = await load(withSecret(reference), sources);
    const hook = channels['hook'];
    return hook?.type === 'webhook' ? hook.secret?.map((secret) => secret.reveal()) : undefined;
  };

  it('is replaced by its content, without the line breaks at the end', async () => {
    await writeFile(at('secret'), `${SIGNING_SECRET}\r\n\n`);
    expect(await secretOf(`\${file:${at('secret')}}`)).toEqual([SIGNING_SECRET]);
  });

  it('is relative to the configuration file, and absolute without one', async () => {
    await writeFile(at('secret'), SIGNING_SECRET);
    expect(await secretOf('${file:secret}', { folder })).toEqual([SIGNING_SECRET]);
    await writeFile(at('relative.yml'), JSON.stringify(withSecret('${file:./secret}')));
    expect((await readConfig({ file: at('relative.yml') }, ENV)).channels).toHaveProperty('hook');
    expect(await problemsOf(withSecret('${file:secret}'))).toEqual([
      'channels.hook.secret: the file secret must have an absolute path here (/…)',
    ]);
  });

  it('brings data, which is read neither as YAML nor for references', async () => {
    await writeFile(at('name'), 'a ${SLACK_WEBHOOK_URL}: b');
    const { projects } = await load({
      ...MINIMAL,
      projects: [{ ...MINIMAL.projects[0], name: `\${file:${at('name')}}` }],
    });
    expect(projects[0]?.name).toBe('a ${SLACK_WEBHOOK_URL}: b');
  });

  it.each(STRANGE)('that is %s is refused', async (_what, path, why) => {
    const reason = why.replace('1 MB', '100 kB');
    expect(await problemsOf(withSecret(`\${file:${path()}}`))).toEqual([
      `channels.hook.secret: the file ${path()} cannot be read: ${reason}`,
    ]);
  });

  it('that is missing, empty or no text is refused, with its path and nothing of its content', async () => {
    await writeFile(at('empty'), '\n');
    await writeFile(at('binary'), Buffer.from('canary\xff', 'latin1'));
    await writeFile(at('long'), 'canary'.repeat(20_000));
    const reasons = ['missing', 'empty', 'binary', 'long'].map((name) =>
      problemsOf(withSecret(`\${file:${at(name)}}`)),
    );
    expect((await Promise.all(reasons)).flat()).toEqual([
      `channels.hook.secret: the file ${at('missing')} cannot be read: it does not exist`,
      `channels.hook.secret: the file ${at('empty')} is empty`,
      `channels.hook.secret: the file ${at('binary')} cannot be read: it is not UTF-8 text`,
      `channels.hook.secret: the file ${at('long')} cannot be read: it has more than 100 kB`,
    ]);
  });
});
