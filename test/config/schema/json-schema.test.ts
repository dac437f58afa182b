import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { fileSchemaOf } from '../../../lib/config/schema/file.ts';
import { configJsonSchema } from '../../../lib/config/schema/json-schema.ts';
import { settingsSchema } from '../../../lib/config/schema/settings.ts';
import { outdatedSchemaFiles, writeSchemaFiles } from '../../../scripts/schema-files.ts';
import { ALL_TYPES } from '../../support/channel-types.ts';
import { load, MINIMAL, PROJECT, SIGNING_SECRET, TASK, withProject } from '../support.ts';
import { accepts } from './json-schema-checker.ts';

const inRepository = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const example = () => readFile(inRepository('watch.example.yml'), 'utf8');

/** Everything that the example refers to. */
async function exampleEnv(): Promise<Record<string, string>> {
  const names = [...(await example()).matchAll(/\$\{([A-Z_]+)\}/g)].map(([, name]) => name);
  return {
    ...Object.fromEntries(names.map((name) => [name, `made-up-${name}`])),
    SLACK_WEBHOOK_URL: 'https://hooks.slack.com/services/T0/B0/x',
    WEBHOOK_SECRET: SIGNING_SECRET,
  };
}

const withoutUnit = (name: string) => name.replace(/(Ms|Percent)$/, '');

describe('The example', () => {
  it('begins with the line that makes editors use the schema', async () => {
    expect((await example()).split('\n')[0]).toBe('# yaml-language-server: $schema=./watch.schema.json');
  });

  it('is a valid configuration without warnings', async () => {
    const config = await load(await example(), { env: await exampleEnv() });
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
    expect(taken).toEqual(settings);
    // Those without a default are shown in comments.
    const withoutDefault = ['timeZone', 'lookEvery', 'heartbeat', 'consoleUrl'];
    for (const name of withoutDefault) expect(await example()).toMatch(new RegExp(`^ {2}# ${name}: `, 'm'));
    const { shape } = settingsSchema;
    expect([...Object.keys(shown), ...withoutDefault].sort()).toEqual(Object.keys(shape).sort());
    expect(Object.keys(shown.cutover)).toEqual(Object.keys(settings.thresholds.cutover).map(withoutUnit));
    expect(Object.keys(shown.forgotten)).toEqual(Object.keys(settings.thresholds.forgotten).map(withoutUnit));
  });

  it('shows discovery, and groups of both kinds', async () => {
    const { projects, groups } = await load(await example(), { env: await exampleEnv() });
    expect(projects.map(({ discover }) => discover?.name)).toEqual([undefined, 'orders-*']);
    expect(Object.values(groups).map((group) => Object.keys(group))).toEqual([['labels'], ['tasks']]);
  });
});

describe('docs/configuration.md', () => {
  it('shows a valid discovery and a valid group, without warnings', async () => {
    const readme = await readFile(inRepository('docs/configuration.md'), 'utf8');
    const blocks = [...readme.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block]) => parse(block ?? ''));
    const shown = blocks.filter((block) => 'groups' in block && 'projects' in block);
    expect(shown).toHaveLength(1);
    const { projects, groups, warnings } = await load({ ...MINIMAL, ...shown[0] });
    expect(projects.map(({ discover }) => discover)).toEqual([
      { name: 'orders-*', labels: { cluster: 'orders' } },
    ]);
    expect(groups).toEqual({ orders: { labels: { cluster: 'orders' } } });
    expect(warnings).toEqual([]);
  });

  it('has a row for every setting', async () => {
    const readme = await readFile(inRepository('docs/configuration.md'), 'utf8');
    for (const setting of Object.keys(settingsSchema.shape))
      expect(readme).toContain(`| \`settings.${setting}\` |`);
  });
});

