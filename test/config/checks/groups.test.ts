import { describe, expect, it } from 'vitest';
import { load, MINIMAL, PROJECT, problemsOf, TASK, withProject } from '../support.ts';

const LABELS = { cluster: 'orders' };
const OTHER = '8aa6999e7d10a4c2017d5b9e0f3377c5';
const TWO_TASKS = withProject({ tasks: [TASK, { id: OTHER, labels: { ...LABELS, team: 'x' } }] });

/** Two watched tasks, one with labels, and these groups. */
const withGroups = (groups: unknown) => ({ ...TWO_TASKS, groups });

describe('A group', () => {
  it('names its tasks', async () => {
    const { groups, warnings } = await load(withGroups({ orders: { tasks: [TASK, OTHER] } }));
    expect(groups).toEqual({ orders: { tasks: [TASK, OTHER] } });
    expect(warnings).toEqual([]);
  });

  it('may select them by labels', async () => {
    const { groups, warnings } = await load(withGroups({ orders: { labels: LABELS } }));
    expect(groups).toEqual({ orders: { labels: LABELS } });
    expect(warnings).toEqual([]);
  });

  it('is optional', async () => {
    expect((await load(MINIMAL)).groups).toEqual({});
    expect((await load({ ...MINIMAL, groups: {} })).groups).toEqual({});
  });

  it('may share a task with another', async () => {
    const file = withGroups({
      one: { tasks: [TASK, OTHER] },
      two: { tasks: [TASK] },
      three: { labels: LABELS },
    });
    expect(Object.keys((await load(file)).groups)).toEqual(['one', 'two', 'three']);
  });

  it('may have tasks of several projects', async () => {
    const [project] = MINIMAL.projects;
    const projects = [project, { ...project, id: 'another-project', tasks: [OTHER] }];
    const { groups } = await load({ ...MINIMAL, projects, groups: { orders: { tasks: [OTHER, TASK] } } });
    expect(groups['orders']?.tasks).toEqual([OTHER, TASK]);
  });

  it('may have ids with hyphens, or without', async () => {
    const id = '8aa6999e-7d10-4c20-b17d-5b9e0f3377c5';
    const plain = id.replaceAll('-', '');
    const file = (tasks: string[]) => ({ ...withProject({ tasks: [plain] }), groups: { orders: { tasks } } });
    await expect(load(file([id]))).resolves.toBeDefined();
    expect(await problemsOf(file([id, plain]))).toEqual([
      'groups.orders.tasks[1]: is the same task as groups.orders.tasks[0]',
    ]);
  });

  it('may name an unlisted task where tasks are discovered', async () => {
    const file = {
      ...withProject({ discover: { name: 'orders-*' } }),
      groups: { orders: { tasks: ['b276c1ffa0a54c2597fc824b917db317'] } },
    };
    expect((await load(file)).warnings).toEqual([]);
  });

  it('may have a name that is special in JavaScript', async () => {
    const { groups } = await load(withGroups({ constructor: { tasks: [TASK] } }));
    expect(Object.keys(groups)).toEqual(['constructor']);
  });
});

describe('A configuration with groups', () => {
  it.each([
    ['a list of groups', [TASK], ['groups: expected settings (name: value), but it is a list']],
    [
      'a group that is only a list',
      { orders: [TASK] },
      ['groups.orders: expected settings (name: value), but it is a list'],
    ],
    [
      'a group of nobody',
      { orders: {} },
      ['groups.orders: expected tasks (a list of ids) or labels, to say which tasks belong to it'],
    ],
    [
      'a group that has both',
      { orders: { tasks: [TASK], labels: LABELS } },
      ['groups.orders.labels: expected either tasks or labels, not both; use a second group for the others'],
    ],
    ['no task', { orders: { tasks: [] } }, ['groups.orders.tasks: expected at least one id of a task']],
    ['no label', { orders: { labels: {} } }, ['groups.orders.labels: expected at least one label']],
    [
      'tasks without a value',
      { orders: { tasks: null } },
      ['groups.orders.tasks: expected a list (- …), but it has no value'],
    ],
    [
      'a task that no project watches',
      { orders: { tasks: [TASK, 'typo'] } },
      ['groups.orders.tasks[1]: no project watches this task; add it to its project as well'],
    ],
    [
      'a task that it has already',
      { orders: { tasks: [TASK, OTHER, TASK] } },
      ['groups.orders.tasks[2]: is the same task as groups.orders.tasks[0]'],
    ],
    [
      'ids of the wrong form',
      { orders: { tasks: ['a/b', 7] } },
      [
        'groups.orders.tasks[0]: expected an id: letters, digits and hyphens, at most 64',
        'groups.orders.tasks[1]: expected a text, but it is a number; put it in quotes',
      ],
    ],
    [
      'a label that is no text',
      { orders: { labels: { shard: 1 } } },
      ['groups.orders.labels.shard: expected a text, but it is a number; put it in quotes'],
    ],
    [
      'an unknown setting',
      { orders: { tasks: [TASK], label: 'x' } },
      ['groups.orders.label: is not a known setting; did you mean labels? (expected one of tasks, labels)'],
    ],
    [
      'an improper name',
      { '.orders': { tasks: [TASK] } },
      ['groups..orders: expected a name of letters, digits and _ . -, at most 64, not beginning with _ . -'],
    ],
  ])('is refused for %s', async (_what, groups, problems) => {
    expect(await problemsOf(withGroups(groups))).toEqual(problems);
  });

  it('is refused with the problems of all groups, and all others', async () => {
    const file = { ...withGroups({ a: {}, b: { tasks: ['typo'] } }), settings: { interval: 'soon' } };
    expect((await problemsOf(file)).map((problem) => problem.split(': ')[0])).toEqual([
      'settings.interval',
      'groups.a',
      'groups.b.tasks[0]',
    ]);
  });

  it('is not refused for a member that may be a task with a wrong id', async () => {
    const file = { ...withProject({ tasks: [TASK, 1234] }), groups: { orders: { tasks: ['1234'] } } };
    expect(await problemsOf(file)).toEqual([
      'projects[0].tasks[1]: expected an id (in quotes if it consists of digits only), or settings with an id',
    ]);
  });

  it.each([
    ['no task has', withGroups({ orders: { labels: { cluster: 'users' } } })],
    ['no task has all of', withGroups({ orders: { labels: { ...LABELS, team: 'y' } } })],
    [
      'no task has, and none that is discovered gets',
      {
        ...withProject({ discover: { labels: { cluster: 'users' } } }),
        groups: { orders: { labels: LABELS } },
      },
    ],
  ])('is accepted with a warning for a group of labels that %s', async (_what, file) => {
    expect((await load(file)).warnings).toEqual([
      'groups.orders.labels: no task has these labels, so the group is empty',
    ]);
  });

  it('is accepted without a warning if discovered tasks get all of the labels', async () => {
    const discover = { labels: { ...LABELS, team: 'x' } };
    const ops = { ...MINIMAL.channels.ops, when: { labels: { team: 'x' } } };
    const file = { ...withProject({ discover }), groups: { orders: { labels: LABELS } }, channels: { ops } };
    expect((await load(file)).warnings).toEqual([]);
  });
});

