import { describe, expect, it } from 'vitest';
import { CHANNEL_TYPES } from '../../lib/channels/index.ts';
import { DEFAULT_THRESHOLDS } from '../../lib/migration/model/thresholds.ts';
import { HIDDEN_PRIVATE_HOSTS } from '../support/addresses.ts';
import { expectNoSecret } from '../support/secrets.ts';
import {
  ENV,
  load,
  MINIMAL,
  PROJECT,
  problemsOf,
  refusalOf,
  SIGNING_SECRET,
  TASK,
  withProject,
} from './support.ts';

describe('A correct configuration', () => {
  it('needs a project with a task and a channel, and has defaults for the rest', async () => {
    const { projects, channels, settings, warnings } = await load(MINIMAL);
    const [project] = projects;
    expect(project).toMatchObject({ id: PROJECT, name: PROJECT, region: 'cn-north-4', allowInsecure: false });
    expect(project?.endpoint.href).toBe('https://dcs.cn-north-4.myhuaweicloud.com/');
    expect(project?.tasks).toEqual([{ id: TASK, labels: {} }]);
    expect(project?.credentials.secretKey.reveal()).toBe('canary-secret-key-7Hq');
    expect(Object.keys(channels)).toEqual(['ops']);
    expect(settings).toEqual({
      intervalMs: 60_000,
      finishedEveryMs: 900_000,
      requestsPerSecond: 10,
      runPerProject: 'auto',
      thresholds: DEFAULT_THRESHOLDS,
      language: 'en',
    });
    expect(warnings).toEqual([]);
  });

  it('may give tasks names and labels', async () => {
    const task = { id: TASK, name: 'orders cache', labels: { team: 'orders' } };
    const { projects } = await load(withProject({ tasks: [task] }));
    expect(projects[0]?.tasks).toEqual([task]);
  });

  it('may name a JSON Schema for editors', async () => {
    await expect(load({ $schema: './watch.schema.json', ...MINIMAL })).resolves.toBeDefined();
  });

  it('may have labels and channels with names that are special in JavaScript', async () => {
    const labels = { constructor: 'a', toString: 'b' };
    const file = {
      ...withProject({ tasks: [{ id: TASK, labels }] }),
      channels: { constructor: { ...MINIMAL.channels.ops, when: { labels } } },
    };
    const { projects, channels, warnings } = await load(file);
    expect(projects[0]?.tasks[0]?.labels).toEqual(labels);
    expect(Object.keys(channels)).toEqual(['constructor']);
    expect(warnings).toEqual([]);
  });

  it('may have two projects with one id under two names', async () => {
    const [project] = MINIMAL.projects;
    const second = { ...project, name: 'second', tasks: ['other'] };
    const { projects } = await load({ ...MINIMAL, projects: [project, second] });
    expect(projects.map(({ name }) => name)).toEqual([PROJECT, 'second']);
  });

  it.each([
    ['60s', 60_000],
    ['5m', 300_000],
    ['24h', 86_400_000],
  ])('accepts %s as a time', async (interval, intervalMs) => {
    const { settings } = await load({ ...MINIMAL, settings: { interval } });
    expect(settings.intervalMs).toBe(intervalMs);
  });

  it('accepts a fraction of a request per second', async () => {
    const { settings } = await load({ ...MINIMAL, settings: { requestsPerSecond: 0.5 } });
    expect(settings.requestsPerSecond).toBe(0.5);
  });

  it.each([
    ['its address', 'https://ping.example.com/1', false],
    ['settings', { url: 'https://ping.example.com/1' }, false],
    ['settings that permit a private address', { url: 'http://127.0.0.1/1', allowInsecure: true }, true],
  ])('may have a heartbeat like %s', async (_form, written, allowInsecure) => {
    const { settings } = await load({ ...MINIMAL, settings: { heartbeat: written } });
    expect(settings.heartbeat).toMatchObject({ allowInsecure });
    expect(settings.heartbeat?.url.reveal()).toBe(typeof written === 'string' ? written : written.url);
  });
});