describe('The JSON Schema', () => {
  const schema = configJsonSchema(fileSchemaOf(ALL_TYPES));

  it('accepts the example, and references to the environment everywhere', async () => {
    expect(accepts(schema, parse(await example()))).toBe(true);
    const references = { id: `\${A}`, name: `\${A}`, region: `\${A}`, tasks: [`\${A}`, { id: `\${A}` }] };
    expect(
      accepts(schema, { $schema: 'x', ...withProject(references), settings: { interval: `\${A}` } }),
    ).toBe(true);
  });

  const withGroup = (group: object) => ({ ...MINIMAL, groups: { orders: group } });
  const withSettings = (settings: object) => ({ ...MINIMAL, settings });

  it.each([
    ['a project that only discovers', { ...MINIMAL, projects: [{ id: PROJECT, discover: true }] }],
    [
      'a project that discovers beside its list',
      withProject({ discover: { name: '*', labels: { a: 'b' } } }),
    ],
    [
      'references in all texts of these',
      withProject({ discover: { name: `\${A}`, labels: { a: `\${A}` } } }),
    ],
    ['a group of tasks', withGroup({ tasks: [TASK, `\${A}`] })],
    ['a group of labels', withGroup({ labels: { team: 'orders' } })],
    [
      'settings of all kinds',
      withSettings({ progress: [], cutover: { maxKeyGap: 0.5 }, stalledAfter: '7d' }),
    ],
    [
      'filters for groups',
      { ...MINIMAL, channels: { ops: { ...MINIMAL.channels.ops, when: { groups: ['x'] } } } },
    ],
  ])('accepts %s', (_what, file) => {
    expect(accepts(schema, file)).toBe(true);
  });

  it.each([
    ['a project without tasks or discovery', { ...MINIMAL, projects: [{ id: PROJECT }] }],
    ['a project that does not discover', withProject({ discover: false })],
    ['a discovery of an empty name', withProject({ discover: { name: '' } })],
    ['an unknown setting of a discovery', withProject({ discover: { names: '*' } })],
    ['a group of nobody', withGroup({})],
    ['a group of no tasks', withGroup({ tasks: [] })],
    ['a group of both kinds', withGroup({ tasks: [TASK], labels: { a: 'b' } })],
    ['a mark of nothing', withSettings({ progress: [0] })],
    ['a mark of everything', withSettings({ progress: [100] })],
    ['a negative offset', withSettings({ cutover: { maxOffset: -1 } })],
    ['half a look', withSettings({ cutover: { looks: 0.5 } })],
    ['days between looks', withSettings({ lookEvery: '1d' })],
    ['weeks', withSettings({ forgotten: { incremental: '1w' } })],
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

describe('the files of the JSON Schemas', () => {
  async function writtenFolder() {
    const folder = await mkdtemp(join(tmpdir(), 'watch-schema-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeSchemaFiles(folder);
    return folder;
  }

  it('are up to date in the repository', async () => {
    expect(await outdatedSchemaFiles(inRepository(''))).toEqual([]);
  });

  it('are up to date once they are written, and the same as in the repository', async () => {
    const folder = await writtenFolder();
    expect(await outdatedSchemaFiles(folder)).toEqual([]);
    for (const file of ['watch.schema.json', 'schemas/dcs.migration.gone.json']) {
      expect(await readFile(join(folder, file), 'utf8')).toBe(await readFile(inRepository(file), 'utf8'));
    }
  });

  const DEFECTS = [
    ['that has drifted', 'watch.schema.json', '{}'],
    ['that is not there', 'watch.schema.json', undefined],
    ['of an event that has drifted', 'schemas/dcs.migration.gone.json', '{}'],
    ['too many', 'schemas/dcs.migration.bygone.json', '{}'],
  ] as const;

  async function folderWith(name: string, content: string | undefined) {
    const folder = await writtenFolder();
    const file = join(folder, name);
    if (content === undefined) await rm(file);
    else await writeFile(file, content);
    return { folder, file };
  }

  it.each(DEFECTS)(
    'report one %s without changing it, and are corrected on request',
    async (_what, name, content) => {
      const { folder, file } = await folderWith(name, content);
      expect(await outdatedSchemaFiles(folder)).toEqual([file]);
      expect(await readFile(file, 'utf8').catch(() => undefined)).toBe(content);
      await writeSchemaFiles(folder);
      expect(await outdatedSchemaFiles(folder)).toEqual([]);
    },
  );
});
