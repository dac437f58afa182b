import { describe, expect, it } from 'vitest';
import { ENV, load, MINIMAL, PROJECT, problemsOf, SIGNING_SECRET, TASK, withProject } from '../support.ts';

const HOOK = 'https://hooks.slack.com/services/T000/B000/canary';

async function warningsOf(
  file: object,
  env: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  return (await load(file, { env: { ...ENV, ...env } })).warnings;
}

function withChannel(settings: object) {
  return { ...MINIMAL, channels: { ops: { type: 'slack', url: HOOK, ...settings } } };
}

describe('A probably mistyped value', () => {
  it.each([
    ['SUCESS', 'did you mean SUCCESS?'],
    ['FULL', 'did you mean full?'],
    ['INCRMIGRATIN', 'did you mean INCRMIGEATING?'],
    ['COMPLETED', 'is not a known status'],
  ])('causes a warning when a filter waits for %s', async (word, hint) => {
    const warnings = await warningsOf(withChannel({ when: { to: ['full', word] } }));
    expect(warnings).toEqual([expect.stringContaining(hint)]);
    expect(warnings[0]).toMatch(/^channels\.ops\.when\.to\[1\]: /);
  });

  it.each(['full', 'SUCCESS', 'INCRMIGEATING', 'INCRMIGRATING', 'DELETED'])(
    'is not assumed when a filter waits for %s',
    async (word) => {
      expect(await warningsOf(withChannel({ when: { to: [word] } }))).toEqual([]);
    },
  );

  it('causes a warning when marks of progress are fractions', async () => {
    expect(await warningsOf({ ...MINIMAL, settings: { progress: [0.25, 0.5, 75] } })).toEqual([
      'settings.progress[0]: is 0.25 percent; did you mean 25?',
      'settings.progress[1]: is 0.5 percent; did you mean 50?',
    ]);
    expect(await warningsOf({ ...MINIMAL, settings: { progress: [1, 50, 99.5] } })).toEqual([]);
  });

  it('causes a warning when the allowed key gap is a fraction', async () => {
    expect(await warningsOf({ ...MINIMAL, settings: { cutover: { maxKeyGap: 0.01 } } })).toEqual([
      'settings.cutover.maxKeyGap: is 0.01 percent; did you mean 1?',
    ]);
  });

  it.each([
    ['has a digit less', TASK.slice(1), 'this has 31'],
    ['has a digit more', `${TASK}0`, 'this has 33'],
    ['has a letter that is no digit', `${TASK.slice(1)}o`, 'other characters'],
  ])('causes a warning when the id of a task %s', async (_what, id, hint) => {
    expect(await warningsOf(withProject({ tasks: [TASK, { id }] }))).toEqual([
      expect.stringMatching(new RegExp(`^projects\\[0\\]\\.tasks\\[1\\]: .*${hint}`)),
    ]);
  });

  it('causes a warning when the id of a project is unusual, or given for a task', async () => {
    expect(await warningsOf(withProject({ id: PROJECT.slice(2) }))).toEqual([
      expect.stringMatching(/^projects\[0\]\.id: .*this has 30/),
    ]);
    expect(await warningsOf(withProject({ tasks: [PROJECT] }))).toEqual([
      'projects[0].tasks[0]: is the id of a project; expected the id of a migration task',
    ]);
  });

  it('is not assumed when an id is written with hyphens', async () => {
    const hyphened = 'a276c1ff-a0a5-4c25-97fc-824b917db317';
    expect(await warningsOf(withProject({ tasks: [hyphened] }))).toEqual([]);
  });

  it('causes a warning when the two halves of a key are swapped or the same', async () => {
    const [short, long] = ['A'.repeat(20), 'b'.repeat(40)];
    const swapped = withProject({ credentials: { accessKey: long, secretKey: short } });
    expect(await warningsOf(swapped)).toEqual([expect.stringContaining('are they swapped?')]);
    const same = withProject({ credentials: { accessKey: short, secretKey: short } });
    expect(await warningsOf(same)).toEqual([expect.stringContaining('are the same')]);
    expect(await warningsOf(withProject({ credentials: { accessKey: short, secretKey: long } }))).toEqual([]);
  });

  it.each([
    [
      'the page of a channel',
      'slack',
      'https://acme.slack.com/archives/C0canary',
      'is not an incoming webhook',
    ],
    ['half a webhook', 'slack', 'https://hooks.slack.com/services/T0canary', 'is not an incoming webhook'],
    ['another chat', 'slack', 'https://discord.com/api/webhooks/1/canary', 'leads to Discord'],
    ['another chat', 'slack', 'https://open.feishu.cn/open-apis/bot/v2/hook/canary', 'leads to Feishu'],
  ])('causes a warning when the URL of a chat is %s (%#)', async (_what, type, url, hint) => {
    const warnings = await warningsOf(withChannel({ type, url }));
    expect(warnings).toEqual([expect.stringMatching(new RegExp(`^channels\\.ops\\.url: ${hint}`))]);
    expect(warnings.join()).not.toContain('canary');
  });

  it('causes a warning when signed events would go to a chat', async () => {
    const channels = { ops: { type: 'webhook', url: HOOK, secret: SIGNING_SECRET } };
    expect(await warningsOf({ ...MINIMAL, channels })).toEqual([
      'channels.ops.url: leads to Slack, which does not accept signed events; did you mean type: slack?',
    ]);
  });

  it.each([
    ['https://hooks.slack-gov.com/services/T0/B0/x'],
    ['https://hooks.slack.com/workflows/T0/A0/1/x'],
    ['https://chat.example.com/hooks/abc'],
  ])('is not assumed when the URL of a chat is %s', async (url) => {
    expect(await warningsOf(withChannel({ url }))).toEqual([]);
  });

  it('causes a warning when two channels have the same URL', async () => {
    const ops = { type: 'slack', url: HOOK };
    const warnings = await warningsOf({ ...MINIMAL, channels: { ops, again: ops } });
    expect(warnings).toEqual([
      expect.stringMatching(/^channels\.again\.url: is the same as that of channel ops:/),
    ]);
  });

  it('causes no warning when two channels write to others by the same mail server', async () => {
    const mail = { type: 'email', url: 'smtps://u:p@mail.example.com', from: 'watch@example.com' };
    const channels = { dba: { ...mail, to: ['dba@example.com'] }, ops: { ...mail, to: ['ops@example.com'] } };
    expect(await warningsOf({ ...MINIMAL, channels })).toEqual([]);
  });

  it('causes no warning when a channel mentions a list of people', async () => {
    const url = 'https://oapi.dingtalk.com/robot/send?access_token=x';
    const ops = { type: 'dingtalk', url, mention: ['13800000000'], mentionOn: ['action'] };
    expect(await warningsOf({ ...MINIMAL, channels: { ops } })).toEqual([]);
  });

  it('causes a warning when a channel says when to mention somebody, but not whom', async () => {
    expect(await warningsOf(withChannel({ mentionOn: ['action'] }))).toEqual([
      'channels.ops.mentionOn: nobody is mentioned, because the channel has no mention',
    ]);
    for (const settings of [{ mentionOn: ['action'], mention: '<!here>' }, { mentionOn: [] }])
      expect(await warningsOf(withChannel(settings))).toEqual([]);
  });

  it('causes another warning where a type of chat can mention nobody', async () => {
    const smn = {
      type: 'smn',
      topic: 'urn:smn:cn-north-4:254d2280acb74d36a8b839746bcd7352:redis',
      credentials: { accessKey: 'AK', secretKey: 'SK' },
      mentionOn: ['failure'],
    };
    expect(await warningsOf({ ...MINIMAL, channels: { smn } })).toEqual([
      'channels.smn.mentionOn: has no effect: smn can mention nobody',
    ]);
  });

  it.each(['orders-.*', '^orders', 'orders$', '(orders|users)', 'orders-\\d'])(
    'causes a warning when the name of a discovery is the regular expression %s',
    async (name) => {
      expect(await warningsOf(withProject({ discover: { name } }))).toEqual([
        expect.stringContaining('looks like a regular expression'),
      ]);
    },
  );
});

