import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { CHANNEL_TYPES } from '../../lib/channels/index.ts';
import { fileSchemaOf } from '../../lib/config/schema/file.ts';
import { configJsonSchema } from '../../lib/config/schema/json-schema.ts';
import { ALL_TYPES, channelSchema } from '../support/channel-types.ts';
import { urlOf } from '../support/channel-url.ts';
import { expectNoSecret } from '../support/secrets.ts';

const URL_CANARY = 'canary-of-a-url-4Xs';
const GOOD = `whsec_${randomBytes(32).toString('base64')}`;
const HOOK = { type: 'webhook', url: 'https://ci.example.com/hooks', secret: GOOD };
const CHAT = { type: 'slack', url: 'https://hooks.slack.com/services/T0/B0/x' };

/** `path: message` of every problem with these settings. */
function problemsOf(settings: unknown): string[] {
  const { error } = channelSchema.safeParse(settings);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('the settings of a channel', () => {
  test('hide URL, secrets and header values from the moment they are read', () => {
    const url = `https://ci.example.com/${URL_CANARY}`;
    const config = channelSchema.parse({ ...HOOK, url, headers: { Authorization: `Bearer ${URL_CANARY}` } });
    expectNoSecret(config, [URL_CANARY, GOOD]);
    expect(config).toMatchObject({ type: 'webhook', headers: { authorization: {} } });
    expect(urlOf(config)).toBe(url);
  });

  test.each([
    ['no URL', 'https//nothing', 'is not a URL'],
    ['no https', `http://example.com/${URL_CANARY}`, 'must be https'],
    ['a user name', `https://${URL_CANARY}@example.com/`, 'must not contain a user name'],
    ['a loopback address', `https://127.0.0.1/${URL_CANARY}`, 'points to a private or loopback'],
    ['a loopback address in decimal', `https://2130706433/${URL_CANARY}`, 'points to a private or loopback'],
    ['a loopback address in hex', `https://0x7f.1/${URL_CANARY}`, 'points to a private or loopback'],
    ['a mapped address', `https://[::ffff:10.0.0.1]/${URL_CANARY}`, 'points to a private or loopback'],
    ['localhost with a dot', `https://localhost./${URL_CANARY}`, 'points to a private or loopback'],
  ])('refuse %s as URL without repeating it', (_what, url, problem) => {
    for (const settings of [HOOK, CHAT]) {
      const problems = problemsOf({ ...settings, url });
      expect(problems).toEqual([expect.stringContaining(`url: ${problem}`)]);
      expectNoSecret(problems, [URL_CANARY]);
    }
  });

  test('permit http and loopback where allowInsecure says so', () => {
    expect(problemsOf({ ...CHAT, url: 'http://127.0.0.1:8080/', allowInsecure: true })).toEqual([]);
  });

  test('report all problems together, that of the URL too', () => {
    const problems = problemsOf({
      ...HOOK,
      url: 'x',
      secret: 'whsec_AAAA',
      when: { events: ['nope'] },
      headers: { host: 'a' },
    });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(
      expect.arrayContaining(['url', 'secret', 'when.events.0', 'headers.host']),
    );
  });

  test('are refused as a whole when a setting is unknown or the type is', () => {
    expect(channelSchema.safeParse({ ...CHAT, colour: 'red' }).error?.issues).toMatchObject([
      { code: 'unrecognized_keys', keys: ['colour'] },
    ]);
    expect(problemsOf({ ...CHAT, type: 'slak' })).toEqual([
      `type: did you mean slack? expected a channel with type ${Object.keys(CHANNEL_TYPES).join(' or ')}`,
    ]);
    expect(problemsOf(null)).toHaveLength(1);
  });
});

describe('the schema of channel settings for editors', () => {
  const described: unknown = JSON.parse(
    readFileSync(new URL('../../watch.schema.json', import.meta.url), 'utf8'),
  );

  test('is up to date', () => {
    expect(described).toHaveProperty('properties.channels');
    expect(described).toEqual(configJsonSchema(fileSchemaOf(ALL_TYPES)));
  });
});

describe('a signing secret', () => {
  test.each([24, 32, 64])('may hold %i bytes', (bytes) => {
    expect(problemsOf({ ...HOOK, secret: `whsec_${randomBytes(bytes).toString('base64')}` })).toEqual([]);
  });

  test.each([
    ['of 4 bytes', `whsec_${Buffer.from('4By!').toString('base64')}`, 'must hold 24 to 64 bytes but holds 4'],
    ['of 23 bytes', `whsec_${'MTIz'.repeat(7)}MTI=`, 'but holds 23'],
    ['of 65 bytes', `whsec_${'MTIz'.repeat(21)}MTI=`, 'but holds 65'],
    ['with a trailing newline', `${GOOD}\n`, 'a line break at its end'],
    ['that is not base64', `whsec_${'!'.repeat(44)}`, 'must be base64'],
    ['in base64 for URLs', `whsec_${'-_'.repeat(22)}`, 'must be base64'],
    ['without its prefix', GOOD.slice(6), 'must begin with whsec_'],
    ['that is empty', '', 'must begin with whsec_'],
  ])('%s is refused with a hint and not repeated', (_what, secret, problem) => {
    const problems = problemsOf({ ...HOOK, secret });
    expect(problems).toEqual([expect.stringContaining(problem)]);
    expectNoSecret(problems, secret.trim().length > 20 ? [secret.trim().slice(6)] : []);
  });

  test('that is refused comes with a command that makes a good one', () => {
    expect(problemsOf({ ...HOOK, secret: 'hunter2' })).toEqual([
      expect.stringContaining('openssl rand -base64 32'),
    ]);
  });

  test('may be a list of one or two, no more and no fewer', () => {
    expect(problemsOf({ ...HOOK, secret: [GOOD] })).toEqual([]);
    expect(problemsOf({ ...HOOK, secret: [GOOD, GOOD] })).toEqual([]);
    expect(problemsOf({ ...HOOK, secret: [] })).toEqual([expect.stringContaining('but there are 0')]);
    expect(problemsOf({ ...HOOK, secret: [GOOD, GOOD, GOOD] })).toEqual([
      expect.stringContaining('but there are 3'),
    ]);
    expect(problemsOf({ ...HOOK, secret: [GOOD, 'x'] })).toEqual([expect.stringMatching(/^secret\.1: /)]);
    expect(problemsOf({ ...HOOK, secret: 5 })).toEqual([
      expect.stringContaining('expected a signing secret'),
    ]);
  });
});

describe('a hub secret', () => {
  const problemsWith = (hubSecret: unknown) => problemsOf({ ...HOOK, hubSecret });

  test('may be any text of 16 characters and more', () => {
    expect(problemsWith('x'.repeat(16))).toEqual([]);
    expect(problemsWith('a passphrase with blanks, and é')).toEqual([]);
  });

  test.each<[what: string, given: unknown, problem: string]>([
    [
      'that is short',
      'x'.repeat(15),
      'must have at least 16 characters; make one with: openssl rand -hex 32',
    ],
    ['that is empty', '', 'must have at least 16 characters'],
    ['with a line break at its end', `${URL_CANARY}\n`, 'has a blank or a line break at its end'],
    ['with a blank at its beginning', ` ${URL_CANARY}`, 'has a blank or a line break at its end'],
    ['that is a list, for there is room for one signature', [URL_CANARY, URL_CANARY], 'expected one secret'],
  ])('%s is refused, and not shown', (_what, given, problem) => {
    const problems = problemsWith(given);
    expect(problems).toEqual([expect.stringContaining(`hubSecret: ${problem}`)]);
    expectNoSecret(problems, [URL_CANARY]);
  });

  test('is a secret as soon as it is read', () => {
    expect(inspect(channelSchema.parse({ ...HOOK, hubSecret: URL_CANARY }))).not.toContain(URL_CANARY);
  });
});

describe('a content type', () => {
  test('may be one of the two that the bytes have', () => {
    expect(problemsOf({ ...HOOK, contentType: 'application/json' })).toEqual([]);
    expect(problemsOf({ ...HOOK, contentType: 'text/plain' })).toEqual([
      'contentType: expected application/cloudevents+json or application/json',
    ]);
  });
});

describe('further headers of a webhook', () => {
  test.each([
    'webhook-id',
    'Webhook-Signature',
    'Content-Type',
    'X-Hub-Signature-256',
    'x-hub-signature',
    'content-length',
    'Host',
    'connection',
    'User-Agent',
  ])('cannot replace %s', (name) => {
    expect(problemsOf({ ...HOOK, headers: { [name]: 'x' } })).toEqual([
      `headers.${name}: is set by the program itself and cannot be changed`,
    ]);
  });

  test.each([
    ['x\r\ny: 1', 'v', 'not a valid header name'],
    ['', 'v', 'not a valid header name'],
    ['x-a', `a\r\n${URL_CANARY}`, 'a line break'],
    ['x-a', `${URL_CANARY}\u0000`, 'a line break or another character'],
    ['x-a', `${URL_CANARY}→`, 'a line break or another character'],
  ])('refuse %j with %j', (name, value, problem) => {
    const problems = problemsOf({ ...HOOK, headers: { [name]: value } });
    expect(problems).toEqual([expect.stringContaining(problem)]);
    expectNoSecret(problems, [URL_CANARY]);
  });

  test('are refused when two names differ in their case only', () => {
    expect(problemsOf({ ...HOOK, headers: { 'X-A': '1', 'x-a': '2' } })).toEqual([
      expect.stringContaining('headers.x-a: is there twice'),
    ]);
  });
});

describe('a mention', () => {
  test.each(['<!here>', '<!channel>', '<@U012AB3CD>', '<!subteam^S012AB> <@W01>'])('may be %s', (mention) => {
    expect(problemsOf({ ...CHAT, mention })).toEqual([]);
  });

  test.each([
    '@here',
    'here',
    '<!here',
    '<https://example.com|x>',
    '<!here> hello',
    'hello <!here>',
    '',
    7,
    null,
  ])('cannot be %j', (mention) => {
    expect(problemsOf({ ...CHAT, mention })).toEqual([
      'mention: expected <!here>, <!channel>, <@U…> (a member id) or <!subteam^S…> (a group id); ' +
        'Slack ignores plain @names',
    ]);
  });
});
