import { describe, expect, it } from 'vitest';
import type { Answers } from '../../../../lib/cli/commands/init/answers.ts';
import { yamlOf } from '../../../../lib/cli/commands/init/yaml.ts';
import { loadConfig } from '../../../../lib/config/load.ts';
import { ACCESS_KEY, SECRET_KEY } from '../../../support/world.ts';

const ENV = {
  HUAWEICLOUD_SDK_AK: ACCESS_KEY,
  HUAWEICLOUD_SDK_SK: SECRET_KEY,
  SLACK_URL: 'https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX',
  SMTP_URL: 'smtps://user:password@mail.example.com:465',
};

const ANSWERS: Answers = {
  place: { region: 'cn-north-4', projectId: '254d2280acb74d36a8b839746bcd7352', allowInsecure: false },
  tasks: [{ id: 'a276c1ffa0a54c2597fc824b917db317' }],
  channels: [
    { type: 'slack', settings: [{ setting: 'url', value: 'SLACK_URL', isVariable: true }] },
    {
      type: 'email',
      settings: [
        { setting: 'url', value: 'SMTP_URL', isVariable: true },
        { setting: 'from', value: 'watch@example.com', isVariable: false },
        { setting: 'to', value: 'a@example.com, b@example.com', isVariable: false },
      ],
    },
  ],
  keyVariables: 'HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK',
};

const load = (answers: Answers) =>
  loadConfig({ text: yamlOf(answers, 'dcs-migration-watch'), file: 'watch.yml', env: ENV, secrets: {} });

describe('the file that init writes', () => {
  it('loads without a warning', async () => {
    const { warnings, projects, channels } = await load(ANSWERS);
    expect(warnings).toEqual([]);
    expect(projects).toHaveLength(1);
    expect(Object.keys(channels)).toEqual(['slack', 'email']);
  });

  it.each([
    'yes',
    '1e3',
    '007',
    'a: b',
    'a #b',
    "it's",
    '"',
    '- x',
    '${SLACK_URL}',
    '*',
    '订单 缓存',
    '&a',
    '!x',
  ])('holds a name as it is: %s', async (projectName) => {
    const { projects } = await load({ ...ANSWERS, projectName });
    expect(projects[0]?.name).toBe(projectName);
  });

  it.each(['12345678901234567890123456789012', '1e5', '00000000000000000000000000000000'])(
    'holds an id that looks like a number: %s',
    async (id) => {
      const { projects } = await load({ ...ANSWERS, tasks: [{ id }] });
      expect(projects[0]?.tasks[0]?.id).toBe(id);
    },
  );

  it('shows names of tasks as comments alone, whatever is in them', async () => {
    const name = 'orders\n  evil: true # \u001b[31m';
    const { projects } = await load({ ...ANSWERS, tasks: [{ id: 'task-1', name }] });
    expect(projects[0]?.tasks).toEqual([{ id: 'task-1', labels: {} }]);
  });
});
