import { describe, expect, it } from 'vitest';
import { load, MINIMAL, PROJECT, problemsOf, TASK, withProject } from './support.ts';

const BARE = { id: PROJECT, region: 'cn-north-4' };

/** A file with several entries of one project, each under a name of its own. */
function entries(...settings: readonly object[]) {
  return { ...MINIMAL, projects: settings.map((own, i) => ({ ...BARE, name: `entry ${i}`, ...own })) };
}

describe('A project whose tasks are discovered', () => {
  it('needs no list of tasks', async () => {
    const { projects } = await load(entries({ discover: true }));
    expect(projects[0]).toMatchObject({ id: PROJECT, tasks: [], discover: { labels: {} } });
    await expect(load(entries({ discover: true, tasks: [] }))).resolves.toBeDefined();
  });

  it('may select them by name, and give them labels', async () => {
    const discover = { name: 'prod-*', labels: { team: 'orders' } };
    const { projects } = await load(entries({ discover }));
    expect(projects[0]?.discover).toEqual(discover);
  });

  it('may have settings that change nothing', async () => {
    const { projects } = await load(entries({ discover: {} }));
    expect(projects[0]?.discover).toEqual({ labels: {} });
  });

  it('keeps tasks that are listed as well, with their own names and labels', async () => {
    const task = { id: TASK, name: 'orders cache', labels: { team: 'orders' } };
    const { projects } = await load(entries({ discover: true, tasks: [task] }));
    expect(projects[0]?.tasks).toEqual([task]);
  });

  it('is not the default', async () => {
    const { projects } = await load(MINIMAL);
    expect(projects[0]).not.toHaveProperty('discover');
  });

  it('may take its name from the environment', async () => {
    const file = entries({ discover: { name: `\${PATTERN}` } });
    const { projects } = await load(file, { env: { PATTERN: 'prod-*', ...ENV_OF_MINIMAL } });
    expect(projects[0]?.discover?.name).toBe('prod-*');
  });
});

const ENV_OF_MINIMAL = {
  HUAWEICLOUD_SDK_AK: 'A',
  HUAWEICLOUD_SDK_SK: 'S',
  SLACK_WEBHOOK_URL: 'https://hooks.slack.com/services/x',
};

const NEITHER =
  'projects[0].discover: expected true, or settings with a name or labels; leave it out to watch only the tasks that are listed';
const PATTERN =
  'projects[0].discover.name: expected (a part of) a name of one line, at most 256 characters, in which * stands for any characters and ? for one';

describe('A configuration', () => {
  it.each([
    ['no', withProject({ discover: false }), [NEITHER]],
    ['a word', withProject({ discover: 'all' }), [NEITHER]],
    ['a list', withProject({ discover: ['prod-*'] }), [NEITHER]],
    ['nothing', withProject({ discover: null }), [NEITHER]],
    ['an empty pattern', withProject({ discover: { name: '' } }), [PATTERN]],
    ['a pattern of blanks', withProject({ discover: { name: '  ' } }), [PATTERN]],
    ['a pattern of two lines', withProject({ discover: { name: 'a\nb' } }), [PATTERN]],
    ['a pattern that is too long', withProject({ discover: { name: 'a'.repeat(257) } }), [PATTERN]],
    [
      'a pattern that is a number',
      withProject({ discover: { name: 1 } }),
      ['projects[0].discover.name: expected a text, but it is a number; put it in quotes'],
    ],
    [
      'a label that is no text',
      withProject({ discover: { labels: { urgent: 1 } } }),
      ['projects[0].discover.labels.urgent: expected a text, but it is a number; put it in quotes'],
    ],
    [
      'an unknown setting',
      withProject({ discover: { names: 'prod-*' } }),
      [
        'projects[0].discover.names: is not a known setting; did you mean name? (expected one of name, labels)',
      ],
    ],
    [
      'several mistakes at once',
      withProject({ discover: { name: '', labels: { '': 'x' } }, tasks: ['a/b'] }),
      [
        PATTERN,
        'projects[0].discover.labels.(key): expected a label of one line, at most 64 characters',
        'projects[0].tasks[0]: expected an id: letters, digits and hyphens, at most 64',
      ],
    ],
  ])('is refused for discovering %s', async (_what, file, problems) => {
    expect(await problemsOf(file)).toEqual(problems);
  });

  it('is refused for a project that watches nothing, whether the list is empty or missing', async () => {
    const nothing = 'projects[0].tasks: expected at least one task, or discover: true';
    expect(await problemsOf(entries({}))).toEqual([nothing]);
    expect(await problemsOf(entries({ tasks: [] }))).toEqual([nothing]);
    expect(await problemsOf(entries({ tasks: null }))).toEqual([
      'projects[0].tasks: expected a list (- …), but it has no value',
    ]);
  });

  it('reports a project that watches nothing together with its other problems', async () => {
    expect(await problemsOf(entries({ region: 'mars', tasks: [], regoin: 'x' }))).toHaveLength(3);
  });
});

describe('Two entries of one project', () => {
  it.each([
    ['both discover everything', true, true],
    ['one discovers everything and the other a part', true, { name: 'prod-*' }],
    ['one discovers a part and the other everything', { name: 'prod-*' }, { labels: { team: 'orders' } }],
    ['their names overlap', { name: 'prod-*' }, { name: '*-orders' }],
    ['their names are the same', { name: 'prod-?' }, { name: 'prod-?' }],
  ])('are refused if %s: a task would be watched twice', async (_what, one, other) => {
    const problems = await problemsOf(entries({ discover: one }, { discover: other }));
    expect(problems).toEqual([
      'projects[1].discover: could find the same tasks as projects[0].discover, of the same project; give each a name pattern (like prod-*) so that no task matches both',
    ]);
  });

  it('are refused at the line of the second, and of each further one', async () => {
    const problems = await problemsOf(
      entries({ discover: { name: 'a*' } }, { discover: { name: 'b*' } }, { discover: { name: '?1' } }),
    );
    expect(problems).toEqual([
      expect.stringMatching(/^projects\[2\]\.discover: .* projects\[0\]\.discover,/),
    ]);
  });

  it.each([
    ['no task fits both names', { discover: { name: 'prod-*' } }, { discover: { name: 'test-*' } }],
    ['only one of them discovers', { tasks: [TASK] }, { discover: true }],
    [
      'they are of different projects',
      { discover: true },
      { id: '354d2280acb74d36a8b839746bcd7352', discover: true },
    ],
  ])('are accepted if %s', async (_what, one, other) => {
    const { warnings } = await load(entries(one, other));
    expect(warnings).toEqual([]);
  });

  it('are not compared by names that cannot be read', async () => {
    const problems = await problemsOf(entries({ discover: true }, { discover: { name: '' } }));
    expect(problems).toEqual([PATTERN.replace('[0]', '[1]')]);
  });
});
