import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../lib/config/errors.ts';
import { urlOf } from '../support/channel-url.ts';
import { load, PROJECT, SIGNING_SECRET, TASK } from './support.ts';

/** Everything that somebody could print of a value. */
function everyPrintOf(value: unknown): string {
  const options = { depth: 20, showHidden: true, getters: true };
  const error = value instanceof Error ? `${value.message}\n${value.stack}\n${value}` : '';
  return `${inspect(value, options)}\n${JSON.stringify(value)}\n${error}`;
}

/** A whole configuration of which every secret is in the environment, or all of them in the file itself. */
const SECRETS = {
  AK: 'canaryAccessKey01',
  SK: 'canarySecretKey02',
  TOKEN: 'canaryToken03',
  SLACK: 'https://hooks.slack.com/services/canary04',
  HOOK: 'https://ci.example.com/canary05',
  SIGNING: `whsec_${Buffer.from('canary06-canary06-canary06-canary').toString('base64')}`,
  BEARER: 'Bearer canary07',
  HEARTBEAT: 'https://ping.example.com/canary08',
};
type SecretName = keyof typeof SECRETS;

function fileWith(secret: (name: SecretName) => unknown) {
  return {
    projects: [
      {
        id: PROJECT,
        region: 'cn-north-4',
        credentials: { accessKey: secret('AK'), secretKey: secret('SK'), securityToken: secret('TOKEN') },
        tasks: [TASK],
      },
    ],
    channels: {
      ops: { type: 'slack', url: secret('SLACK') },
      cutover: {
        type: 'webhook',
        url: secret('HOOK'),
        secret: secret('SIGNING'),
        headers: { authorization: secret('BEARER') },
      },
    },
    settings: { heartbeat: secret('HEARTBEAT') },
  };
}

const inFile = fileWith((name) => SECRETS[name]);
const inEnvironment = fileWith((name) => `\${${name}}`);
const CANARY = /canary|Y2FuYXJ5/i;

describe('A configuration', () => {
  it.each([
    ['in the file', inFile],
    ['in the environment', inEnvironment],
  ])('shows no secret however it is printed, with its secrets %s', async (_where, file) => {
    const config = await load(file, { env: SECRETS });
    expect(everyPrintOf(config)).not.toMatch(CANARY);
    const { ops } = config.channels;
    expect(urlOf(ops)).toBe(SECRETS.SLACK);
  });
});

/** Ways to spoil a text, a value or the file as a whole. */
const spoilText = fc.constantFrom<(text: string) => string>(
  (text) => text.slice(0, Math.floor(text.length / 2)),
  (text) => text.replaceAll('"', ''),
  (text) => text.replaceAll('}', ''),
  (text) => text.replace('"projects"', 'projects: {'),
  (text) => `${text}\n---\n${text}`,
  (text) => `!tag ${text}`,
  (text) => text.replaceAll(',', ',,'),
  (text) => text.replaceAll(':', ':\n'),
  (text) => text.replaceAll('{', '{ <<: *x, '),
  (text) => text.replaceAll('"id"', '"idd"'),
  (text) => text.replaceAll('"url"', '"address"'),
  (text) => text.replaceAll('"type"', '"kind"'),
  (text) => text.replaceAll('cn-north-4', 'mars'),
);

const spoilSecret = fc.constantFrom<(secret: string) => unknown>(
  (secret) => ` ${secret}\n`,
  (secret) => [secret],
  (secret) => ({ value: secret }),
  (secret) => ({ [`${secret}!`]: 1 }),
  (secret) => `http://${secret}`,
  (secret) => `https://user:${secret}@example.com`,
  (secret) => `${secret}\${`,
  (secret) => `${secret}\${MISSING}`,
  (secret) => secret.slice(0, 9),
  (secret) => `${secret}\u0007`,
);

const secretName = fc.constantFrom<SecretName>('AK', 'SK', 'TOKEN', 'SLACK', 'HOOK', 'SIGNING', 'BEARER');

