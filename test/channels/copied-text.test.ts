import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createChannel } from '../../lib/channels/index.ts';
import { createRecording } from '../../lib/drill/preview/recording.ts';
import type { HttpClient } from '../../lib/http/client.ts';
import { KNOWN_STATUSES } from '../../lib/migration/model/status.ts';
import { channelSchema } from '../support/channel-types.ts';
import { answersOf, sampleOf, TYPES } from './samples.ts';
import { answering, eventOf, FAILED, NOW, TASK } from './support.ts';

/** Chats whose messages have room for everything; WeLink's have 500 characters. */
const ROOMY = ['slack', 'slack_bot', 'feishu', 'dingtalk', 'wecom', 'teams', 'smn', 'email'];
const CHATS = [...ROOMY, 'welink'];

const word = fc.stringMatching(/^[A-Za-z0-9]{1,12}$/);
const octets = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)).map((all) => all.join('.'));
const port = fc.integer({ min: 1, max: 65_535 });
const host = fc.oneof(
  octets,
  fc.constant('redis-1.internal'),
  fc.ipV6().map((address) => `[${address}]`),
);
/** What people copy and search for. */
const copied = fc.record({
  id: fc.oneof(
    fc.uuid(),
    fc.stringMatching(/^[0-9a-f]{32}$/),
    fc.tuple(word, word).map((all) => all.join('_')),
  ),
  address: fc.tuple(host, port).map(([name, number]) => `${name}:${number}`),
  status: fc.oneof(
    fc.constantFrom(...KNOWN_STATUSES),
    fc.stringMatching(/^[A-Z]{2,9}(?:_{1,2}[A-Z]{2,9}){0,3}$/),
  ),
  version: fc.oneof(
    fc.constantFrom('7.2.4', '6.0.20-rc1', '5.0.14.1_r2'),
    fc.stringMatching(/^\d\.\d{1,2}\.\d{1,2}$/),
  ),
});
type Copied = Parameters<Parameters<typeof copied.map>[0]>[0];

function eventWith({ id, address, status, version }: Copied) {
  return {
    ...eventOf({
      ...FAILED,
      to: { status, phase: 'failed', since: NOW.toISOString() },
      task: { ...TASK, id, source: { name: 'old', address }, target: { address } },
      dossier: {
        errorMessage: `Redis ${version} at ${address} said: ${status} of ${id}`,
        log: [],
        unknown: [],
      },
    }),
    subject: id,
  };
}

/** Refuses the form of every message, so that each is sent once more as plain text. */
function refusing(type: string, sent: string[]): HttpClient {
  const refusal = answersOf(type).find(({ expected }) => expected.asPlain);
  return {
    ...answering({}),
    request: async ({ body = '' }) => {
      sent.push(body);
      return {
        status: refusal?.status ?? 200,
        headers: {},
        body: refusal?.body ?? '',
        truncated: false,
        ms: 1,
      };
    },
  };
}

/** Every text of the requests of one attempt. */
async function textsOf(
  type: string,
  event: ReturnType<typeof eventWith>,
  isRefused: boolean,
): Promise<string> {
  const { settings, place, thread } = sampleOf(type);
  const goesOn = thread === undefined ? {} : { thread };
  const config = channelSchema.parse({ [place]: 'https://receiver.example/', ...settings, type });
  const recording = createRecording();
  const bodies: string[] = [];
  const deps = isRefused ? { http: refusing(type, bodies) } : recording;
  await (await createChannel('ops', config, deps)).send({ events: [event], now: NOW, ...goesOn });
  const all = [...bodies.map((body): unknown => JSON.parse(body)), ...recording.take().bodies];
  return all.flatMap(textsIn).join('\n');
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Look-alikes as what they look like, without what nobody sees. */
function asSeen(text: string): string {
  return text.normalize('NFKC').replaceAll(/\p{Cf}|\u034f/gu, '');
}

/** How often one text stands in another. */
function times(text: string, part: string): number {
  return text.split(part).length - 1;
}

describe('what people copy from a message', () => {
  test('covers every chat', async () => {
    const chats = await Promise.all(
      TYPES.map(async (type) => {
        const { settings, place } = sampleOf(type);
        const config = channelSchema.parse({ [place]: 'https://receiver.example/', ...settings, type });
        return (await createChannel('ops', config, createRecording())).audience === 'people' ? [type] : [];
      }),
    );
    expect(chats.flat().toSorted()).toStrictEqual(CHATS.toSorted());
  });

  test.each(CHATS.flatMap((type) => [false, true].map((isRefused) => ({ type, isRefused }))))(
    'an id, an address with its port, a status and a version stand in it as they are: $type, refused: $isRefused',
    async ({ type, isRefused }) => {
      if (isRefused && !answersOf(type).some(({ expected }) => expected.asPlain)) return;
      await fc.assert(
        fc.asyncProperty(copied, async (values) => {
          const text = await textsOf(type, eventWith(values), isRefused);
          const seen = asSeen(text);
          for (const value of Object.values(values)) {
            if (ROOMY.includes(type)) expect(text).toContain(value);
            expect(times(text, value), text).toBe(times(seen, value));
          }
        }),
        { numRuns: 60 },
      );
    },
  );
});
