import { describe, expect, test } from 'vitest';
import { Secret } from '../../../lib/base/secret.ts';
import type { ChannelDeps } from '../../../lib/channels/channel-type.ts';
import { createChannel } from '../../../lib/channels/index.ts';
import type { EventData, MigrationEvent } from '../../../lib/events/event.ts';
import type { HttpClient, HttpLimits, HttpRequest } from '../../../lib/http/client.ts';
import { channelSchema } from '../../support/channel-types.ts';
import { answering, CHANGE, eventOf, FAILED, internalError, NOW } from '../support.ts';

const PROJECT = '254d2280acb74d36a8b839746bcd7352';
const TOPIC = `urn:smn:cn-north-4:${PROJECT}:redis-cutover`;
const OWN = { accessKey: 'OWNKEY00000000000001', secretKey: 'own-secret' };

interface Sent {
  readonly request: HttpRequest;
  readonly limits: HttpLimits;
  readonly body: Readonly<Record<string, unknown>>;
}

interface Case {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly events?: readonly MigrationEvent[];
  readonly now?: Date;
  readonly huawei?: ChannelDeps['huawei'];
  readonly answers?: readonly { readonly status: number; readonly body: string }[];
}

const TAKEN = { status: 200, body: '{"message_id":"1","request_id":"2"}' };

async function send({ settings, events = [eventOf(FAILED)], now = NOW, huawei, answers = [] }: Case = {}) {
  const sent: Sent[] = [];
  const http: HttpClient = {
    ...answering({}),
    request: async (request, limits) => {
      sent.push({ request, limits, body: JSON.parse(request.body ?? '') });
      return { ...(answers[sent.length - 1] ?? TAKEN), headers: {}, truncated: false, ms: 3 };
    },
  };
  const config = channelSchema.parse({ type: 'smn', topic: TOPIC, credentials: OWN, ...settings });
  const deps: ChannelDeps = huawei === undefined ? { http } : { http, huawei };
  const channel = await createChannel('ops', config, deps);
  const outcome = await channel.send({ events, now });
  return { sent, outcome };
}

function problemsOf(settings: Readonly<Record<string, unknown>>): string[] {
  const { error } = channelSchema.safeParse({ type: 'smn', topic: TOPIC, ...settings });
  return error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
}

describe('a message to SMN', () => {
  test('has a subject, plain text, a day to arrive in, and attributes to filter by', async () => {
    const { sent, outcome } = await send();
    expect(outcome).toMatchObject({ class: 'delivered' });
    expect(sent[0]?.body).toEqual({
      subject: '❌ FAILED · migration1: migration failed',
      message: expect.stringContaining('\nStatus: FULLMIGRATING (full) → MIGRATION_FAILED (failed)\n'),
      time_to_live: '86400',
      message_attributes: [
        { name: 'severity', type: 'STRING', value: 'failure' },
        { name: 'event', type: 'STRING', value: 'migration_status_changed' },
        { name: 'phase', type: 'STRING', value: 'failed' },
      ],
    });
  });

  test('goes to the topic in its own region and project, whose names stand in its URN', async () => {
    const { sent } = await send();
    expect(sent[0]?.request.url.href).toBe(
      `https://smn.cn-north-4.myhuaweicloud.com/v2/${PROJECT}/notifications/topics/${TOPIC}/publish`,
    );
    expect(sent[0]?.limits).toMatchObject({ privateRange: '100.125.0.0/16' });
    const european = await send({ settings: { topic: `urn:smn:eu-west-101:${PROJECT}:x` } });
    expect(european.sent[0]?.request.url.host).toBe('smn.eu-west-101.myhuaweicloud.eu');
  });

  test('goes to another endpoint where one is named, below its path', async () => {
    const { sent } = await send({ settings: { endpoint: 'https://relay.example/smn/' } });
    expect(sent[0]?.request.url.href).toBe(
      `https://relay.example/smn/v2/${PROJECT}/notifications/topics/${TOPIC}/publish`,
    );
    expect(sent[0]?.limits).not.toHaveProperty('privateRange');
  });

  test('says of several events what they have in common', async () => {
    const events = [eventOf(FAILED, 'dcs.migration.gone', 8), eventOf(CHANGE)];
    const { sent } = await send({ events });
    expect(sent[0]?.body['message_attributes']).toEqual([
      { name: 'severity', type: 'STRING', value: 'failure' },
      { name: 'event', type: 'STRING', value: 'digest' },
    ]);
  });

  test('has a subject of at most 512 bytes in one line, and never loses what happened', async () => {
    const name = `${'订单\r\nBcc: x@example.com '.repeat(40)}`;
    const data = { ...FAILED, task: { ...FAILED.task, name }, summary: `${name}: migration failed` };
    const { sent } = await send({ events: [eventOf({ ...CHANGE, ...data } as EventData)] });
    const subject = String(sent[0]?.body['subject']);
    expect(subject).not.toMatch(/[\r\n]/);
    expect(Buffer.byteLength(subject)).toBeLessThanOrEqual(512);
    expect(subject).toMatch(/: migration failed$/);
  });

  test('is sent once more with less that could be refused', async () => {
    const { sent, outcome } = await send({ answers: [{ status: 403, body: '{"code":"SMN.0008"}' }] });
    expect(outcome.class).toBe('delivered');
    expect(Object.keys(sent[1]?.body ?? {})).toEqual(['subject', 'message', 'time_to_live']);
    expect(sent[1]?.body['message']).not.toContain('https:');
    expect(sent[1]?.body['message']).toContain('migration1: migration failed');
  });
});

