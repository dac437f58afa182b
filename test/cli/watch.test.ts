import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { columnsOf } from '../../lib/base/columns.ts';
import { SCENARIOS } from '../../lib/rehearsal/scenarios.ts';
import { openStore } from '../../lib/store/index.ts';
import { type CommandLine, createCommandLine, type Ran } from '../support/command-line.ts';
import { mustBeDescribed } from '../support/event-schemas.ts';
import {
  ACCESS_KEY,
  createWorld,
  PROJECT_ID,
  SECRET_KEY,
  SIGNING_SECRET,
  type World,
} from '../support/world.ts';

const ENV = { HUAWEICLOUD_SDK_AK: ACCESS_KEY, HUAWEICLOUD_SDK_SK: SECRET_KEY, SIGNING_SECRET };

let world: World;
let folder: string;

beforeAll(async () => {
  world = await createWorld({ time: 'real' });
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-local-'));
  world.status('task-1', 'FULLMIGRATING');
});
afterAll(() => world.close());

/** Runs the command in its folder, with no more environment than it is given. */
function run(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  columns?: number,
): Promise<Ran> {
  return commandLine(env, columns).run(...args);
}

function commandLine(env: Readonly<Record<string, string>> = {}, columns?: number): CommandLine {
  return createCommandLine({ cwd: folder, env: { ...ENV, ...env }, columns });
}

/** Runs until its first tick is done, and stops it then. @returns its exit code and its output */
async function runForOneTick(): Promise<Ran> {
  const line = commandLine();
  const ended = line.run();
  await line.printed('tick:');
  line.kill('SIGTERM');
  return ended;
}

/** A configuration that works; a test breaks it by replacing a part. */
function config(replaced: readonly [part: string, by: string][] = []): string {
  const good = `
projects:
  - id: ${PROJECT_ID}
    name: prod
    region: cn-north-4
    endpoint: ${world.simulator.endpoint}
    allowInsecure: true
    tasks: [task-1]
channels:
  cutover: { type: webhook, url: "${world.receiver.url('/cutover')}", secret: "\${SIGNING_SECRET}", allowInsecure: true }
`;
  return replaced.reduce((text, [part, by]) => {
    expect(text).toContain(part);
    return text.replace(part, by);
  }, good);
}

async function runWith(content: string, args: readonly string[] = ['--once'], env = {}): Promise<Ran> {
  await writeFile(join(folder, 'watch.yml'), content);
  return run(args, env);
}

describe('the command', () => {
  test('makes one tick with --once, stores it in the state file, and ends with 0', async () => {
    const before = world.receiver.at('/cutover').length;
    const first = await runWith(config());
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toContain('looked at 1 task');

    const second = await run(['--once']);
    expect(second.out).toContain('no change');
    expect(world.receiver.at('/cutover')).toHaveLength(before + 1);
    expect((await readFile(join(folder, '.state/watch.db'))).subarray(0, 6).toString()).toBe('SQLite');
  });

  test('ends with 1 when a record is of a newer version, and says so', async () => {
    await runWith(config());
    const store = await openStore({ kind: 'sqlite', file: join(folder, '.state/watch.db') }, Date.now);
    const [item] = (await store.load(`project:${PROJECT_ID}`)).filter(({ key }) =>
      key.id.startsWith('task:'),
    );
    if (item === undefined) throw new Error('no record');
    const body = JSON.stringify({ ...JSON.parse(item.body), schemaVersion: 99 });
    await store.save({ ...item, rev: item.rev + 1, nonce: 'newer', body });
    await store.close();
    const { code, out } = await run(['--once']);
    expect(code).toBe(1);
    expect(out).toContain('1 record written by a newer version');
  });

  test('prints one JSON object per line with --json', async () => {
    const { out } = await runWith(config(), ['--once', '--json']);
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toContainEqual(
      expect.objectContaining({ kind: 'tick', tasks: 1, events: 1, delivered: 1 }),
    );
  });

  test('calls the heartbeat after its tick, and ends with 0 even if nobody answers', async () => {
    const withHeartbeat = (url: string) =>
      `${config()}settings: { heartbeat: { url: "${url}", allowInsecure: true } }\n`;
    const heard = await runWith(withHeartbeat(world.receiver.url('/heartbeat')));
    expect(heard).toMatchObject({ code: 0, err: '' });
    expect(heard.out).not.toContain('heartbeat');
    expect(world.receiver.at('/heartbeat')).toHaveLength(1);

    const unheard = await runWith(withHeartbeat('http://127.0.0.1:1/canary'));
    expect(unheard).toMatchObject({ code: 0, err: '' });
    expect(unheard.out).toMatch(/^\S+ \S+ ! the heartbeat call failed: .*refused/m);
    expect(unheard.out).not.toContain('canary');
  });

  test.each([
    [
      'tasks: [task-1]\n    discover: true',
      'watching 1 task and those that are discovered in 1 project every',
    ],
    ['discover: true', 'watching the tasks that are discovered in 1 project every'],
  ])(
    'says what it watches (%j), and finishes its tick and ends with 0 when it is stopped',
    async (tasks, expected) => {
      const discovering = config([['tasks: [task-1]', tasks]]);
      await writeFile(join(folder, 'watch.yml'), discovering);
      const { code, out } = await runForOneTick();
      expect(code).toBe(0);
      expect(out).toContain(expected);
      expect(out).toContain('stopped');
    },
  );

  test('explains itself with --help', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    for (const option of ['--config', '--state', '--once', '--json', '--rehearse', '--scenario'])
      expect(out).toContain(option);
    for (const scenario of SCENARIOS.keys()) expect(out).toContain(` ${scenario} `);
  });
});

