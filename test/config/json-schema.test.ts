import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { configJsonSchema } from '../../lib/config/json-schema.ts';
import { accepts } from './json-schema-checker.ts';
import { load, MINIMAL, SIGNING_SECRET, withProject } from './support.ts';

const inRepository = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const example = () => readFile(inRepository('watch.example.yml'), 'utf8');

describe('The example', () => {
  it('begins with the line that makes editors use the schema', async () => {
    expect((await example()).split('\n')[0]).toBe('# yaml-language-server: $schema=./watch.schema.json');
  });

  it('is a configuration that is taken, without a doubt', async () => {
    const text = await example();
    const env = Object.fromEntries(
      [...text.matchAll(/\$\{([A-Z_]+)\}/g)].map(([, name]) => [name, 'made-up']),
    );
    const config = await load(text, {
      env: {
        ...env,
        SLACK_WEBHOOK_URL: 'https://hooks.slack.com/services/x',
        WEBHOOK_SECRET: SIGNING_SECRET,
      },
    });
    expect(config.warnings).toEqual([]);
    expect(config.projects.map(({ name, region }) => `${name} in ${region}`)).toEqual([
      'prod in cn-north-4',
      'staging in eu-de',
    ]);
    expect(Object.values(config.channels).map(({ type }) => type)).toEqual(['slack', 'webhook']);
  });

  it('shows the defaults of all settings', async () => {
    const [{ settings: shown }, { settings }] = [parse(await example()), await load(MINIMAL)];
    const { settings: taken } = await load({ ...MINIMAL, settings: shown });
    expect(Object.keys(shown)).toHaveLength(Object.keys(settings).length);
    expect(taken).toEqual(settings);
  });
});

describe('The JSON Schema', () => {
  const schema = configJsonSchema();

  it('accepts the example, and what refers to the environment everywhere', async () => {
    expect(accepts(schema, parse(await example()))).toBe(true);
    const references = { id: `\${A}`, name: `\${A}`, region: `\${A}`, tasks: [`\${A}`, { id: `\${A}` }] };
    expect(
      accepts(schema, { $schema: 'x', ...withProject(references), settings: { interval: `\${A}` } }),
    ).toBe(true);
  });

  it.each([
    ['no channels', { projects: MINIMAL.projects }],
    ['an unknown setting', { ...MINIMAL, chanels: {} }],
    ['an unknown setting of a project', withProject({ regoin: 'x' })],
    ['a project without tasks', withProject({ tasks: [] })],
    ['an id with a slash', withProject({ id: 'a/b' })],
    ['a channel of an unknown type', { ...MINIMAL, channels: { ops: { type: 'pager', url: 'x' } } }],
    ['a webhook without a secret', { ...MINIMAL, channels: { ops: { type: 'webhook', url: 'x' } } }],
    [
      'an unknown event',
      { ...MINIMAL, channels: { ops: { ...MINIMAL.channels.ops, when: { events: ['x'] } } } },
    ],
    ['a name with a blank', { ...MINIMAL, channels: { 'a b': MINIMAL.channels.ops } }],
    ['a time without a unit', { ...MINIMAL, settings: { interval: '60' } }],
    ['too high a pace', { ...MINIMAL, settings: { requestsPerSecond: 101 } }],
  ])('refuses %s', (_what, file) => {
    expect(accepts(schema, file)).toBe(false);
  });
});

describe('The script that writes the JSON Schema', () => {
  const script = (...args: string[]) =>
    promisify(execFile)(process.execPath, [inRepository('scripts/schema.ts'), ...args]);

  async function temporaryFile() {
    const folder = await mkdtemp(join(tmpdir(), 'watch-schema-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    return join(folder, 'watch.schema.json');
  }

  it('finds that the committed file is up to date', async () => {
    await expect(script('--check')).resolves.toMatchObject({ stdout: '', stderr: '' });
  });

  it('writes what it then finds up to date', async () => {
    const file = await temporaryFile();
    await script(file);
    await expect(script('--check', file)).resolves.toMatchObject({ stderr: '' });
    expect(await readFile(file, 'utf8')).toBe(await readFile(inRepository('watch.schema.json'), 'utf8'));
  });

  it.each([
    ['that has drifted', '{}'],
    ['that is not there', undefined],
  ])('fails in one line over a file %s, and leaves it alone', async (_what, content) => {
    const file = await temporaryFile();
    if (content !== undefined) await writeFile(file, content);
    const failure = {
      code: 1,
      stderr: expect.stringMatching(/^\S+ is not what .* run "npm run schema".*\n$/),
    };
    await expect(script('--check', file)).rejects.toMatchObject(failure);
    expect(await readFile(file, 'utf8').catch(() => undefined)).toBe(content);
  });
});