describe('the key of a request to SMN', () => {
  const accessKeyOf = ({ sent }: Awaited<ReturnType<typeof send>>) =>
    /Access=(\w+)/.exec(String(sent[0]?.request.headers?.['authorization']))?.[1];
  const shared = async () => ({ accessKey: new Secret('SHAREDKEY'), secretKey: new Secret('s') });

  test('is its own before that of the environment', async () => {
    expect(accessKeyOf(await send({ huawei: shared }))).toBe(OWN.accessKey);
  });

  test('is that of the environment where it has none', async () => {
    expect(accessKeyOf(await send({ settings: { credentials: undefined }, huawei: shared }))).toBe(
      'SHAREDKEY',
    );
  });

  test('is asked for anew at each attempt, for keys of an agency change', async () => {
    let asked = 0;
    const huawei = async () => {
      asked += 1;
      return {
        accessKey: new Secret(`KEY${asked}`),
        secretKey: new Secret('s'),
        securityToken: new Secret('t'),
      };
    };
    const form = { status: 400, body: '{"code":"SMN.0227"}' };
    const { sent } = await send({ settings: { credentials: undefined }, huawei, answers: [form] });
    expect(sent.map(({ request }) => request.headers?.['authorization'])).toEqual([
      expect.stringContaining('Access=KEY1,'),
      expect.stringContaining('Access=KEY2,'),
    ]);
    expect(sent[0]?.request.headers).toHaveProperty('x-security-token', 't');
  });

  test('that is missing breaks the channel, and nothing is sent', async () => {
    const { sent, outcome } = await send({ settings: { credentials: undefined } });
    expect(sent).toEqual([]);
    expect(outcome).toMatchObject({
      class: 'broken',
      reason: expect.stringContaining('no Huawei Cloud access key'),
    });
  });

  test('that cannot be had now is asked for again later, and the reason is not repeated', async () => {
    const huawei = async () => Promise.reject(new Error('canary'));
    const { outcome } = await send({ settings: { credentials: undefined }, huawei });
    expect(outcome).toEqual(internalError('Error'));
  });
});

describe('the settings of SMN', () => {
  test.each([
    ['no URN', 'redis-cutover'],
    ['a URN of something else', 'urn:obs:cn-north-4:x:y'],
    ['one without a name', `urn:smn:cn-north-4:${PROJECT}:`],
    ['one with a path in its name', `urn:smn:cn-north-4:${PROJECT}:a/../b`],
  ])('refuse %s for a topic', (_what, topic) => {
    expect(problemsOf({ topic })).toEqual([expect.stringContaining('topic: expected the URN of a topic')]);
  });

  test('refuse the region of another operator without its endpoint', () => {
    const topic = `urn:smn:eu-de:${PROJECT}:x`;
    expect(problemsOf({ topic })).toEqual([expect.stringContaining('endpoint: https://…')]);
    expect(problemsOf({ topic, endpoint: 'https://smn.eu-de.otc.example' })).toEqual([]);
    expect(problemsOf({ topic: `urn:smn:cn-north-44:${PROJECT}:x` })).toEqual([
      expect.stringContaining('did you mean cn-north-4?'),
    ]);
  });

  test('refuse an endpoint that is private, and half a key', () => {
    expect(problemsOf({ endpoint: 'https://127.0.0.1' })).toEqual([expect.stringContaining('private')]);
    expect(problemsOf({ credentials: { accessKey: 'x' } })).toEqual([
      expect.stringContaining('credentials.secretKey'),
    ]);
  });
});
