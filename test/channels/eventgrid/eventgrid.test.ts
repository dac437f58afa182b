import { readFileSync } from 'node:fs';
import { CloudEvent } from 'cloudevents';
import { describe, expect, test } from 'vitest';
import { createChannel } from '../../../lib/channels/index.ts';
import type { MigrationEvent } from '../../../lib/events/event.ts';
import type { HttpClient, HttpRequest } from '../../../lib/http/client.ts';
import { client, httpServer } from '../../http/servers.ts';
import { channelSchema } from '../../support/channel-types.ts';
import { answering, CHANGE, eventOf, NOW, TASK } from '../support.ts';
import { sample } from './sample.ts';

const SETTINGS = { type: 'eventgrid', ...sample.settings };

interface Vector {
  readonly input: {
    readonly url: string;
    readonly body: string;
    readonly ak: string;
    readonly sk: string;
    readonly date: string;
  };
  readonly output: { readonly authorization: string };
}

const vectors: { readonly eg: readonly [Vector] } = JSON.parse(
  readFileSync(new URL('../../fixtures/huawei/signature-vectors.json', import.meta.url), 'utf8'),
);

async function send(event: MigrationEvent, settings: Readonly<Record<string, unknown>> = {}, now = NOW) {
  const sent: HttpRequest[] = [];
  const http: HttpClient = {
    ...answering({}),
    request: async (request) => {
      sent.push(request);
      return { status: 200, headers: {}, body: sample.taken ?? '', truncated: false, ms: 3 };
    },
  };
  const config = channelSchema.parse({ ...SETTINGS, ...settings });
  const channel = await createChannel('grid', config, { http });
  const outcome = await channel.send({ events: [event], now });
  return { sent, outcome };
}

function problemsOf(settings: Readonly<Record<string, unknown>>): string[] {
  const { error } = channelSchema.safeParse({ ...SETTINGS, ...settings });
  return error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
}

describe('an event for EventGrid', () => {
  test('is a CloudEvent of its own event source, and says in its data where it comes from', async () => {
    const event = eventOf();
    const { sent, outcome } = await send(event);
    expect(outcome).toMatchObject({ class: 'delivered' });
    const { events } = JSON.parse(sent[0]?.body ?? '');
    expect(events).toEqual([
      {
        id: event.id,
        specversion: '1.0',
        source: 'dcs-migration-watch',
        type: 'dcs.migration.status_changed',
        datacontenttype: 'application/json',
        subject: TASK.id,
        time: event.time,
        data: { ...event.data, sequence: '0000000007', origin: event.source },
      },
    ]);
    expect(new CloudEvent(events[0]).validate()).toBe(true);
  });

  test('goes to its event channel in the region, signed', async () => {
    const { sent } = await send(eventOf());
    expect(sent[0]?.url.href).toBe(
      'https://eg.cn-north-4.myhuaweicloud.com/v1/254d2280acb74d36a8b839746bcd7352/channels/8d3d5f0e-0f0a-4f8e-9b57-2d3f8f3c1a11/events',
    );
    expect(sent[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      authorization: expect.stringMatching(/SignedHeaders=content-type;host;x-sdk-date;x-security-token,/),
    });
  });

  test('that is a drill says so', async () => {
    const { sent } = await send({ ...eventOf(), drill: true });
    expect(JSON.parse(sent[0]?.body ?? '').events[0].data).toMatchObject({ drill: true });
  });

  test('beyond 64 KB is refused before it is sent, for EventGrid would never take it', async () => {
    const { sent, outcome } = await send(eventOf({ ...CHANGE, detail: '界'.repeat(22_000) }));
    expect(sent).toEqual([]);
    expect(outcome).toMatchObject({ class: 'permanent', reason: expect.stringContaining('65536') });
  });

  test('reaches a server at another endpoint, below its path', async () => {
    const paths: string[] = [];
    const server = await httpServer((request, response) => {
      paths.push(request.url ?? '');
      response.end(sample.taken);
    });
    const config = channelSchema.parse({
      ...SETTINGS,
      endpoint: String(server.url('/eg/')),
      allowInsecure: true,
    });
    const channel = await createChannel('grid', config, { http: client() });
    expect(await channel.send({ events: [eventOf()], now: NOW })).toMatchObject({ class: 'delivered' });
    expect(paths).toEqual([
      '/eg/v1/254d2280acb74d36a8b839746bcd7352/channels/8d3d5f0e-0f0a-4f8e-9b57-2d3f8f3c1a11/events',
    ]);
  });

  test('is signed as the known vector is', async () => {
    const [{ input, output }] = vectors.eg;
    const [known] = JSON.parse(input.body).events;
    const { sequence, origin, ...data } = known.data;
    const event = { ...eventOf(), ...known, source: origin, sequence, data };
    const credentials = { accessKey: input.ak, secretKey: input.sk };
    const at = new Date('2026-01-02T03:04:05.000Z');
    const { sent } = await send(event, { credentials }, at);
    expect(sent[0]?.body).toBe(input.body);
    expect(sent[0]?.headers).toMatchObject({ authorization: output.authorization });
  });
});

describe('the settings of EventGrid', () => {
  test.each(['region', 'projectId', 'eventChannel', 'eventSource'])('need %s', (setting) => {
    expect(problemsOf({ [setting]: undefined })).toEqual([expect.stringContaining(`${setting}: expected`)]);
    expect(problemsOf({ [setting]: 'a/../b' })).toEqual([expect.stringContaining(`${setting}: expected`)]);
  });

  test('refuse an endpoint that is private', () => {
    expect(problemsOf({ endpoint: 'https://[::1]' })).toEqual([expect.stringContaining('private')]);
  });
});
