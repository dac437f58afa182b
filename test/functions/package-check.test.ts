import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const run = promisify(execFile);
const ID = '254d2280acb74d36a8b839746bcd7352';
const TASK = 'a276c1ffa0a54c2597fc824b917db317';
const WHSEC = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

const GOOD = `
projects:
  - id: ${ID}
    region: cn-north-4
    credentials: { accessKey: "\${ssm:/dcs/ak}", secretKey: "\${secretsmanager:dcs#sk}" }
    tasks: [${TASK}]
channels:
  ops: { type: slack, url: "\${ssm:/dcs/slack}" }
  cutover:
    type: webhook
    url: https://ci.example.com/hooks/dcs
    secret: "\${ssm:/dcs/signing}"
    headers: { x-env: prod, authorization: "Bearer \${ssm:/dcs/token}" }
`;

/** A folder like the project's own, in which the real command runs. What would build there is not: it must not come to that. */
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-check-'));
  for (const name of ['lib', 'scripts', 'node_modules', 'serverless.yml', 'package.json', 'tsconfig.json']) {
    await symlink(resolve(name), join(folder, name));
  }
});
afterAll(() => rm(folder, { recursive: true }));

interface Ran {
  readonly code: number;
  readonly err: string;
}

async function inFolder(file: string, args: string[], env: Readonly<Record<string, string>>): Promise<Ran> {
  const options = {
    cwd: folder,
    env: { PATH: `${resolve('node_modules/.bin')}:${process.env['PATH']}`, ...env },
  };
  try {
    return { code: 0, err: (await run(file, args, options)).stderr };
  } catch (error) {
    const { code, stderr } = Object(error);
    return { code: Number(code), err: String(stderr) };
  }
}

const packageIt = (env: Readonly<Record<string, string>> = {}) =>
  inFolder('npm', ['run', '--silent', 'package'], { HOME: folder, ...env });
const checkIt = (env: Readonly<Record<string, string>> = {}) =>
  inFolder(process.execPath, ['scripts/package-check.ts'], env);

async function configure(text: string | undefined, name = 'watch.yml'): Promise<void> {
  for (const each of ['watch.yml', 'watch.yaml']) await rm(join(folder, each), { force: true });
  if (text !== undefined) await writeFile(join(folder, name), text);
}

async function packaged(text: string, env?: Readonly<Record<string, string>>): Promise<Ran> {
  await configure(text);
  return packageIt(env);
}

const nothingBuilt = async () =>
  expect(await stat(join(folder, 'dist')).catch(() => 'no dist')).toBe('no dist');

describe('npm run package', () => {
  test('packages nothing if a template in a body names a field that no event has', async () => {
    const body = 'body: { title: "{{ data.sumary }}", token: "${ssm:/dcs/token}" }';
    await configure(GOOD.replace('secret: "${ssm:/dcs/signing}"', body));
    const { code, err } = await checkIt();
    expect(code).toBe(2);
    expect(err).toContain(
      'channels.cutover.body.title: uses data.sumary, which no event has; did you mean data.summary?',
    );
    expect(err).toContain('it has one problem');
    await configure(GOOD.replace('secret: "${ssm:/dcs/signing}"', body.replace('sumary', 'summary')));
    expect(await checkIt()).toEqual({ code: 0, err: '' });
  });

  test('packages nothing without a configuration, and says what to do', async () => {
    await configure(undefined);
    const { code, err } = await packageIt();
    expect(code).not.toBe(0);
    expect(err).toContain(
      'Nothing is packaged, because the function could not run: there is no configuration (watch.yml or watch.yaml) in this folder: write one, or name yours with WATCH_CONFIG. docs/deploying.md has one for AWS',
    );
    await nothingBuilt();
  });

  test('packages nothing when a file is missing, or is elsewhere', async () => {
    await configure(GOOD);
    expect((await packageIt({ WATCH_CONFIG: 'other.yml' })).err).toContain(
      'the configuration other.yml cannot be read: it does not exist',
    );
    expect((await packageIt({ WATCH_CONFIG: '/dev/zero' })).err).toContain(
      '/dev/zero is outside this folder',
    );
    await nothingBuilt();
  });

  test('packages no secret in plain text, and names each without it', async () => {
    const plain = GOOD.replace('${ssm:/dcs/ak}', 'CANARY00000000000001')
      .replace('${ssm:/dcs/slack}', 'https://hooks.slack.com/services/T000/B000/canary')
      .replace('${ssm:/dcs/signing}', WHSEC)
      .replace('Bearer ${ssm:/dcs/token}', 'Bearer canary')
      .concat('settings: { heartbeat: "https://hc-ping.com/0b1c2d3e-0000-4000-8000-0000canary00" }\n');
    const { code, err } = await packaged(plain);
    expect(code).not.toBe(0);
    expect(
      err.match(/is a secret in plain text, and this file goes into the package; put it into a parameter/g),
    ).toHaveLength(5);
    for (const path of [
      'projects[0].credentials.accessKey',
      'channels.ops.url',
      'channels.cutover.secret',
      'channels.cutover.headers.authorization',
      'settings.heartbeat',
    ]) {
      expect(err).toMatch(new RegExp(`line \\d+: ${path.replace(/[[\].]/g, '\\$&')}: is a secret`));
    }
    expect(err).not.toMatch(/canary|whsec_[A-Za-z]/i);
    await nothingBuilt();
  });

  test('packages no heartbeat in plain text, however short the secret in its path is', async () => {
    const { code, err } = await packaged(
      `${GOOD}settings: { heartbeat: { url: "https://nosnch.in/c2canary" } }\n`,
    );
    expect(code).not.toBe(0);
    expect(err).toMatch(/line \d+: settings\.heartbeat\.url: is a secret in plain text/);
    expect(err).not.toContain('canary');
    await nothingBuilt();
  });

  test('packages no reference to a variable or file that the function lacks, and says where to put its value', async () => {
    const text = GOOD.replace('${ssm:/dcs/slack}', '${SLACK_URL}').replace(
      '${ssm:/dcs/signing}',
      '${file:/run/secrets/x}',
    );
    const { code, err } = await packaged(text, { SLACK_URL: 'https://hooks.slack.com/services/canary' });
    expect(code).not.toBe(0);
    expect(err).toContain(
      'channels.ops.url: the function has no environment variable SLACK_URL; put the value into a parameter (aws ssm put-parameter --type SecureString) and write ${ssm:/its/name} here',
    );
    expect(err).toContain('channels.cutover.secret: the function has no file /run/secrets/x; put the value');
    await nothingBuilt();
  });

  test('packages no invalid configuration, and reports all problems at once', async () => {
    const text = GOOD.replace('cn-north-4', 'cn-nort-4')
      .replace(`tasks: [${TASK}]`, 'tasks: []')
      .replace('type: slack', 'type: slak');
    const { code, err } = await packaged(text);
    expect(code).not.toBe(0);
    expect(err).toMatch(/did you mean cn-north-4\?/);
    expect(err).toMatch(/projects\[0\]\.tasks: expected at least one task/);
    expect(err).toMatch(/channels\.ops/);
    await nothingBuilt();
  });

  test('packages nothing without a key for a project', async () => {
    const text = GOOD.replace(/ {4}credentials:.*\n/, '');
    const { err } = await packaged(text, { HUAWEICLOUD_SDK_AK: 'ours', HUAWEICLOUD_SDK_SK: 'ours' });
    expect(err).toContain('projects[0].credentials: none found');
    await nothingBuilt();
  });
});

