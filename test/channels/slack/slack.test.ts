import { describe, expect, test } from 'vitest';
import type { HttpClient, HttpRequest } from '../../../lib/http/client.ts';
import { client, httpServer, rawServer } from '../../http/servers.ts';
import { expectNoSecret } from '../../support/secrets.ts';
import { outcomeTable } from '../outcomes.ts';
import {
  ALL_CANARIES,
  answering,
  CANARIES,
  CHANGE,
  channelAt,
  eventOf,
  FIRST_SEEN,
  internalError,
  NOW,
  SETTINGS,
  TASK,
} from '../support.ts';

const OUTGOING = { events: [eventOf()], now: NOW };
const URL = `https://hooks.example/${CANARIES.path}`;

/** Answers of Slack, in order; the last one from then on. Real connections. */
async function slackAnswering(...answers: readonly (readonly [status: number, body: string])[]) {
  const messages: Record<string, unknown>[] = [];
  const server = await httpServer(async (request, response) => {
    messages.push(JSON.parse(Buffer.concat(await request.toArray()).toString()));
    const [status, body] = answers[messages.length - 1] ?? answers.at(-1) ?? [200, 'ok'];
    response.writeHead(status).end(body);
  });
  const channel = await channelAt(server.url(`/${CANARIES.path}`), SETTINGS.slack, client());
  return { channel, messages };
}

describe('a Slack channel', () => {
  test('posts blocks with a fallback text as JSON', async () => {
    const requests: HttpRequest[] = [];
    const http: HttpClient = {
      ...answering({ body: 'ok' }),
      request: (request, limits) => {
        requests.push(request);
        return answering({ body: 'ok' }).request(request, limits);
      },
    };
    await (await channelAt(URL, SETTINGS.slack, http)).send(OUTGOING);
    expect(requests).toMatchObject([
      { method: 'POST', headers: { 'content-type': 'application/json; charset=utf-8' } },
    ]);
    expect(JSON.parse(requests[0]?.body ?? '')).toMatchObject({
      text: expect.any(String),
      blocks: expect.any(Array),
    });
  });

  test('is for people', async () => {
    expect((await channelAt(URL, SETTINGS.slack, answering({}))).audience).toBe('people');
  });

  test('sends several first-seen events in one message', async () => {
    const { channel, messages } = await slackAnswering([200, 'ok']);
    const events = ['a', 'b', 'c'].map((id) =>
      eventOf({ ...FIRST_SEEN, task: { ...TASK, id } }, 'dcs.migration.first_seen', 1),
    );
    expect(await channel.send({ events, now: NOW })).toMatchObject({ class: 'delivered' });
    expect(messages).toHaveLength(1);
    expect(JSON.stringify(messages)).toContain('3 tasks are now watched');
  });

  test('sends the events of one look as the message about one event, and others as a digest', async () => {
    const { channel, messages } = await slackAnswering([200, 'ok']);
    const later = { ...eventOf(CHANGE, undefined, 8), time: '2026-01-05T02:13:00.000Z' };
    await channel.send({ events: [eventOf(), eventOf(CHANGE, undefined, 8)], now: NOW });
    await channel.send({ events: [eventOf(), later], now: NOW });
    const elsewhere = { ...eventOf(CHANGE, undefined, 8), source: '/huaweicloud/dcs/eu-west-101/another' };
    await channel.send({ events: [eventOf(), elsewhere], now: NOW });
    expect(messages.map(({ text }) => String(text).split('\n')[0])).toEqual([
      '⚠️ migration1: full synchronisation finished, incremental replication started',
      '⚠️ migration1: 2 events: incremental 2',
      '⚠️ 2 events of 2 tasks: incremental 2',
    ]);
  });
});