describe('without a configuration the command', () => {
  test('rehearses a whole migration with failures, says so in its first line, and ends with 0', async () => {
    const { code, out, err } = await run([], {}, 200);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.split('\n')[0]).toMatch(/rehears/i);
    const story = [
      'status RUNNING',
      'it opens a ticket',
      'status FULLMIGRATING',
      'full synchronisation at 52 %',
      'status INCRMIGEATING',
      '4 looks: nothing new to tell',
      'ready for the cut-over',
      'it starts the cut-over with fencing token',
      'no longer ready for the cut-over',
      'it stops the cut-over',
      'it fell back to a full synchronisation',
      'it locks the cut-over',
      'ready for the cut-over',
      'it is in maintenance and answers 503',
      'the same event with the same id as before',
      'it starts the cut-over with fencing token',
      'status TERMINATED',
      'The whole migration, watched since',
      'status FAILED',
      'Last errors in its log',
      'What to do (client-output-buffer-limit)',
      'it opens an incident',
      'dcs-migration-watch --scenario',
    ];
    let rest = out;
    for (const part of story) {
      expect(rest).toContain(part);
      rest = rest.slice(rest.indexOf(part) + part.length);
    }
    expect(out).toContain('signature verified');
    expect(out).not.toContain('SIGNATURE WRONG');
    expect(out).not.toMatch(/whsec_|REHEARSALACCESSKEY|simulated-(?:source|target)-password/);
  });

  test.each([
    ['no terminal', undefined, 80],
    ['a terminal of 80 columns', 80, 80],
    ['a terminal of 120 columns', 120, 120],
  ])('fits every line of the rehearsal into %s', async (_what, columns, most) => {
    const { out } = await run(['--rehearse'], {}, columns);
    const widths = out.split('\n').map(columnsOf);
    expect(Math.max(...widths)).toBeLessThanOrEqual(most);
    expect(Math.max(...widths)).toBeGreaterThan(most - 5);
  });

  test('rehearses in JSON lines too', async () => {
    const { code, out, err } = await run(['--json'], {});
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ kind: 'rehearsal', message: expect.stringMatching(/rehearsal/) });
    const webhooks = lines.filter(({ kind, channel }) => kind === 'received' && channel === 'webhook');
    expect(webhooks.length).toBeGreaterThan(10);
    expect(webhooks.every(({ verified }) => verified)).toBe(true);
    mustBeDescribed(webhooks.map(({ event }) => event));
  });

  test('rehearses one situation alone', async () => {
    const { code, out, err } = await run(['--scenario', 'stall'], {});
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.split('\n')[0]).toMatch(/rehearsal: a full synchronisation stands still/);
    expect(out).toContain('stalled: no progress for 31 min');
  });

  test('names all scenarios when it is asked for an unknown one', async () => {
    const { code, out, err } = await run(['--scenario', 'cutovre']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err.trim().split('\n')).toHaveLength(1);
    for (const scenario of ['cutovre', ...SCENARIOS.keys()]) expect(err).toContain(scenario);
  });

  test('refuses to rehearse where a real tick was asked for', async () => {
    expect(await run(['--once'])).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('no configuration: looked for watch.yml and watch.yaml'),
    });
  });
});