describe('the check before packaging', () => {
  test.each(['watch.yml', 'watch.yaml'])(
    'passes a %s whose secrets are all references, without asking for them',
    async (name) => {
      await configure(GOOD, name);
      expect(await checkIt()).toEqual({ code: 0, err: '' });
    },
  );

  test('refuses an event bus that is a reference, for which the function would have no permission', async () => {
    const bus = (value: string) => `${GOOD}  bus: { type: eventbridge, bus: "${value}" }\n`;
    await configure(bus('arn:aws:events:eu-west-1:123456789012:event-bus/redis'));
    expect(await checkIt()).toEqual({ code: 0, err: '' });
    await configure(bus('${ssm:/dcs/bus}'));
    const { code, err } = await checkIt();
    expect(code).toBe(2);
    expect(err).toContain('channels.bus.bus is a reference');
    expect(err).toContain('write the ARN itself');
  });

  test('passes the watch.yml of docs/deploying.md', async () => {
    const blocks =
      (await readFile('docs/deploying.md', 'utf8')).match(/(?<=```yaml\n)[\s\S]*?(?=```)/g) ?? [];
    const ours = blocks.filter((block) => block.includes('${ssm:/dcs-migration-watch/'));
    expect(ours).toHaveLength(1);
    await configure(ours[0]);
    expect(await checkIt()).toEqual({ code: 0, err: '' });
    const stored =
      (await readFile('docs/deploying.md', 'utf8')).match(
        /(?<=SecureString --name )\/dcs-migration-watch\/[\w-]+/g,
      ) ?? [];
    const named = ours[0]?.match(/(?<=\$\{ssm:)[\w/-]+/g) ?? [];
    expect(stored.toSorted()).toEqual(named.toSorted());
  });

  test('permits secrets in a configuration that is a parameter, and checks the copy', async () => {
    const env = { WATCH_CONFIG: 'ssm:/dcs/config' };
    const plain = GOOD.replace('${ssm:/dcs/ak}', 'CANARY00000000000001');
    await configure(plain);
    expect(await checkIt(env)).toEqual({ code: 0, err: '' });
    await configure(plain.replace('cn-north-4', 'nowhere'));
    expect((await checkIt(env)).err).toContain('projects[0].region');
    await configure(undefined);
    const { code, err } = await checkIt(env);
    expect(code).toBe(0);
    expect(err).toContain('There is no copy of the configuration here (watch.yml), so it was not checked');
  });

  test('accepts variables that serverless.yml or Lambda itself gives the function', async () => {
    await configure(
      GOOD.replace('x-env: prod', 'x-env: "${POWERTOOLS_SERVICE_NAME} ${AWS_REGION} ${NODE_OPTIONS}"'),
    );
    expect(await checkIt()).toEqual({ code: 0, err: '' });
  });

  test('accepts values that only look like a secret: names, labels, other headers, the address of a webhook', async () => {
    const text = `
projects:
  - id: ${ID}
    name: token
    region: cn-north-4
    credentials: { accessKey: "\${ssm:/dcs/ak}", secretKey: "\${ssm:/dcs/sk}" }
    tasks: [{ id: ${TASK}, name: secret, labels: { token: abc, secret: abc } }]
channels:
  secret: { type: webhook, url: "https://ci.example.com/hooks/dcs-migrations", secret: "\${ssm:/x}", when: { labels: { token: abc } } }
groups:
  token: { tasks: [${TASK}] }
settings: { heartbeat: "\${ssm:/beat}" }
`;
    await configure(text);
    expect(await checkIt()).toEqual({ code: 0, err: '' });
  });
});
