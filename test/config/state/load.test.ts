import { describe, expect, it } from 'vitest';
import { loadStateConfig } from '../../../lib/config/state/load.ts';
import { PROJECT, TASK } from '../support.ts';

/** A configuration as JSON, which is YAML. */
function load(config: unknown, env: Readonly<Record<string, string>> = {}) {
  return loadStateConfig({ text: JSON.stringify(config), file: 'watch.yml', env });
}

const PROD = { id: PROJECT, name: 'prod', region: 'cn-north-4', tasks: [TASK] };
const OPS = {
  type: 'slack',
  url: '${URL}',
  quiet: { from: '22:00', to: '08:00' },
  timeZone: 'Asia/Shanghai',
};

describe('a configuration that a state is read with', () => {
  it('has names, settings and quiet hours, and nothing of keys, addresses or secrets', async () => {
    const credentials = { accessKey: 'canary-ak', secretKey: '${SK}' };
    const config = await load({
      projects: [{ ...PROD, credentials }],
      channels: { ops: OPS, hook: { type: 'webhook', url: 'https://example.com/canary', secret: '${S}' } },
      groups: { all: { tasks: [TASK] } },
      settings: { language: 'zh', heartbeat: '${HEARTBEAT}' },
    });
    expect(config).toMatchObject({
      projects: [{ id: PROJECT, name: 'prod', region: 'cn-north-4', tasks: [{ id: TASK }] }],
      channels: {
        ops: { type: 'slack', audience: 'people' },
        hook: { type: 'webhook', audience: 'programs' },
      },
      groups: { all: { tasks: [TASK] } },
      settings: { language: 'zh' },
      isWhole: true,
      leftOut: [],
    });
    expect(config.channels['ops']?.quiet?.untilWords(Date.parse('2026-01-05T20:00:00Z'))).toContain('08:00');
    expect(JSON.stringify(config)).not.toContain('canary');
  });

  it.each([
    [
      'a project',
      'projects',
      [{ ...PROD, id: '${ID}' }],
      'projects[0] is left out: the environment variable ID is not set (projects[0].id)',
    ],
    [
      'a project',
      'projects',
      [PROD, { ...PROD, id: 'b'.repeat(32), name: 'test', tasks: ['${ID}'] }],
      'projects[1] is left out: the environment variable ID is not set (projects[1].tasks[0])',
    ],
    [
      'a group',
      'groups',
      { all: { tasks: ['${ID}'] } },
      'groups.all is left out: the environment variable ID is not set (groups.all.tasks[0])',
    ],
    [
      'a setting',
      'settings',
      { timeZone: '${ID}' },
      'settings.timeZone is left out: the environment variable ID is not set (settings.timeZone)',
    ],
    [
      'the quiet hours of a channel',
      'channels',
      { ops: { ...OPS, quiet: { from: '${ID}', to: '08:00' } } },
      'channels.ops.quiet is left out: the environment variable ID is not set (channels.ops.quiet.from)',
    ],
    [
      'a channel of unknown type',
      'channels',
      { ops: OPS, other: { type: '${ID}', url: 'https://example.com' } },
      'channels.other is left out: the environment variable ID is not set (channels.other.type)',
    ],
  ])('leaves %s out whose own variable is not set, and says so', async (_what, section, value, line) => {
    const config = await load({ projects: [PROD], channels: { ops: OPS }, [section]: value });
    expect(config).toMatchObject({ isWhole: false, leftOut: [line] });
    expect(JSON.stringify(config)).not.toContain('${');
    const names = Object.keys(config.channels);
    expect(names).toEqual(['ops']);
  });

  it.each(['region', 'endpoint'])('keeps a project whose %s is not known', async (setting) => {
    const config = await load({ projects: [{ ...PROD, [setting]: '${ID}' }], channels: { ops: OPS } });
    expect(config).toMatchObject({ projects: [{ id: PROJECT, name: 'prod' }], isWhole: true, leftOut: [] });
  });

  it('keeps a project without its link', async () => {
    const config = await load({ projects: [{ ...PROD, consoleUrl: '${ID}' }], channels: { ops: OPS } });
    expect(config.projects).toEqual([expect.objectContaining({ id: PROJECT, name: 'prod' })]);
    expect(config.leftOut).toEqual([
      'projects[0].consoleUrl is left out: the environment variable ID is not set (projects[0].consoleUrl)',
    ]);
  });

  it('takes variables that are set', async () => {
    const env = { ID: PROJECT, ZONE: 'Asia/Shanghai' };
    const config = await load(
      { projects: [{ ...PROD, id: '${ID}' }], channels: { ops: OPS }, settings: { timeZone: '${ZONE}' } },
      env,
    );
    expect(config).toMatchObject({ projects: [{ id: PROJECT }], settings: { timeZone: 'Asia/Shanghai' } });
  });

  it.each([
    [
      'a mistake in what is not needed',
      { projects: [PROD], channels: { ops: { ...OPS, mentionOn: ['failur'] } } },
    ],
    ['no project', { projects: [], channels: { ops: OPS } }],
    ['no channel', { projects: [PROD], channels: {} }],
    [
      'an unknown setting whose value is not known',
      { projects: [PROD], channels: { ops: { ...OPS, secert: '${X}' } } },
    ],
    ['a list where settings belong', [PROD]],
  ])('is refused for %s', async (_what, config) => {
    await expect(load(config)).rejects.toMatchObject({ code: 'invalid_config' });
  });
});
