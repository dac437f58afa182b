import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../../../../lib/config/load.ts';
import { goodWorld, OTHER_TASK, TASK } from '../../../checkup/place.ts';
import { type CommandLine, createCommandLine } from '../../../support/command-line.ts';
import { ACCESS_KEY, PROJECT_ID, SECRET_KEY, SIGNING_SECRET } from '../../../support/world.ts';

const ENTER = '\r';
const DOWN = '\x1b[B';
const CTRL_C = '\x03';
/** Takes back what was typed. */
const BACK = Array.from('cn-noth-4', () => '\x7f');
const CANARY = 'canary-of-a-slack-path';

/** A simulated DCS API and receivers, and an empty folder. */
async function place({ isTTY = false, key = true }: { isTTY?: boolean; key?: boolean } = {}) {
  const world = await goodWorld({ tasks: [TASK, OTHER_TASK], time: 'real' });
  world.status(OTHER_TASK, 'FULLMIGRATING');
  const folder = mkdtempSync(join(tmpdir(), 'init-command-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const env = {
    ...(key ? { HUAWEICLOUD_SDK_AK: ACCESS_KEY, HUAWEICLOUD_SDK_SK: SECRET_KEY } : {}),
    SLACK_URL: world.receiver.url(`/${CANARY}`),
    HOOK_URL: world.receiver.url('/hook'),
    HOOK_SECRET: SIGNING_SECRET,
  };
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  const line = createCommandLine({ cwd: folder, env, isTTY, ...(isTTY ? { stdin } : {}) });
  const file = join(folder, 'watch.yml');
  const where = [
    '--endpoint',
    world.simulator.endpoint.href,
    '--region',
    'cn-north-4',
    '--project-id',
    PROJECT_ID,
    '--allow-insecure',
  ];
  return { world, folder, file, env, stdin, line, where, run: line.run };
}

/** Answers one question after the other, each as soon as it is asked. */
async function type(
  { stdin, line }: { readonly stdin: PassThrough; readonly line: CommandLine },
  steps: readonly (readonly [question: string, ...keys: readonly string[]])[],
): Promise<void> {
  for (const [question, ...keys] of steps) {
    await line.printed(question);
    for (const key of keys) stdin.write(key);
  }
}

const load = (file: string, env: Readonly<Record<string, string>>) =>
  loadConfig({ text: readFileSync(file, 'utf8'), file, env, secrets: {} });

describe('init with all answers as options', () => {
  it('writes a configuration that loads without a warning, checks it, and sends one message', async () => {
    const { world, file, env, where, run } = await place();
    const startedAt = performance.now();
    const { code, out, err } = await run(
      'init',
      ...where,
      '--project-name',
      'prod',
      '--task',
      TASK,
      OTHER_TASK,
      '--slack-url-env',
      'SLACK_URL',
      '--webhook-url-env',
      'HOOK_URL',
      '--webhook-secret-env',
      'HOOK_SECRET',
    );
    const seconds = (performance.now() - startedAt) / 1000;
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(seconds).toBeLessThan(120);
    const text = readFileSync(file, 'utf8');
    const { warnings, projects, channels } = await load(file, env);
    expect(warnings).toEqual([]);
    expect(projects).toMatchObject([
      { id: PROJECT_ID, name: 'prod', tasks: [{ id: TASK }, { id: OTHER_TASK }] },
    ]);
    expect(Object.keys(channels)).toEqual(['slack', 'webhook']);
    for (const secret of [ACCESS_KEY, SECRET_KEY, SIGNING_SECRET, CANARY]) {
      expect(text + out).not.toContain(secret);
    }
    expect(out).toMatch(/^Wrote watch\.yml\.\n\nconfiguration watch\.yml\n/);
    expect(out).toMatch(/^All \d+ good\.$/m);
    expect(out).toMatch(/^slack +slack +migration\.progress +delivered +200 /m);
    expect(out.trimEnd().split('\n').at(-1)).toBe('Next, to watch:  dcs-migration-watch watch');
    expect(world.receiver.at(`/${CANARY}`)).toHaveLength(1);
    expect(world.receiver.at(`/${CANARY}`)[0]?.body).toContain('DRILL');
  });

  it('sends the message although the check finds something, and ends with 1', async () => {
    const { world, where, run } = await place();
    const { code, out } = await run(
      'init',
      ...where,
      '--task',
      'no-such-task',
      '--slack-url-env',
      'SLACK_URL',
    );
    expect(code).toBe(1);
    expect(out).toContain('PROBLEM');
    expect(world.receiver.at(`/${CANARY}`)).toHaveLength(1);
    expect(out.trimEnd().split('\n').at(-1)).toBe('Mend what is wrong, then:  dcs-migration-watch check');
  });

  it('says once why what it wrote is refused, and what to type then', async () => {
    const { run } = await place();
    const where = ['--region', 'cn-north-4', '--project-id', PROJECT_ID, '--task', TASK];
    const { code, out, err } = await run('init', ...where, '--slack-url-env', 'SLACK_URL');
    expect(code).toBe(2);
    expect(out.match(/must be https/g)).toHaveLength(1);
    expect(err).not.toContain('must be https');
    expect(out.trimEnd().split('\n').at(-1)).toMatch(
      /^Mend what is wrong, then: {2}dcs-migration-watch check /,
    );
  });

  it('says plainly that a file which is refused was written, and keeps the answers', async () => {
    const { file, run } = await place();
    const where = ['--region', 'cn-north-4', '--project-id', PROJECT_ID, '--task', TASK];
    const { code, err } = await run('init', ...where, '--slack-url-env', 'SLACK_URL', '--quiet');
    expect(code).toBe(2);
    expect(err).toContain('must be https');
    expect(err).toContain(
      'watch.yml is written and keeps your answers, but a watcher would refuse it: correct it, or the variables',
    );
    expect(readFileSync(file, 'utf8')).toContain(TASK);
  });

  it('prints one document with --json, and asks nothing', async () => {
    const { world, where, run } = await place({ isTTY: true });
    const args = ['--task', TASK, '--slack-url-env', 'SLACK_URL', '--json'];
    const { code, out, err } = await run('init', ...where, ...args);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({
      written: 'watch.yml',
      good: true,
      isRefused: false,
      isKeyFound: true,
      unset: [],
      check: { good: true, problems: 0, sections: expect.any(Array) },
      test: { good: true, answers: [{ channel: 'slack', class: 'delivered' }] },
      next: ['dcs-migration-watch watch'],
    });
    expect(world.receiver.at(`/${CANARY}`)).toHaveLength(1);
    const again = await run('init', ...where, ...args);
    expect(again.code).toBe(1);
    expect(JSON.parse(again.out)).toMatchObject({
      written: null,
      good: false,
      problems: [expect.any(String)],
    });
  });

  it('names in the document what is not set yet, and what is missing on the command line', async () => {
    const { where, run } = await place({ key: false, isTTY: true });
    const none = await run('init', '--json');
    expect(none.code).toBe(2);
    expect(JSON.parse(none.out)).toMatchObject({
      written: null,
      problems: expect.arrayContaining(['command line: --project-id is missing']),
    });
    const { code, out } = await run('init', ...where, '--discover', '--feishu-url-env', 'LARK_URL', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      written: 'watch.yml',
      good: false,
      isKeyFound: false,
      unset: ['LARK_URL'],
      check: null,
      test: null,
      next: ['dcs-migration-watch check', 'dcs-migration-watch test'],
    });
  });

  it('aligns the comments, and names the tasks', async () => {
    const { file, where, run } = await place();
    await run('init', ...where, '--task', TASK, '--discover', 'orders-*', '--slack-url-env', 'SLACK_URL');
    const lines = readFileSync(file, 'utf8').split('\n');
    expect(lines.slice(0, 2).every((line) => line.startsWith('# '))).toBe(true);
    const columns = lines.slice(3).flatMap((line) => (/\S +# /.test(line) ? [line.indexOf(' # ')] : []));
    expect(new Set(columns).size).toBe(2);
    expect(lines.find((line) => line.includes(`- ${TASK}`))).toMatch(/ # \S/);
    expect(lines).toContainEqual(expect.stringMatching(/^ {4}discover: \{ name: "orders-\*" \} +# /));
    expect(lines).toContainEqual(expect.stringMatching(/^ {4}url: \$\{SLACK_URL\} +# set it where/));
  });

  it('writes language and time zone where they are not the defaults', async () => {
    const { file, folder, env, where } = await place();
    const own = { ...env, TZ: 'Asia/Shanghai', LANG: 'zh_CN.UTF-8' };
    const { run } = createCommandLine({ cwd: folder, env: own });
    const args = ['--discover', '--slack-url-env', 'SLACK_URL'];
    expect(await run('init', ...where, ...args, '--language', 'zh')).toMatchObject({ code: 0 });
    expect((await load(file, env)).settings).toMatchObject({ language: 'zh' });
    rmSync(file);
    expect(await run('init', ...where, ...args, '--yes')).toMatchObject({ code: 0 });
    expect((await load(file, env)).settings).toMatchObject({ language: 'zh' });
    rmSync(file);
    await run('init', ...where, ...args);
    expect((await load(file, env)).settings).toMatchObject({ language: 'en' });
  });

  it('takes everything from the environment with --yes', async () => {
    const { file, folder, env, world } = await place();
    const own = { ...env, HW_REGION_NAME: 'cn-north-4', HUAWEICLOUD_SDK_PROJECT_ID: PROJECT_ID };
    const { run } = createCommandLine({ cwd: folder, env: own });
    const args = ['--endpoint', world.simulator.endpoint.href, '--allow-insecure'];
    expect(await run('init', '--yes', ...args)).toMatchObject({ code: 0, err: '' });
    const { projects, channels } = await load(file, own);
    expect(projects).toMatchObject([{ id: PROJECT_ID, tasks: [], discover: { labels: {} } }]);
    expect(Object.keys(channels)).toEqual(['slack']);
  });

  it('writes without a key or the variables of a channel, and says how to set them', async () => {
    const { file, where, run } = await place({ key: false });
    const { code, out } = await run('init', ...where, '--discover', '--feishu-url-env', 'LARK_URL');
    expect(code).toBe(0);
    expect(existsSync(file)).toBe(true);
    expect(out).toContain('There is no access key in the environment (tried HUAWEICLOUD_SDK_AK and ');
    expect(out).toContain('export HUAWEICLOUD_SDK_AK=… HUAWEICLOUD_SDK_SK=…');
    expect(out).toContain('Set what watch.yml refers to: export LARK_URL=…');
    expect(out).toContain('Then:  dcs-migration-watch check   and   dcs-migration-watch test');
  });

  it.each(['watch.yml', 'watch.yaml'])('never overwrites: %s', async (name) => {
    const { folder, where, run } = await place();
    writeFileSync(join(folder, name), 'mine');
    const { code, err } = await run('init', ...where, '--discover', '--slack-url-env', 'SLACK_URL');
    expect(code).toBe(1);
    expect(err).toContain(`there is a file ${name} already, and it is left as it is;`);
    expect(readdirSync(folder)).toEqual([name]);
    expect(readFileSync(join(folder, name), 'utf8')).toBe('mine');
  });

  it('writes where --config says', async () => {
    const { folder, where, run } = await place();
    writeFileSync(join(folder, 'watch.yml'), 'mine');
    const args = ['--discover', '--slack-url-env', 'SLACK_URL', '--config', 'other.yml'];
    const { code, out } = await run('init', ...where, ...args);
    expect(code).toBe(0);
    expect(out).toContain('watch --config other.yml');
  });

  it('refuses half of the answers, names all that are missing, and writes nothing', async () => {
    const { folder, run } = await place();
    const { code, err } = await run('init', '--webhook-url-env', 'HOOK_URL');
    expect(code).toBe(2);
    expect(
      err
        .trimEnd()
        .split('\n')
        .map((line) => line.replace('dcs-migration-watch: ', '')),
    ).toEqual([
      'command line: --region (or --endpoint) is missing',
      'command line: --project-id is missing',
      'command line: --task or --discover is missing',
      'command line: --webhook-secret-env is missing',
      'init --help shows the options; on a terminal it asks',
    ]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('does not repeat a secret that stands where a name belongs', async () => {
    const { run, where } = await place();
    const secret = 'https://hooks.slack.com/services/T0/B0/canary';
    const { code, err } = await run('init', ...where, '--discover', '--slack-url-env', secret);
    expect(code).toBe(2);
    expect(err).toContain('--slack-url-env expects the name of an environment variable, such as SLACK_URL');
    expect(err).not.toContain('canary');
  });

  it('says which region was meant', async () => {
    const { run } = await place();
    const { code, err } = await run('init', '--region', 'cn-noth-4', '--project-id', PROJECT_ID);
    expect(code).toBe(2);
    expect(err).toContain('did you mean cn-north-4?');
  });
});

describe('init on a terminal', () => {
  it('asks for all, lists the tasks, and goes from nothing to the first own message', async () => {
    const made = await place({ isTTY: true });
    const { world, file, env, line } = made;
    const args = ['--endpoint', world.simulator.endpoint.href, '--region', 'cn-north-4', '--allow-insecure'];
    const running = line.run('init', ...args);
    await type(made, [
      ['Project id', PROJECT_ID, ENTER],
      ['A name of the project', 'prod', ENTER],
      ['Which migration tasks?', DOWN, ENTER],
      ['Which ones?', ' ', ENTER],
      ['Who is told?', ENTER],
      ['Slack: environment variable', ENTER],
      ['Language of the messages', ENTER],
      ['Write it, check it', ENTER],
    ]);
    const { code, err } = await running;
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const { projects, warnings } = await load(file, env);
    expect(warnings).toEqual([]);
    expect(projects).toMatchObject([{ id: PROJECT_ID, name: 'prod' }]);
    expect(projects[0]?.tasks).toHaveLength(1);
    expect(world.receiver.at(`/${CANARY}`)).toHaveLength(1);
  });

  it('asks for a bus of the project, and takes its region and id over', async () => {
    const made = await place({ isTTY: true });
    const running = made.line.run('init', ...made.where, '--task', TASK, '--slack-url-env', 'https://canary');
    await type(made, [
      ['A name of the project', ENTER],
      ['--slack-url-env expects the name of an environment variable'],
      ['Who is told?', ' ', ...Array.from({ length: 11 }, () => DOWN), ' ', ENTER],
      ['the id of the custom event channel', '0b1c2d3e', ENTER],
      ['the name of its custom event source', 'watch', ENTER],
      ['the region of the event channel', ENTER],
      ['the id of the project that has it', ENTER],
      ['Language of the messages', DOWN, ENTER],
      ['Write it, check it', ENTER],
    ]);
    await running;
    const { channels, settings } = await load(made.file, made.env);
    expect(settings.language).toBe('zh');
    expect(channels).toEqual({
      eventgrid: expect.objectContaining({
        type: 'eventgrid',
        region: 'cn-north-4',
        projectId: PROJECT_ID,
        eventChannel: '0b1c2d3e',
        eventSource: 'watch',
      }),
    });
  });

  it('asks again where an answer is wrong', async () => {
    const made = await place({ isTTY: true, key: false });
    const running = made.line.run('init');
    await type(made, [
      ['Region', 'cn-noth-4', ENTER],
      ['did you mean cn-north-4?', ...BACK, 'cn-north-4', ENTER],
      ['Project id', PROJECT_ID, ENTER],
      ['A name of the project', ENTER],
      ['There is no access key'],
      ['Which migration tasks?', CTRL_C],
    ]);
    expect(await running).toMatchObject({ code: 130 });
  });

  it('writes nothing when somebody leaves', async () => {
    const made = await place({ isTTY: true });
    const running = made.line.run('init', ...made.where);
    await type(made, [['A name of the project', CTRL_C]]);
    const { code, err } = await running;
    expect(code).toBe(130);
    expect(err).toContain('nothing was written');
    expect(readdirSync(made.folder)).toEqual([]);
  });
});