/** A group `orders`, and a channel with such a filter. */
function withFilter(when: object, groups: object = { orders: { tasks: [TASK] } }) {
  return { ...TWO_TASKS, groups, channels: { ops: { ...MINIMAL.channels.ops, when } } };
}

describe('A channel', () => {
  it('may select groups', async () => {
    const when = { groups: ['orders'], events: ['group.ready', 'group.retracted'] };
    const { channels, warnings } = await load(withFilter(when));
    expect(channels['ops']?.when).toEqual(when);
    expect(warnings).toEqual([]);
  });

  it('is refused for an unknown group', async () => {
    const wrong = (path: string) => `channels.ops.when.${path}: expected the name of one of the groups`;
    expect(await problemsOf(withFilter({ groups: ['orders', 'toString'] }))).toEqual([wrong('groups[1]')]);
    expect(await problemsOf(withFilter({ groups: ['orders'] }, {}))).toEqual([wrong('groups[0]')]);
  });

  it('is refused for an empty list of groups, and for one that is no list of strings', async () => {
    expect(await problemsOf(withFilter({ groups: [] }))).toEqual([
      'channels.ops.when.groups: expected at least one entry; leave the filter out to get everything',
    ]);
    expect(await problemsOf(withFilter({ groups: [1] }))).toEqual([
      'channels.ops.when.groups[0]: expected the name of a group',
    ]);
  });

  it.each([
    ['labels', { groups: ['orders'], labels: LABELS }],
    ['to', { groups: ['orders'], to: ['incremental'] }],
    ['events', { groups: ['orders'], events: ['migration.gone'] }],
    ['labels', { events: ['group.finished', 'group.failed'], labels: LABELS }],
  ])('gets a warning if its %s exclude all events about groups: %j', async (part, when) => {
    expect((await load(withFilter(when))).warnings).toEqual([
      `channels.ops.when.${part}: no event about a group passes this, so the channel gets nothing`,
    ]);
  });

  it('gets a warning if it selects events about groups and there are none', async () => {
    const when = { events: ['group.finished', 'migration.gone'] };
    expect((await load(withFilter(when, {}))).warnings).toEqual([
      'channels.ops.when.events: there are no groups, so there are no events about them',
    ]);
  });

  it.each([
    ['migration.cutover_ready', 'migration.cutover_unready'],
    ['group.ready', 'group.retracted'],
  ])('gets a warning if it selects %s, and not %s, which retracts it', async (word, retraction) => {
    expect((await load(withFilter({ events: ['migration.gone', word] }))).warnings).toEqual([
      `channels.ops.when.events: has ${word}, but not ${retraction}, which retracts it`,
    ]);
    expect((await load(withFilter({ events: [word, retraction] }))).warnings).toEqual([]);
  });

  it('gets no warning if other events pass, or those of groups do', async () => {
    for (const when of [
      { events: ['group.finished', 'migration.gone'], labels: LABELS },
      { groups: ['orders'], events: ['migration.gone', 'group.failed'] },
      { groups: ['orders'], projects: [PROJECT], severity: ['failure'] },
      { labels: LABELS },
    ]) {
      expect((await load(withFilter(when))).warnings).toEqual([]);
    }
  });

  it('that selects a project by its id also selects it by its names, which groups use', async () => {
    const [project] = TWO_TASKS.projects;
    const projects = [
      { ...project, name: 'prod' },
      { ...project, name: 'prod, too', tasks: ['another'] },
      { ...project, id: 'else', name: 'test' },
    ];
    const file = { ...withFilter({ projects: ['test', PROJECT] }), projects };
    expect((await load(file)).channels['ops']?.when?.projects).toEqual([
      'test',
      PROJECT,
      'prod',
      'prod, too',
    ]);
  });
});