describe('An unfilled variable', () => {
  it.each(['$HUAWEI_AK', '%HUAWEI_AK%', '{{ huawei_ak }}', '$(cat key)', '$${HUAWEI_AK}', 'env:HUAWEI_AK'])(
    'is refused as a key (%s)',
    async (accessKey) => {
      expect(await problemsOf(withProject({ credentials: { accessKey, secretKey: 'b' } }))).toEqual([
        'projects[0].credentials.accessKey: looks like a variable that was not filled in; one is written ${NAME}, with braces',
      ]);
    },
  );

  it.each([
    ['url', { type: 'slack', url: '$SLACK_URL' }],
    ['secret', { type: 'webhook', url: 'https://ci.example.com/', secret: '$WEBHOOK_SECRET' }],
  ])('is refused as the %s of a channel, with these words alone', async (setting, ops) => {
    expect(await problemsOf({ ...MINIMAL, channels: { ops } })).toEqual([
      expect.stringMatching(new RegExp(`^channels\\.ops\\.${setting}: looks like a variable`)),
    ]);
  });

  it.each(['<your access key>', 'your-access-key', 'xxxxxxxx', '...', 'CHANGEME', '[key]'])(
    'is refused as a key when it is the stand-in %s',
    async (accessKey) => {
      expect(await problemsOf(withProject({ credentials: { accessKey, secretKey: 'b' } }))).toEqual([
        'projects[0].credentials.accessKey: looks like a placeholder that you have to replace',
      ]);
    },
  );

  it('is refused as the id of a task or a project', async () => {
    expect(await problemsOf(withProject({ id: '$PROJECT_ID', tasks: ['$TASK_ID'] }))).toEqual([
      expect.stringMatching(/^projects\[0\]\.id: looks like a variable/),
      expect.stringMatching(/^projects\[0\]\.tasks\[0\]: looks like a variable/),
    ]);
  });

  it('is refused when it came from another variable', async () => {
    const env = { ...ENV, HUAWEI_AK: '$OTHER' };
    const credentials = { accessKey: `\${HUAWEI_AK}`, secretKey: 'b' };
    expect(await problemsOf(withProject({ credentials }), { env })).toEqual([
      expect.stringContaining('looks like a variable that was not filled in'),
    ]);
  });

  it('causes a warning in a header and in a name, where it may be intended', async () => {
    const headers = { authorization: 'Bearer $CI_TOKEN' };
    const ops = { type: 'webhook', url: 'https://ci.example.com/', secret: SIGNING_SECRET, headers };
    expect(await warningsOf({ ...withProject({ name: '$STAGE' }), channels: { ops } })).toEqual([
      expect.stringMatching(/^projects\[0\]\.name: looks like a variable/),
      expect.stringMatching(/^channels\.ops\.headers\.authorization: looks like a variable/),
    ]);
  });

  it('is not assumed in a price, a password-like header or a mention', async () => {
    const headers = { 'x-note': 'costs $5 or 100%', authorization: 'Basic dXNlcjpwYSRz' };
    const ops = { type: 'webhook', url: 'https://ci.example.com/', secret: SIGNING_SECRET, headers };
    const chat = { type: 'slack', url: HOOK, mention: '<!here>' };
    expect(await warningsOf({ ...MINIMAL, channels: { ops, chat } })).toEqual([]);
  });
});