describe('the outcome of Slack', () => {
  const TABLE = outcomeTable([
    [100, 199, 'transient'],
    [200, 299, 'permanent'],
    [200, 200, 'delivered'],
    [300, 599, 'transient'],
    [400, 400, 'permanent'],
    [409, 409, 'permanent'],
    [410, 410, 'broken'],
    [413, 413, 'permanent'],
    [415, 415, 'permanent'],
    [422, 422, 'permanent'],
    [429, 429, 'pause'],
  ]);
  const REFUSALS = [400, 409, 413, 415, 422];

  test('follows the table for every status', async () => {
    const seen = new Map<number, string>();
    for (const status of TABLE.keys()) {
      const outcome = await (await channelAt(URL, SETTINGS.slack, answering({ status, body: 'ok' }))).send(
        OUTGOING,
      );
      expect(outcome).toMatchObject({ status, reason: expect.stringContaining(`HTTP ${status}`) });
      seen.set(status, outcome.class);
    }
    expect(seen.size).toBe(500);
    expect(seen).toEqual(TABLE);
  });

  test('is the same over a real connection', async () => {
    const statuses = [...TABLE.keys()].filter((status) => status >= 200);
    const answers = statuses.flatMap((status) => (REFUSALS.includes(status) ? [status, status] : [status]));
    const { channel, messages } = await slackAnswering(...answers.map((status) => [status, 'ok'] as const));
    for (const status of statuses) {
      const outcome = await channel.send(OUTGOING);
      expect(outcome).toMatchObject({ status, class: TABLE.get(status) });
      expectNoSecret(outcome, ALL_CANARIES);
    }
    expect(messages).toHaveLength(400 + REFUSALS.length);
  });

  test.each([
    ['ok', 'delivered'],
    ['ok\n', 'delivered'],
    ['', 'permanent'],
    ['OK', 'permanent'],
    ['invalid_blocks', 'permanent'],
    ['{"success":true}', 'permanent'],
    [`<html>Sign in to the proxy ${CANARIES.path}</html>`, 'permanent'],
  ])('of a 200 with %j is %s, and it is never sent again', async (body, expected) => {
    const { channel, messages } = await slackAnswering([200, body]);
    const outcome = await channel.send(OUTGOING);
    expect(outcome.class).toBe(expected);
    expect(outcome.notHere ?? false).toBe(expected === 'permanent');
    expect(messages).toHaveLength(1);
    expectNoSecret(outcome, ALL_CANARIES);
  });

  test('of a 200 whose body was lost on the way is delivered', async () => {
    const server = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n', () => socket.resetAndDestroy());
    });
    const outcome = await (await channelAt(server.url(), SETTINGS.slack, client())).send(OUTGOING);
    expect(server.connections()).toBe(1);
    expect(outcome).toMatchObject({ class: 'delivered', status: 200 });
  });

  test.each([
    [403, 'action_prohibited'],
    [403, 'posting_to_general_channel_denied'],
    [403, 'invalid_token'],
    [404, 'channel_not_found'],
    [404, 'no_service'],
    [404, 'no_service_id'],
    [404, 'no_active_hooks'],
    [404, 'no_team'],
    [404, 'team_disabled'],
    [410, 'channel_is_archived'],
    [400, 'user_not_found'],
    [400, 'channel_is_archived'],
    [401, 'invalid_token'],
  ])('of %i %s is a broken channel, with advice', async (status, word) => {
    const { channel, messages } = await slackAnswering([status, word]);
    const outcome = await channel.send(OUTGOING);
    expect(outcome).toMatchObject({
      class: 'broken',
      reason: expect.stringMatching(new RegExp(`^HTTP ${status} ${word}: .+`)),
    });
    expect(messages).toHaveLength(1);
  });

  test.each([
    [400, 'transient'],
    [401, 'transient'],
    [403, 'transient'],
    [404, 'transient'],
    [405, 'transient'],
    [422, 'transient'],
    [410, 'broken'],
  ])(
    "of %i with a page, not Slack's is %s, with one request and without the text of the page",
    async (status, expected) => {
      const { channel, messages } = await slackAnswering([status, `<p>${CANARIES.path}</p>`]);
      const outcome = await channel.send(OUTGOING);
      expect(outcome).toMatchObject({ class: expected, reason: expect.stringContaining(`HTTP ${status}`) });
      expect(messages).toHaveLength(1);
      expectNoSecret(outcome, ALL_CANARIES);
    },
  );

  test.each([
    [201, 'ok', "HTTP 201 without Slack's ok; check the URL"],
    [299, 'ok', "HTTP 299 without Slack's ok; check the URL"],
    [300, 'ok', 'HTTP 300 (redirects are never followed; check the URL)'],
    [200, 'no', "HTTP 200 without Slack's ok; check the URL"],
    [400, '<html>', "HTTP 400 with a web page instead of Slack's answer; check the URL"],
    [404, 'ok', 'HTTP 404 (not found, perhaps only for now; check the URL)'],
    [404, ' no_team\n', 'HTTP 404 no_team: the URL names no workspace; copy it again'],
    [500, 'no_service', 'HTTP 500'],
    [302, 'no_service', 'HTTP 302 (redirects are never followed; check the URL)'],
    [400, 'a_word_that_is_new', 'HTTP 400'],
    [413, '<html>', 'HTTP 413 (too large for the receiver)'],
  ])('of %i %j says %j', async (status, body, reason) => {
    const outcome = await (await channelAt(URL, SETTINGS.slack, answering({ status, body }))).send(OUTGOING);
    expect(outcome.reason).toBe(reason);
  });

  test('of a message without events is a bug, and no request', async () => {
    let requests = 0;
    const http: HttpClient = {
      ...answering({}),
      request: () => {
        requests += 1;
        return Promise.reject(new Error('a request'));
      },
    };
    expect(await (await channelAt(URL, SETTINGS.slack, http)).send({ events: [], now: NOW })).toEqual(
      internalError('TypeError'),
    );
    expect(requests).toBe(0);
  });

  test('of an overloaded server is a retry after the wait that it asks for', async () => {
    const http = answering({ status: 503, headers: { 'retry-after': '90' } });
    expect(await (await channelAt(URL, SETTINGS.slack, http)).send(OUTGOING)).toMatchObject({
      class: 'transient',
      retryAfterMs: 90_000,
    });
  });
});