describe('a rehearsal with a configuration', () => {
  const withChat = (): string =>
    `${config()}  ops: { type: slack, url: "${world.receiver.url('/ops')}", allowInsecure: true, mention: "<!here>" }
settings: { heartbeat: { url: "${world.receiver.url('/beats')}", allowInsecure: true } }
`;
  const heard = (path: string) => world.receiver.at(path).length;

  test('reaches its chats and no program, marked as a drill, and changes nothing', async () => {
    const before = { cutover: heard('/cutover'), ops: heard('/ops'), beats: heard('/beats') };
    const looks = world.simulator.calls.show;
    const { code, out, err } = await runWith(withChat(), ['--scenario', 'failure']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.split('\n')[0]).toMatch(/rehearsal, sent to your own channels \(ops\)/);
    expect(out).toContain('Left out, because programs act on events: cutover.');
    expect(out).toContain('drill, failure: ');
    const received = world.receiver.at('/ops').slice(before.ops);
    expect(received.map(({ body }) => /^DRILL · .*sessions-cache/.test(JSON.parse(body).text))).toEqual([
      true,
      true,
    ]);
    expect(received.filter(({ body }) => body.includes('<!here>'))).toEqual([]);
    expect([heard('/cutover'), heard('/beats')]).toEqual([before.cutover, before.beats]);
    expect(world.simulator.calls.show).toBe(looks);
    await expect(readFile(join(folder, '.state/watch.db'))).rejects.toThrow('ENOENT');
  });

  test('reaches a program, too, where --channel names it: signed, and marked as a drill', async () => {
    const before = { cutover: heard('/cutover'), ops: heard('/ops') };
    const { code, out } = await runWith(withChat(), [
      'rehearse',
      '--scenario',
      'failure',
      '--channel',
      'cutover',
    ]);
    expect(code).toBe(0);
    expect(out).not.toContain('Left out');
    expect(heard('/ops')).toBe(before.ops + 2);
    const received = world.receiver.at('/cutover').slice(before.cutover);
    expect(received.map(({ body }) => JSON.parse(body).drill)).toEqual([true, true]);
  });

  test.each([
    [['--rehearse', '--channel', 'cutovre'], /no channel "cutovre", did you mean cutover\?/],
    [['--rehearse'], /has none; name the channels to use, each with --channel NAME: cutover/],
    [['--once', '--channel', 'cutover'], /--channel requires --rehearse or --scenario/],
  ])('is refused with advice: %j', async (args, expected) => {
    const before = heard('/cutover');
    const { code, out, err } = await runWith(config(), args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(expected);
    expect(heard('/cutover')).toBe(before);
  });

  test('needs a configuration for --channel', async () => {
    const { code, out, err } = await run(['--rehearse', '--channel', 'cutover']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('there is no configuration');
  });

  test('ends with 1 when something did not arrive', async () => {
    world.receiver.answer('/nowhere', { status: 500 });
    const text = withChat().replace('/ops', '/nowhere');
    const { code, out } = await runWith(text, ['--scenario', 'failure']);
    expect(code).toBe(1);
    expect(out).toMatch(/messages? did not arrive/);
  });

  test('needs nothing but the channels', async () => {
    const before = world.receiver.at('/cutover').length;
    const unset = { HUAWEICLOUD_SDK_AK: '', HUAWEICLOUD_SDK_SK: '' };
    const channels = config().slice(config().indexOf('channels:'));
    for (const text of [config([['region: cn-north-4', 'region: nowhere']]), channels]) {
      const { code, err } = await runWith(text, ['--scenario', 'failure', '--channel', 'cutover'], unset);
      expect({ code, err }).toEqual({ code: 0, err: '' });
    }
    expect(world.receiver.at('/cutover').length - before).toBe(4);

    const { code, err } = await runWith('projects: []', ['--rehearse'], unset);
    expect(code).toBe(2);
    expect(err).toContain('channels: expected settings (name: value), but it is missing');
    expect(err).not.toContain('projects');
  });

  test('is refused where it would take days', async () => {
    const before = world.receiver.at('/cutover').length;
    const { code, out, err } = await runWith(config(), ['--scenario', 'forgotten']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/takes hours or days/);
    expect(world.receiver.at('/cutover')).toHaveLength(before);
  });
});

describe('a wrong configuration', () => {
  const wrong: [what: string, printed: RegExp, replaced: [string, string][], env?: Record<string, string>][] =
    [
      ['broken YAML', /line \d+/, [['tasks: [task-1]', 'tasks: [task-1']]],
      ['an unknown key', /projects\[0\].*tsaks/, [['tasks:', 'tsaks:']]],
      ['two tasks alike', /tasks\[1\]/, [['[task-1]', '[task-1, task-1]']]],
      [
        'an unknown region',
        /region/,
        [
          ['region: cn-north-4\n', 'region: cn-nowhere-9\n'],
          ['    endpoint:', '    # endpoint:'],
        ],
      ],
      [
        'no credentials',
        /HUAWEICLOUD_SDK_AK.*CLOUD_SDK_AK/s,
        [],
        { HUAWEICLOUD_SDK_AK: '', HUAWEICLOUD_SDK_SK: '' },
      ],
      ['an http URL', /channels\.cutover\.url.*https/, [['allowInsecure: true }', '}']]],
      [
        'a secret of the wrong form',
        /channels\.cutover\.secret.*whsec_/,
        [],
        { SIGNING_SECRET: 'canary-bad-secret' },
      ],
    ];

  test.each(wrong)(
    '(%s) ends with 2, names the line, and changes nothing',
    async (_what, printed, replaced, env = {}) => {
      const requests = world.receiver.at('/cutover').length;
      const { code, out, err } = await runWith(config(replaced), ['--once'], env);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toMatch(printed);
      expect(err).not.toContain('canary');
      expect(world.receiver.at('/cutover')).toHaveLength(requests);
      await expect(readFile(join(folder, '.state/watch.db'))).rejects.toThrow('ENOENT');
    },
  );

  test('that is named but missing ends with 2', async () => {
    expect(await run(['--config', 'none.yml'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('none.yml'),
    });
    expect(await run([], { WATCH_CONFIG: 'none.yml' })).toMatchObject({ code: 2 });
  });
});

describe('a wrong command line or state file', () => {
  test('ends with 2 and one line', async () => {
    const unknown = await run(['--onse']);
    expect(unknown).toMatchObject({ code: 2, out: '' });
    expect(unknown.err.trim().split('\n')).toHaveLength(1);
    expect(unknown.err).toContain('--onse');

    expect(await run(['surplus'])).toMatchObject({ code: 2 });
    for (const [problem, ...args] of [
      ["'--config <file>' argument missing", '--config', '--once'],
      ["'--state <place>' argument missing", '--state'],
      ['--since expects a span', 'deliveries', 'redrive', '--since', '-1h'],
    ]) {
      const { code, err } = await run(args);
      expect({ code, lines: err.trim().split('\n').length }).toEqual({ code: 2, lines: 1 });
      expect(err).toContain(problem);
    }
    expect(await run(['--json', 'deliveries', 'list'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('deliveries must come first, before its options'),
    });
  });

  test('is not overwritten when it is not a database', async () => {
    const file = join(folder, 'notes.txt');
    await writeFile(file, 'my notes, not a database');
    const { code, err } = await runWith(config(), ['--once', '--state', file]);
    expect(code).toBe(2);
    expect(err).toContain('notes.txt');
    expect(await readFile(file, 'utf8')).toBe('my notes, not a database');
  });

  test('ends with 1 when the state is damaged, which is no mistake of the user', async () => {
    await mkdir(join(folder, '.state'), { recursive: true });
    const file = join(folder, '.state/watch.db');
    await writeFile(file, 'damaged');
    const { code, err } = await runWith(config(), ['--once']);
    expect({ code, lines: err.trim().split('\n').length }).toEqual({ code: 1, lines: 1 });
    expect(err).toContain('watch.db');
    expect(await readFile(file, 'utf8')).toBe('damaged');
    await rm(join(folder, '.state'), { recursive: true });
  });

  test('ends with 2 when the state file cannot be written', async () => {
    await writeFile(join(folder, 'file'), '');
    const { code, err } = await runWith(config(), ['--once', '--state', join(folder, 'file/watch.db')]);
    expect(code).toBe(2);
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  test('ends with 2 when no folder can be made for the state file', async () => {
    const file = '/proc/no/such/watch.db';
    const { code, err } = await runWith(config(), ['--once', '--state', file]);
    expect(code).toBe(2);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(err).toContain(`${file} cannot be used`);
    expect(err).toContain('choose another file');
  });
});

describe('a look that fails', () => {
  test.each([
    ['a task that does not exist', 'not found', () => world.simulator.setTask('task-1', null), {}],
    ['a wrong signature', 'not authorised', () => undefined, { HUAWEICLOUD_SDK_SK: 'wrong' }],
    ['an answer that is not JSON', 'unreadable answer', () => world.simulator.fault('not JSON', 1), {}],
  ])(
    '(%s), as the only one, makes one line and ends with 1 and the reason',
    async (_what, reason, breakIt, env) => {
      breakIt();
      const { code, out, err } = await runWith(config(), ['--once'], env);
      expect(code).toBe(1);
      expect(err).toMatch(
        new RegExp(
          `^dcs-migration-watch: this tick was not healthy: nothing seen of prod since \\S+Z \\(${reason}\\)\n$`,
        ),
      );
      const lines = out.split('\n').filter((line) => line.includes('look at task task-1'));
      expect(lines).toHaveLength(1);
      expect(lines[0]).toContain(reason);
    },
  );

  test('beside one that succeeds ends with 0', async () => {
    world.status('task-2', 'FULLMIGRATING');
    world.simulator.fault('not JSON', 1);
    const { code, err, out } = await runWith(config([['[task-1]', '[task-1, task-2]']]));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('looked at 2 tasks');
    expect(out).toContain('1 failed');
  });

  test('at the list, where all tasks are discovered, ends with 1 and the reason', async () => {
    const { code, err, out } = await runWith(config([['tasks: [task-1]', 'discover: true']]), ['--once'], {
      HUAWEICLOUD_SDK_SK: 'wrong',
    });
    expect(code).toBe(1);
    expect(err).toContain('nothing seen of prod since');
    expect(out).toContain('look at the list of tasks of project prod failed (not authorised)');
    expect(out).toMatch(/looked at 0 tasks in \d+ ms, 1 failed/);
  });
});

describe('what is muted', () => {
  test('while a watcher runs is held from its next tick on, and named in the first line of a later start', async () => {
    const chat = `ops: { type: slack, url: "${world.receiver.url('/ops')}", allowInsecure: true }`;
    const settings = 'settings: { interval: 10s, timeZone: UTC }';
    const file = `${config([['channels:', `channels:\n  ${chat}`]])}${settings}\n`;
    await writeFile(join(folder, 'watch.yml'), file);
    const watcher = commandLine();
    const ended = watcher.run();
    await watcher.printed('tick:');
    const muted = await commandLine().run('mute', '--channel', 'ops', '--for', '1h', '--why', 'maintenance');
    expect(muted).toMatchObject({ code: 0, err: '' });
    watcher.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 0 });
    const before = world.receiver.at('/ops').length;
    world.status('task-1', 'INCRMIGEATING');
    const { out } = await runForOneTick();
    expect(out.split('\n').find((line) => line.includes(' watching '))).toMatch(
      /; muted until \S+ \S+ UTC: channel ops \(maintenance\)$/,
    );
    expect(out).toMatch(/channel ops: muted until \S+ \S+ UTC; 1 event waits/);
    expect(world.receiver.at('/ops')).toHaveLength(before);
  });
});

describe('a channel that is broken', () => {
  test('is named, with its time and its next try, in the first line of a later start', async () => {
    world.receiver.answer('/cutover', { status: 410 });
    await runWith(config());
    const { out } = await runForOneTick();
    world.receiver.answer('/cutover', { status: 200 });
    expect(out.split('\n').find((line) => line.includes(' watching '))).toMatch(
      /sending to cutover \(webhook\); state in .*; cutover broken since \S+Z, next try \S+Z$/,
    );
  });

  test('ends each tick with 1 and the reason, and is in the line of each', async () => {
    world.receiver.answer('/cutover', { status: 410 });
    const first = await runWith(config());
    const second = await run(['--once']);
    world.receiver.answer('/cutover', { status: 200 });
    for (const { code, err, out } of [first, second]) {
      expect(code).toBe(1);
      expect(err).toMatch(/not healthy: cutover broken since \S+Z, next try \S+Z\n$/);
      expect(out).toMatch(/ ! tick: .*; cutover broken since \S+Z, next try \S+Z\n$/);
    }
  });
});
