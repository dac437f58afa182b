import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { columnsOf } from '../../../../lib/base/columns.ts';
import { goodWorld, OTHER_TASK, TASK } from '../../../checkup/place.ts';
import { createCommandLine } from '../../../support/command-line.ts';
import { ACCESS_KEY, PROJECT_ID, SECRET_KEY, SIGNING_SECRET, type World } from '../../../support/world.ts';

interface Place {
  readonly world: World;
  readonly folder: string;
  run(...args: readonly string[]): ReturnType<ReturnType<typeof createCommandLine>['run']>;
}

const ENV = { CLOUD_SDK_AK: ACCESS_KEY, CLOUD_SDK_SK: SECRET_KEY, WEBHOOK_SECRET: SIGNING_SECRET };

/** A world with a configuration in a file. */
async function place(
  change: (text: string) => string = (text) => text,
  terminal: { readonly columns?: number } = {},
): Promise<Place> {
  const world = await goodWorld({ tasks: [TASK], time: 'real' });
  const folder = mkdtempSync(join(tmpdir(), 'check-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'watch.yml'), change(configAt(world)));
  const isTTY = terminal.columns !== undefined;
  const line = createCommandLine({
    cwd: folder,
    env: { ...ENV, SLACK_URL: slackAt(world) },
    isTTY,
    ...terminal,
  });
  return { world, folder, run: line.run };
}

function slackAt({ receiver }: World): string {
  return receiver.url('/canary-of-a-slack-path');
}

function configAt({ simulator, receiver }: World): string {
  return `projects:
  - id: ${PROJECT_ID}
    name: prod
    region: cn-north-4
    endpoint: ${simulator.endpoint.href}
    allowInsecure: true
    tasks: [${TASK}]
channels:
  ops: { type: slack, url: "\${SLACK_URL}", allowInsecure: true }
  cutover: { type: webhook, url: "${receiver.url('/cutover')}", secret: "\${WEBHOOK_SECRET}", allowInsecure: true }
`;
}

const CANARIES = [ACCESS_KEY, SECRET_KEY, SIGNING_SECRET, 'canary-of-a-slack-path'];

function expectNoSecret(...texts: readonly string[]): void {
  for (const text of texts) for (const canary of CANARIES) expect(text).not.toContain(canary);
}

describe('check', () => {
  it('ends with 0 when all is good, and has sent nothing and made no state', async () => {
    const { world, folder, run } = await place();
    const { code, out, err } = await run('check');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^configuration watch\.yml\n {2}ok +loads +1 project, 2 channels\n\nproject prod/);
    expect(out).toMatch(/^All \d+ good\.$/m);
    expect(out).toMatch(/^state \.state\/watch\.db\n {2}ok +readable +not there yet/m);
    expect([...world.receiver.at('/canary-of-a-slack-path'), ...world.receiver.at('/cutover')]).toEqual([]);
    expect(world.simulator.calls).toEqual({ show: 1, list: 1, stats: 1, logs: 1 });
    expect(existsSync(join(folder, '.state'))).toBe(false);
    expectNoSecret(out);
  });

  it('ends with 1 when something is not good, and says what to do below it', async () => {
    const { world, run } = await place((text) => text.replace(TASK, `${TASK}, ${OTHER_TASK}`));
    world.simulator.deny('logs');
    const { code, out } = await run('check');
    expect(code).toBe(1);
    expect(out).toMatch(/PROBLEM +read logs +HTTP 403 DCS\.2007: .*\n +→ Grant dcs:migrationTask:get/);
    expect(out).toMatch(new RegExp(`PROBLEM +task +${OTHER_TASK}: this project has no such task\n +→ `));
    expect(out).toMatch(new RegExp(`ok +task +${TASK}: INCRMIGEATING`));
    expect(out).toMatch(/\n\d+ good, 2 problems\.\n$/);
  });

  it('ends with 2 when the configuration is refused, with all its problems', async () => {
    const { world, run } = await place((text) => text.replace('slack', 'slak').replace(TASK, ''));
    const { code, out, err } = await run('check');
    expect(code).toBe(2);
    expect(out.match(/PROBLEM/g)).toHaveLength(2);
    expect(out).toContain('→ Did you mean slack?');
    expect(err).toContain('watch.yml is refused');
    expect(world.simulator.calls.list).toBe(0);
    expectNoSecret(out, err);
  });

  it('ends with 2 when there is no configuration, or the command line is wrong', async () => {
    const { folder } = await place();
    rmSync(join(folder, 'watch.yml'));
    const line = createCommandLine({ cwd: folder, env: ENV });
    expect((await line.run('check')).code).toBe(2);
    expect((await line.run('check', '--ofline')).err).toContain('did you mean --offline?');
  });

  it('calls nobody with --offline', async () => {
    const { world, run } = await place();
    await world.receiver.close();
    const { code, out } = await run('check', '--offline');
    expect(code).toBe(0);
    expect(out).not.toContain('TLS');
    expect(world.simulator.calls).toEqual({ show: 0, list: 0, stats: 0, logs: 0 });
  });

  it.each([
    ['redis://:canary-sk@127.0.0.1:1', 'the Redis at 127.0.0.1:1'],
    ['dynamodb:watch-state', 'the table watch-state'],
  ])('says with --offline that it did not look at the state in %s', async (state, name) => {
    const { run } = await place();
    const { code, out } = await run('check', '--offline', '--state', state);
    expect(code).toBe(0);
    expect(out).toMatch(
      new RegExp(`^state ${name}\n {2}unchecked +readable +not looked at: that needs the network`, 'm'),
    );
    expect(out).toMatch(/\d+ good, 1 unchecked\.\n$/);
    expect(out).not.toContain('canary-sk');
  });

  it('finds a mistake in the form of a secret with --offline', async () => {
    const { run } = await place((text) => text.replace('type: slack,', 'type: dingtalk, secret: keyword,'));
    const { code, out } = await run('check', '--offline');
    expect(code).toBe(1);
    expect(out).toMatch(/PROBLEM +settings +secret is not that of a robot/);
  });

  it('prints one JSON document', async () => {
    const { world, run } = await place();
    world.simulator.deny('list');
    const { code, out } = await run('check', '--json');
    expect(code).toBe(1);
    const found: unknown = JSON.parse(out);
    expect(found).toMatchObject({
      good: false,
      problems: 1,
      sections: [
        { kind: 'configuration' },
        { kind: 'project', name: 'prod (cn-north-4)' },
        { kind: 'channel', name: 'ops (slack)' },
        { kind: 'channel', name: 'cutover (webhook)' },
        { kind: 'state' },
      ],
    });
    expectNoSecret(out);
  });

  it('prints only problems, on standard error, with --quiet', async () => {
    const { world, run } = await place();
    expect(await run('check', '--quiet')).toEqual({ code: 0, out: '', err: '' });
    world.simulator.deny('stats');
    const { code, out, err } = await run('check', '--quiet');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(err).toMatch(/project prod \(cn-north-4\): read figures: HTTP 403 .*Grant the permission/);
  });

  it('keeps to the width of the terminal, with symbols', async () => {
    const { world, run } = await place(undefined, { columns: 80 });
    world.simulator.deny('stats');
    const { out } = await run('check');
    expect(out).toContain('✗');
    expect(out).not.toContain('PROBLEM');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours
    const plain = out.replaceAll(/\u001b\[\d+m/g, '');
    expect(plain.split('\n').filter((line) => columnsOf(line) > 80)).toEqual([]);
  });

  it('has one line for all that a problem keeps from being checked', async () => {
    const { world, run } = await place();
    world.simulator.fault('key locked', 10);
    const { out } = await run('check');
    expect(out).toContain(
      'unchecked  6 more    project, read tasks, list tasks, read figures, read logs, task: known once',
    );
  });

  it('has one line for many tasks that are there', async () => {
    const ids = Array.from({ length: 20 }, (_, i) => `${i}`.padStart(32, 'a'));
    const { world, run } = await place((text) => text.replace(TASK, `"${ids.join('", "')}"`));
    for (const id of ids) world.status(id, 'FULLMIGRATING');
    const { code, out } = await run('check');
    expect(code).toBe(0);
    expect(out).toMatch(/ok +tasks +20 are seen/);
  });
});