describe('a message that Slack refuses for its form', () => {
  const WORDS = [
    'invalid_payload',
    'invalid_blocks',
    'invalid_blocks_format',
    'invalid_attachments',
    'msg_too_long',
    'msg_blocks_too_long',
    'no_text',
    'too_many_attachments',
  ];

  test.each(WORDS)('(%s) is sent once more as plain text', async (word) => {
    const { channel, messages } = await slackAnswering([400, word], [200, 'ok']);
    const failure = { events: [eventOf({ ...CHANGE, severity: 'failure' })], now: NOW };
    expect(await channel.send(failure)).toMatchObject({ class: 'delivered' });
    const [blocks, text] = messages;
    expect(messages).toHaveLength(2);
    expect(blocks).toHaveProperty('blocks');
    expect(text).toEqual({ text: blocks?.['text'], mrkdwn: false });
    expect(text?.['text']).toMatch(/^<!here>\n❌ migration1: full synchronisation finished/);
  });

  test.each(WORDS)('(%s) is given up when its plain text is refused too', async (word) => {
    const { channel, messages } = await slackAnswering([400, word]);
    expect(await channel.send(OUTGOING)).toMatchObject({
      class: 'permanent',
      status: 400,
      reason: `HTTP 400 ${word}`,
    });
    expect(messages).toHaveLength(2);
  });

  test('is tried again later when its plain text gets no answer', async () => {
    let requests = 0;
    const server = await rawServer((socket) => {
      requests += 1;
      if (requests > 1) socket.resetAndDestroy();
      else socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 14\r\n\r\ninvalid_blocks');
    });
    expect(await (await channelAt(server.url(), SETTINGS.slack, client())).send(OUTGOING)).toMatchObject({
      class: 'transient',
    });
    expect(requests).toBe(2);
  });

  test('is recognised by its word, whatever blanks are around it', async () => {
    const { channel, messages } = await slackAnswering([400, ' invalid_blocks\n'], [200, 'ok']);
    expect(await channel.send(OUTGOING)).toMatchObject({ class: 'delivered' });
    expect(messages).toHaveLength(2);
  });

  test('has the duration of both attempts', async () => {
    const http = answering({ status: 400, body: 'no_text', ms: 3 });
    expect(await (await channelAt(URL, SETTINGS.slack, http)).send(OUTGOING)).toMatchObject({ ms: 6 });
  });

  test.each([
    [400, 'a_word_that_is_new'],
    [400, ''],
    [400, 'Bad Request'],
    [400, '{"ok":false,"error":"invalid_blocks"}'],
    [413, '<html>413 Request Entity Too Large</html>'],
    [422, 'unprocessable'],
  ])('(%i %j) with an unknown word is sent once more as plain text', async (status, body) => {
    const { channel, messages } = await slackAnswering([status, body], [200, 'ok']);
    expect(await channel.send(OUTGOING)).toMatchObject({ class: 'delivered' });
    expect(messages).toHaveLength(2);
    expect(Object.keys(messages[1] ?? {}).toSorted()).toEqual(['mrkdwn', 'text']);
    const refusing = await slackAnswering([status, body]);
    expect(await refusing.channel.send(OUTGOING)).toMatchObject({ class: 'permanent', status });
    expect(refusing.messages).toHaveLength(2);
  });

  test('because of its length is shortened as plain text, and says so', async () => {
    const { channel, messages } = await slackAnswering([400, 'msg_too_long'], [200, 'ok']);
    const events = Array.from({ length: 64 }, (_, index) => ({
      ...eventOf({ ...CHANGE, task: { ...TASK, name: '&'.repeat(200) } }, undefined, index),
      time: `2026-01-05T02:${String(index % 60).padStart(2, '0')}:00.000Z`,
    }));
    expect(await channel.send({ events, now: NOW })).toMatchObject({ class: 'delivered' });
    const text = String(messages[1]?.['text']);
    expect(text.length).toBeLessThanOrEqual(3000);
    expect(text).toContain('incremental 64');
    expect(text).toContain('\n…\n');
  });

  test('because the webhook belongs elsewhere is not repeated', async () => {
    const { channel, messages } = await slackAnswering([400, 'no_service']);
    expect(await channel.send(OUTGOING)).toMatchObject({ class: 'broken' });
    expect(messages).toHaveLength(1);
  });
});