describe('The intended name', () => {
  it('is suggested when an unset variable is nearly one that is set', async () => {
    const channels = { ops: { type: 'slack', url: `\${SLACK_WEBHOK_URL}` } };
    expect(await problemsOf({ ...MINIMAL, channels })).toEqual([
      'channels.ops.url: the environment variable SLACK_WEBHOK_URL is not set; did you mean SLACK_WEBHOOK_URL, which is set?',
    ]);
  });

  it.each([
    [
      'a phase',
      { when: { to: ['suceeded'] } },
      'when.to[0]: did you mean succeeded? expected one of creating',
    ],
    [
      'a severity',
      { when: { severity: ['Failure'] } },
      'when.severity[0]: did you mean failure? expected one',
    ],
    ['an event', { when: { events: ['dcs.group.redy'] } }, 'when.events[0]: did you mean group.ready?'],
    ['a type of channel', { type: 'Slack' }, 'type: did you mean slack? expected a channel with type slack'],
  ])('is suggested when %s is nearly an existing one', async (_what, settings, problem) => {
    expect(await problemsOf(withChannel(settings))).toEqual([
      expect.stringContaining(`channels.ops.${problem}`),
    ]);
  });

  it.each([
    [{ when: { severity: ['xyz'] } }, 'when.severity[0]: expected one of'],
    [{ type: 'carrier-pigeon' }, 'type: expected a channel with type'],
    [{ type: 7 }, 'type: expected a channel with type'],
  ])('is not suggested when nothing is near: %j', async (settings, problem) => {
    expect(await problemsOf(withChannel(settings))).toEqual([
      expect.stringContaining(`channels.ops.${problem}`),
    ]);
  });

  it('is suggested when a filter nearly names a project or a group', async () => {
    const file = {
      ...withProject({ name: 'production' }),
      channels: { ops: { type: 'slack', url: HOOK, when: { projects: ['prodution'], groups: ['order'] } } },
      groups: { orders: { tasks: [TASK] } },
    };
    expect(await problemsOf(file)).toEqual([
      expect.stringContaining('did you mean production?'),
      expect.stringContaining('did you mean orders?'),
    ]);
  });

  it('is suggested when a setting is nearly an existing one', async () => {
    expect(await problemsOf(withChannel({ mentoin: '<!here>' }))).toEqual([
      expect.stringContaining('did you mean mention?'),
    ]);
  });
});