/** Loads and says whether it was refused; nothing that was made may hold a canary. */
async function isRefusedSafely(text: string | object, env: Record<string, string>): Promise<boolean> {
  const outcome = await load(text, { env }).catch((error: unknown) => error);
  expect(everyPrintOf(outcome)).not.toMatch(CANARY);
  return outcome instanceof ConfigError;
}

describe('A refusal', () => {
  it('repeats no secret, whatever was done to the text of the file', async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(
        spoilText,
        fc.constantFrom(inFile, inEnvironment),
        fc.boolean(),
        async (spoil, file, pretty) => {
          const text = spoil(JSON.stringify(file, null, pretty ? 2 : 0));
          if (await isRefusedSafely(text, SECRETS)) refused += 1;
        },
      ),
    );
    expect(refused).toBeGreaterThan(50);
  });

  it('repeats no secret, whatever form one has in the file', async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(secretName, spoilSecret, async (spoilt, spoil) => {
        const file = fileWith((name) => (name === spoilt ? spoil(SECRETS[name]) : SECRETS[name]));
        if (await isRefusedSafely(file, {})) refused += 1;
      }),
    );
    expect(refused).toBeGreaterThan(50);
  });

  it('repeats no secret of the environment, wherever it is used', async () => {
    const places = [
      'id',
      'name',
      'region',
      'endpoint',
      'task',
      'type',
      'mention',
      'interval',
      'consoleUrl',
      'event',
      'to',
      'project',
      'pattern',
      'found',
      'group',
      'member',
      'label',
      'lookEvery',
      'stalledAfter',
      'maxOffset',
    ];
    const at = fc.uniqueArray(fc.constantFrom(...places), { minLength: 1 });
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(at, fc.constantFrom('', ' ', '\n', '-', '/'), async (spoilt, tail) => {
        const value = (place: string, good: string) => (spoilt.includes(place) ? `\${CANARY}` : good);
        const when = {
          events: [value('event', 'migration.gone')],
          to: [value('to', 'SUCCESS')],
          projects: [value('project', PROJECT)],
          groups: [value('group', 'orders')],
        };
        const file = {
          projects: [
            {
              // An id or a name is shown on purpose when it is right: here each is wrong.
              id: value('id', PROJECT),
              ...(spoilt.includes('name') && { name: `\${CANARY}\n` }),
              region: value('region', 'mars'),
              ...(spoilt.includes('endpoint') && { endpoint: `\${CANARY}` }),
              credentials: { accessKey: 'a', secretKey: 'b' },
              tasks: [value('task', TASK), value('task', TASK)],
              // A pattern or a label is shown to nobody either way; here each is wrong.
              ...(spoilt.includes('pattern') && { discover: { name: `\${CANARY}\n` } }),
              ...(spoilt.includes('found') && { discover: { labels: { team: `\${CANARY}\n` } } }),
            },
          ],
          channels: {
            ops: {
              type: value('type', 'slack'),
              url: 'https://hooks.slack.com/x',
              mention: value('mention', '<!here>'),
              when,
            },
            cutover: { type: 'webhook', url: 'https://x.example.com', secret: SIGNING_SECRET },
          },
          groups: {
            orders: { tasks: [value('member', TASK), value('member', TASK)] },
            users: { labels: { team: `${value('label', 'users')}\n` } },
          },
          settings: {
            lookEvery: value('lookEvery', '90s'),
            stalledAfter: value('stalledAfter', '30m'),
            cutover: { maxOffset: value('maxOffset', '0') },
            interval: value('interval', '60s'),
            consoleUrl: value('consoleUrl', 'https://console.example.com'),
            requestsPerSecond: 0,
          },
        };
        if (await isRefusedSafely(file, { CANARY: `canaryvalue${tail}` })) refused += 1;
      }),
    );
    expect(refused).toBeGreaterThan(50);
  });

  it('fails these tests if it does repeat one', () => {
    expect(everyPrintOf(new ConfigError('invalid_config', 'x', [{ path: 'a', message: 'canary' }]))).toMatch(
      CANARY,
    );
  });
});
