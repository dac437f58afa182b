import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { chat, type Vendor } from '../../../lib/channels/chat/chat.ts';
import { chatShape } from '../../../lib/channels/chat/people.ts';
import type { Message } from '../../../lib/messages/message.ts';
import { answering, eventOf, NOW, recording } from '../support.ts';

const URL_OF_CHAT = 'https://chat.example/hook';
const settings = z.object({ ...chatShape, allowInsecure: z._default(z.boolean(), false) });

type Settings = z.output<typeof settings>;

/** A chat that shows the sentence of a message, and refuses what is answered with 400 for its form. */
const VENDOR: Vendor<Settings, string> = {
  room: () => ({
    most: 1000,
    measure: (text) => text.length,
    frame: () => 0,
    lengthOf: (text) => text.length,
  }),
  render: ({ title }) => title.text,
  request: (text) => ({ url: new URL(URL_OF_CHAT), body: { text } }),
  classify: ({ status }) =>
    status === 400
      ? { class: 'permanent', reason: 'form', isForm: true }
      : { class: 'delivered', reason: 'taken' },
};

async function connect(vendor: Partial<Vendor<Settings, string>>, http = answering({})) {
  const type = chat(settings, { ...VENDOR, ...vendor });
  const seen: Message[] = [];
  const recorder = { message: (message: Message) => seen.push(message), content: () => undefined };
  const send = await type.connect(settings.parse({}), { http, recorder });
  return { type, seen, send: () => send({ events: [eventOf()], now: NOW }) };
}

describe('a chat', () => {
  it('posts a message as JSON, within 10 s and 64 KiB of an answer that may be cut', async () => {
    const { client, requests, limits } = answeringWithLimits();
    const { send } = await connect({}, client);

    expect(await send()).toMatchObject({ class: 'delivered', reason: 'taken' });

    expect(requests).toEqual([
      {
        method: 'POST',
        url: new URL(URL_OF_CHAT),
        headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'dcs-migration-watch' },
        body: '{"text":"full synchronisation finished, incremental replication started"}',
      },
    ]);
    expect(limits).toEqual([
      { timeoutMs: 10_000, maxBodyBytes: 65_536, oversize: 'truncate', allowInsecure: false },
    ]);
  });

  it('adds the headers of its vendor, and may reach a private range', async () => {
    const { client, requests, limits } = answeringWithLimits();
    const request = () => ({
      url: new URL(URL_OF_CHAT),
      headers: { authorization: 'signed' },
      body: {},
      privateRange: '100.125.0.0/16',
    });
    const { send } = await connect({ request }, client);

    await send();

    expect(requests).toMatchObject([
      { headers: { authorization: 'signed', 'user-agent': 'dcs-migration-watch' } },
    ]);
    expect(limits).toMatchObject([{ privateRange: '100.125.0.0/16' }]);
  });

  it('without a simpler form sends a refused one once', async () => {
    const { http, sent } = recording([], { status: 400 });
    const { type, send } = await connect({}, http);

    expect(await send()).toMatchObject({ class: 'permanent', reason: 'form', ms: 3 });

    expect(sent).toHaveLength(1);
    expect(type.timeoutMs).toBe(10_000);
  });

  it('with a simpler form has the time for two requests, and sends a refused one again', async () => {
    const { http, sent } = recording([], { status: 400 });
    const { type, send } = await connect({ simplify: () => 'simple' }, http);

    expect(await send()).toMatchObject({ class: 'permanent', reason: 'form', ms: 6 });

    expect(sent.map(({ body = '' }) => JSON.parse(body))).toMatchObject([{}, { text: 'simple' }]);
    expect(type.timeoutMs).toBe(20_000);
  });

  it('with a simpler form sends what is taken once', async () => {
    const { http, sent } = recording([]);
    const { send } = await connect({ simplify: () => 'simple' }, http);

    expect(await send()).toMatchObject({ class: 'delivered', ms: 3 });

    expect(sent).toHaveLength(1);
  });

  it('is for people, and shows a recorder what they would read', async () => {
    const { type, seen, send } = await connect({});

    await send();

    expect(type.audience).toBe('people');
    expect(seen).toMatchObject([{ severity: 'action', mentions: false }]);
  });

  it('has what its vendor says of limits, keys and places', async () => {
    const vendor = {
      mostPerMinute: 15,
      needsHuaweiKey: true,
      warning: () => ({ setting: 'url', message: 'is odd' }),
      place: () => new URL(URL_OF_CHAT),
    } as const;

    expect((await connect(vendor)).type).toMatchObject(vendor);
    expect((await connect({})).type).not.toHaveProperty('place');
  });
});

/** A client that keeps the requests and how they are sent. */
function answeringWithLimits() {
  const requests: unknown[] = [];
  const limits: unknown[] = [];
  const { request, close } = answering({});
  const client: ReturnType<typeof answering> = {
    close,
    request: (one, limit) => {
      requests.push(one);
      limits.push(limit);
      return request(one, limit);
    },
  };
  return { client, requests, limits };
}
