import { readFile } from 'node:fs/promises';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PackagingFolder, packagingFolder } from '../../support/functiongraph/package.ts';

const GOOD = `
projects:
  - { id: 254d2280acb74d36a8b839746bcd7352, region: cn-north-4, tasks: [a276c1ffa0a54c2597fc824b917db317] }
channels:
  ops: { type: slack, url: "\${SLACK_URL}" }
  cutover: { type: webhook, url: "https://ci.example.com/hooks/dcs", secret: "\${WEBHOOK_SECRET}", headers: { x-env: prod } }
`;

let place: PackagingFolder;
beforeAll(async () => {
  place = await packagingFolder();
});
afterAll(() => place.close());

describe('npm run package:functiongraph', () => {
  it('writes a zip with one file of code and the configuration, and names the variables that it needs', async () => {
    const { code, out, err, zip } = await place.package(GOOD);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const files = unzipSync(zip ?? new Uint8Array());
    expect(Object.keys(files)).toEqual(['index.js', 'watch.yml']);
    expect(new TextDecoder().decode(files['watch.yml'])).toBe(GOOD);
    expect(out).toContain('index.handler');
    expect(out).toContain('Its variables: STATE_REDIS_URL, SLACK_URL, WEBHOOK_SECRET.');
  });

  it('packs the watch.yml of docs/functiongraph.md', async () => {
    const [block = ''] =
      (await readFile('docs/functiongraph.md', 'utf8')).match(/(?<=```yaml\n)[\s\S]*?(?=```)/) ?? [];
    const { code, err, out } = await place.package(block.replaceAll(/^ {3}/gm, ''));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('STATE_REDIS_URL, FEISHU_URL, WEBHOOK_SECRET');
  });

  it('writes the same bytes for the same files, so that nothing is deployed anew for nothing', async () => {
    const [first, second] = [await place.package(GOOD), await place.package(GOOD)];
    expect(first.zip?.equals(second.zip ?? Buffer.alloc(0))).toBe(true);
  });

  it('packs at most 600 kB, and no library of AWS', async () => {
    const { zip = Buffer.alloc(0) } = await place.package(GOOD);
    expect(zip.length).toBeLessThanOrEqual(600_000);
    const code = new TextDecoder().decode(unzipSync(zip)['index.js']);
    const absent = [
      'DynamoDBClient',
      'LambdaClient',
      'SSMClient',
      'SecretsManagerClient',
      'AWS4-HMAC-SHA256',
      'powertools',
    ];
    expect(absent.filter((word) => code.includes(word))).toEqual([]);
  });

  it('finds the file that WATCH_CONFIG names, and packs it as watch.yml', async () => {
    const { zip } = await place.package(GOOD, { name: 'prod.yml', env: { WATCH_CONFIG: 'prod.yml' } });
    expect(Object.keys(unzipSync(zip ?? new Uint8Array()))).toContain('watch.yml');
  });

  it.each([
    ['there is no configuration', undefined, {}, 'docs/functiongraph.md has one'],
    ['it is in a parameter of AWS', GOOD, { WATCH_CONFIG: 'ssm:/x' }, 'can be read only on AWS'],
    [
      'the file is outside the folder',
      GOOD,
      { WATCH_CONFIG: '/dev/zero' },
      '/dev/zero is outside this folder',
    ],
    [
      'the file is missing',
      GOOD,
      { WATCH_CONFIG: 'other.yml' },
      'other.yml cannot be read: it does not exist',
    ],
  ])('packages nothing when %s', async (_what, text, env, words) => {
    const { code, err, zip } = await place.package(text, { env });
    expect(code).toBe(2);
    expect(err).toContain('Nothing is packaged, because the function could not run: ');
    expect(err).toContain(words);
    expect(zip).toBeUndefined();
  });

  it.each([
    ['a reference to a parameter of AWS', '${SLACK_URL}', '${ssm:/slack}', 'can be read only on AWS'],
    [
      'a reference to a file',
      '${SLACK_URL}',
      '${file:/run/x}',
      'the function has no file /run/x; set a variable',
    ],
    [
      'a secret in plain text',
      '${SLACK_URL}',
      'https://hooks.slack.com/services/T000/B000/canary',
      'channels.ops.url: is a secret in plain text, and this file goes into the package; set a variable of the function',
    ],
    ['an unknown region', 'cn-north-4', 'cn-nort-4', 'did you mean cn-north-4?'],
    [
      'a field that no event has',
      'headers: { x-env: prod }',
      'body: { a: "{{ data.sumary }}" }',
      'data.sumary',
    ],
    [
      'EventBridge',
      'type: slack, url: "${SLACK_URL}"',
      'type: eventbridge, bus: "arn:aws:events:eu-west-1:123456789012:event-bus/redis"',
      'channels.ops: Amazon EventBridge takes events only with credentials of AWS',
    ],
  ])('packages nothing with %s, and says where', async (_what, part, instead, words) => {
    const { code, err, zip } = await place.package(GOOD.replace(part, instead));
    expect(code).toBe(2);
    expect(err).toContain(words);
    expect(err).not.toContain('canary');
    expect(zip).toBeUndefined();
  });

  it('leaves no older zip behind when it refuses', async () => {
    expect((await place.package(GOOD)).zip).toBeDefined();
    expect((await place.package(undefined)).zip).toBeUndefined();
  });
});