describe('A configuration with mistakes', () => {
  it('is refused with all of them, each with its path and line, from top to bottom', async () => {
    const error = await refusalOf(
      load(`projects:
  - id: abc
    region: cn-nort-4
    nmae: prod
    tasks:
      - one
      - one
      - { id: two, nickname: x }
channels:
  ops:
    type: slak
    url: https://hooks.slack.com/x
settings:
  interval: soon
`),
    );
    expect(error.code).toBe('invalid_config');
    expect(error.message.split('\n')[0]).toBe('watch.yml is refused, it has 6 problems:');
    expect(error.message.split('\n')).toHaveLength(7);
    expect(error.problems.map(({ line, path }) => [line, path])).toEqual([
      [3, 'projects[0].region'],
      [4, 'projects[0].nmae'],
      [7, 'projects[0].tasks[1]'],
      [8, 'projects[0].tasks[2].nickname'],
      [11, 'channels.ops.type'],
      [14, 'settings.interval'],
    ]);
  });

  it('is reported in one line if there is one problem', async () => {
    const { message } = await refusalOf(load(withProject({ region: 'mars' })));
    expect(message).toBe(
      'watch.yml is refused, it has one problem:\n' +
        '  line 1: projects[0].region: is not a region in which DCS has a known endpoint; expected one such as ' +
        'cn-north-4 (elsewhere name the API itself with endpoint: https://…)',
    );
  });

  it.each([
    ['nothing at all', '', [': it is empty; see watch.example.yml for an example']],
    ['a list', '[]', [': expected settings (name: value), but it is a list']],
    [
      'no projects and no channels',
      '{}',
      [
        'projects: expected a list (- …), but it is missing',
        'channels: expected settings (name: value), but it is missing',
      ],
    ],
    ['empty projects', { ...MINIMAL, projects: [] }, ['projects: expected at least one project']],
    [
      'empty channels',
      { ...MINIMAL, channels: {} },
      ['channels: expected at least one channel: without one, nobody gets any events'],
    ],
    [
      'a setting without a value',
      { ...MINIMAL, settings: null },
      ['settings: expected settings (name: value), but it has no value'],
    ],
    [
      'no tasks',
      withProject({ tasks: [] }),
      ['projects[0].tasks: expected at least one task, or discover: true'],
    ],
    [
      'a task id of digits only',
      withProject({ tasks: [1234, { id: 1e10 }] }),
      [
        'projects[0].tasks[0]: expected an id (in quotes if it consists of digits only), or settings with an id',
        'projects[0].tasks[1].id: expected a text, but it is a number; put it in quotes',
      ],
    ],
    [
      'ids that would change a path',
      withProject({ id: 'a/../b', tasks: ['x?y', { id: '' }] }),
      [
        'projects[0].id: expected an id: letters, digits and hyphens, at most 64',
        'projects[0].tasks[0]: expected an id: letters, digits and hyphens, at most 64',
        'projects[0].tasks[1].id: expected an id: letters, digits and hyphens, at most 64',
      ],
    ],
    [
      'a name of two lines',
      withProject({ name: 'a\nb' }),
      ['projects[0].name: expected a name of one line, at most 100 characters'],
    ],
    [
      'a label that is no text',
      withProject({ tasks: [{ id: TASK, labels: { urgent: true } }] }),
      ['projects[0].tasks[0].labels.urgent: expected a text, but it is true or false; put it in quotes'],
    ],
    [
      'a channel without a proper name',
      { ...MINIMAL, channels: { '-ops': MINIMAL.channels.ops } },
      ['channels.-ops: expected a name of letters, digits and _ . -, at most 64, not beginning with _ . -'],
    ],
    [
      'a channel of an unknown type',
      { ...MINIMAL, channels: { ops: { type: 'pigeon' } } },
      [`channels.ops.type: expected a channel with type ${Object.keys(CHANNEL_TYPES).join(' or ')}`],
    ],
    [
      'an address without encryption',
      { ...MINIMAL, channels: { ops: { type: 'slack', url: 'http://hooks.slack.com/x' } } },
      ['channels.ops.url: must be https (set allowInsecure: true to permit it)'],
    ],
    [
      'a filter for a project that there is not',
      { ...MINIMAL, channels: { ops: { ...MINIMAL.channels.ops, when: { projects: [PROJECT, 'prd'] } } } },
      ['channels.ops.when.projects[1]: expected the name or the id of one of the projects'],
    ],
    [
      'a pace of nothing',
      { ...MINIMAL, settings: { requestsPerSecond: 0 } },
      ['settings.requestsPerSecond: expected a number above 0, at most 100'],
    ],
    [
      'a console without encryption',
      { ...MINIMAL, settings: { consoleUrl: 'http://console.example.com' } },
      [
        'settings.consoleUrl: expected an https:// address, in which {region}, {project} and {task} are filled in',
      ],
    ],
    [
      'a console with an unknown place',
      { ...MINIMAL, settings: { consoleUrl: 'https://console.example.com/{zone}' } },
      [
        'settings.consoleUrl: expected an https:// address, in which {region}, {project} and {task} are filled in',
      ],
    ],
  ])('is refused for %s', async (_what, content, problems) => {
    expect(await problemsOf(content)).toEqual(problems);
  });

  it.each([
    ['that is no URL', 'canary', '.url: is not a URL'],
    [
      'without encryption',
      'http://ping.example.com/canary',
      '.url: must be https (set allowInsecure: true to permit it)',
    ],
    [
      'of a private network',
      { url: 'https://10.0.0.1/canary' },
      '.url: points to a private or loopback address (set allowInsecure: true to permit it)',
    ],
    [
      'with a password',
      'https://user:canary@ping.example.com',
      '.url: must not contain a user name or password',
    ],
    ['without an address', { allowInsecure: true }, '.url: expected a text'],
    ['that is a number', 5, ': expected an https:// address, or settings with a url'],
    [
      'with an unknown setting',
      { url: 'https://ping.example.com', every: '5m' },
      '.every: is not a known setting; expected one of url, fail, allowInsecure',
    ],
    [
      'that leads elsewhere when it fails, to http',
      { url: 'https://ping.example.com', fail: 'http://canary.example.com' },
      '.fail: must be https (set allowInsecure: true to permit it)',
    ],
    [
      'whose fail is no address',
      { url: 'https://ping.example.com', fail: false },
      '.fail: expected true (for the url with /fail after it), or an https:// address',
    ],
    ['that is not set', '${HEARTBEAT_URL}', ': the environment variable HEARTBEAT_URL is not set'],
  ])('is refused for a heartbeat %s, without showing it', async (_what, heartbeat, problem) => {
    const problems = await problemsOf({ ...MINIMAL, settings: { heartbeat } });
    expect(problems).toEqual([`settings.heartbeat${problem}`]);
    expect(problems.join()).not.toContain('canary');
  });

  it.each(['60', 60, '1.5h', '0s', '25h', '-5s', '5 m', ''])(
    'is refused for %j as a time',
    async (interval) => {
      const [problem, ...others] = await problemsOf({ ...MINIMAL, settings: { interval } });
      expect(problem).toMatch(/^settings\.interval: expected a time such as 60s, 5m or 1h/);
      expect(others).toEqual([]);
    },
  );

  it('is refused for a signing secret of the wrong form, without showing it', async () => {
    const hook = { type: 'webhook', url: 'https://ci.example.com/x' };
    const secret = 'whsec_canary!';
    const error = await refusalOf(load({ ...MINIMAL, channels: { hook: { ...hook, secret } } }));
    expect(error.problems.map(({ path }) => path)).toEqual(['channels.hook.secret']);
    expect(error.message).not.toContain('canary');
    await expect(
      load({ ...MINIMAL, channels: { hook: { ...hook, secret: SIGNING_SECRET } } }),
    ).resolves.toBeDefined();
  });

  it('is refused for a private address in any spelling, of a channel or of a project, without showing the URL', async () => {
    for (const host of HIDDEN_PRIVATE_HOSTS) {
      const url = `https://${host}/canary`;
      const file = {
        ...withProject({ endpoint: `https://${host}` }),
        channels: {
          ops: { type: 'slack', url },
          hook: { type: 'webhook', url: `\${HOOK}`, secret: SIGNING_SECRET },
        },
      };
      const error = await refusalOf(load(file, { env: { ...ENV, HOOK: url } }));
      expect([host, error.problems.map(({ path }) => path).toSorted()]).toEqual([
        host,
        ['channels.hook.url', 'channels.ops.url', 'projects[0].endpoint'],
      ]);
      expect(error.message).toContain('private or loopback');
      expect(error.message).not.toContain('canary');
    }
  });

  it.each([
    ['of 4 bytes', `whsec_${Buffer.from('4By!').toString('base64')}`, 'holds 4'],
    ['with a trailing newline', `${SIGNING_SECRET}\n`, 'a line break at its end'],
    ['that is not base64', `whsec_${'!'.repeat(44)}`, 'must be base64'],
  ])('is refused for a signing secret %s, in the file, in the environment, or one of two', async (...row) => {
    const [, secret, hint] = row;
    const hook = { type: 'webhook', url: 'https://ci.example.com/x' };
    for (const [written, path] of [
      [secret, 'secret'],
      [`\${HOOK_SECRET}`, 'secret'],
      [[SIGNING_SECRET, `\${HOOK_SECRET}`], 'secret[1]'],
    ]) {
      const file = { ...MINIMAL, channels: { hook: { ...hook, secret: written } } };
      const error = await refusalOf(load(file, { env: { ...ENV, HOOK_SECRET: secret } }));
      expect(error.problems).toEqual([
        expect.objectContaining({ path: `channels.hook.${path}`, message: expect.stringContaining(hint) }),
      ]);
      expectNoSecret(error, [secret.trim().slice('whsec_'.length)]);
    }
  });

  it('is refused for a task that is watched twice, even through two entries of one project', async () => {
    const [project] = MINIMAL.projects;
    const problems = await problemsOf({
      ...MINIMAL,
      projects: [project, { ...project, name: 'again', tasks: ['other', { id: TASK }] }],
    });
    expect(problems).toEqual([
      'projects[1].tasks[1]: is the same task as projects[0].tasks[0]; list each task once',
    ]);
  });

  it('is refused for a task that is watched twice, once with hyphens in its id and once without', async () => {
    const id = '8aa6999e-7d10-4c20-b17d-5b9e0f3377c5';
    const tasks = [id, id.replaceAll('-', '').toUpperCase()];
    expect(await problemsOf(withProject({ tasks }))).toEqual([
      'projects[0].tasks[1]: is the same task as projects[0].tasks[0]; list each task once',
    ]);
  });

  it('is refused for two projects with one name', async () => {
    const [project] = MINIMAL.projects;
    const other = { ...project, id: 'other' };
    expect(
      await problemsOf({
        ...MINIMAL,
        projects: [
          { ...project, name: 'prod' },
          { ...other, name: 'prod' },
        ],
      }),
    ).toEqual(['projects[1].name: is the same as projects[0].name; give each project a name of its own']);
    expect(await problemsOf({ ...MINIMAL, projects: [project, { ...project, tasks: ['other'] }] })).toEqual([
      'projects[1].id: is the same as projects[0].id; give each project a name of its own',
    ]);
  });

  it('is refused for an unknown entry of credentials without repeating it, because it may be a key', async () => {
    const error = await refusalOf(
      load(withProject({ credentials: { CANARYKEY123: 'x', accessKey: 'a', secretKey: 'b' } })),
    );
    expect(error.problems).toMatchObject([{ path: 'projects[0].credentials' }]);
    expect(error.message).not.toContain('CANARY');
  });

  it('is refused for a key that is no plain word without repeating it, because it may be a whole header', async () => {
    const headers = { 'Authorization: Bearer canary': 'x' };
    const hook = { type: 'webhook', url: 'https://ci.example.com', secret: SIGNING_SECRET, headers };
    const error = await refusalOf(load({ ...MINIMAL, channels: { hook } }));
    expect(error.problems).toMatchObject([{ path: 'channels.hook.headers.(key)' }]);
    expect(error.message).not.toContain('canary');
  });

  it('is refused with the name of the variable that made a value empty', async () => {
    const channels = {
      ops: { type: 'slack', url: '${SLACK_URL}' },
      hook: { type: 'slack', url: 'a${SLACK_URL}' },
    };
    const problems = await problemsOf({ ...MINIMAL, channels }, { env: { ...ENV, SLACK_URL: '' } });
    expect(problems).toEqual([
      'channels.ops.url: is not a URL (the environment variable SLACK_URL is empty)',
      'channels.hook.url: is not a URL',
    ]);
  });

  it('is refused with problems below a wrong name, too', async () => {
    const problems = await problemsOf({
      ...MINIMAL,
      channels: {
        'b d': { type: 'webhook', url: 'https://ci.example.com' },
        'c d': { type: 'slack', url: 7 },
      },
      groups: { 'o o': { tasks: [] } },
    });
    const name = 'expected a name of letters, digits and _ . -, at most 64, not beginning with _ . -';
    expect(problems).toEqual([
      `channels.(key): ${name}`,
      expect.stringMatching(/^channels\.\(key\)\.secret: expected a signing secret/),
      `channels.(key): ${name}`,
      'channels.(key).url: expected a text',
      `groups.(key): ${name}`,
      'groups.(key).tasks: expected at least one id of a task',
    ]);
  });

  it('does not change a prototype', async () => {
    const problems = await problemsOf(
      `{"projects": [{"id": "a", "region": "cn-north-4", "tasks": [{"id": "b", "labels": {"__proto__": {"x": "1"}}}]}],
        "channels": {"__proto__": {"type": "slack"}, "ops": {"type": "slack", "url": "https://example.com"}}}`,
    );
    expect(problems).toEqual([
      'projects[0].tasks[0].labels: this key is not allowed',
      'channels: this key is not allowed',
    ]);
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false);
  });
});

describe('A configuration that is valid but probably mistaken', () => {
  it('is accepted with a warning if no task has the labels that a channel selects', async () => {
    const ops = { ...MINIMAL.channels.ops, when: { labels: { team: 'orders' } } };
    const { warnings } = await load({ ...MINIMAL, channels: { ops } });
    expect(warnings).toEqual([
      'channels.ops.when.labels: no task has these labels, so the channel gets nothing',
    ]);
  });
});
