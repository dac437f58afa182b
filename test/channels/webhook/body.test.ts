import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { createChannel } from '../../../lib/channels/index.ts';
import { TEXTS } from '../../../lib/channels/webhook/body/engine.ts';
import { samplesOf } from '../../../lib/events/catalogue/samples.ts';
import { EVENT_TYPES } from '../../../lib/events/schema/codes.ts';
import type { HttpClient } from '../../../lib/http/client.ts';
import { channelSchema } from '../../support/channel-types.ts';
import { expectNoSecret } from '../../support/secrets.ts';
import { STORIES } from '../../support/stories.ts';
import { nastyEvents } from '../nasty.ts';
import { answering, CANARIES, CHANGE, channelAt, eventOf, NOW, TASK } from '../support.ts';

const URL_OF_RECEIVER = 'https://receiver.example/hook';
const EVENT = eventOf();

interface Sent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends an event through a webhook with a body: the request, and the outcome. */
async function send(body: unknown, { settings = {}, event = EVENT, now = NOW } = {}) {
  const sent: Sent[] = [];
  const http: HttpClient = {
    ...answering({}),
    request: async ({ headers, body: text = '' }) => {
      sent.push({ headers, body: text });
      return { status: 204, headers: {}, body: '', truncated: false, ms: 3 };
    },
  };
  const channel = await channelAt(URL_OF_RECEIVER, { type: 'webhook', body, ...settings }, http);
  const outcome = await channel.send({ events: [event], now });
  return { outcome, sent: sent[0] };
}

/** What a receiver reads. */
async function rendered(body: unknown, event = EVENT): Promise<unknown> {
  const { sent, outcome } = await send(body, { event });
  expect(outcome.class).toBe('delivered');
  return JSON.parse(sent?.body ?? '');
}

function problemsOf(settings: object): string[] {
  const { error } = channelSchema.safeParse({ type: 'webhook', url: URL_OF_RECEIVER, ...settings });
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('the body of a webhook', () => {
  it('is the tree of the configuration, with its texts filled in from the event', async () => {
    const body = {
      title: '{{ data.summary }}',
      priority: "{% if data.severity == 'failure' %}5{% else %}3{% endif %}",
      tags: ['redis', '{{ type | remove: "dcs." }}', 7, true, null],
    };
    const expected = {
      title: CHANGE.summary,
      priority: '3',
      tags: ['redis', 'migration.status_changed', 7, true, null],
    };
    expect(await rendered(body)).toEqual(expected);
    const failure = eventOf({ ...CHANGE, severity: 'failure' });
    expect(await rendered(body, failure)).toMatchObject({ priority: '5' });
  });

  it('has its names as they are written, whatever they look like', async () => {
    const body = { '{{ id }}': 'a', constructor: 'b', 'a.b': { toString: '{{ type }}' } };
    expect(JSON.stringify(await rendered(body))).toBe(
      `{"{{ id }}":"a","constructor":"b","a.b":{"toString":"${EVENT.type}"}}`,
    );
  });

  it.each<[template: string, value: unknown]>([
    ['{{ 5 }}', 5],
    ['{{ data.summary.size }}', CHANGE.summary.length],
    ['{{ data.severity == "action" }}', true],
    ['{{ sequence }}', '0000000007'],
    ['{{ data.task.source }}', TASK.source],
    ['{{ data.task.labels.team | split: "" }}', [...'orders']],
    ['{{ data.report | default: nil }}', null],
    ['{{- 1.5 | times: 3 -}}', 4.5],
    ['{{ 5 }} ', '5 '],
    ['{{ 5 }}{{ 5 }}', '55'],
    ['{% if true %}5{% endif %}', '5'],
    ['{{ data.report | default: 1 }}.', '1.'],
    ['{{ nil }}.', '.'],
    ['', ''],
    ['$}{ "\\ {', '$}{ "\\ {'],
  ])('keeps the type of a value where a text is one expression and nothing else: %s', async (text, value) => {
    expect(await rendered({ text })).toEqual({ text: value });
  });

  it('is application/json, unless the configuration says otherwise', async () => {
    const plain = await send({ id: '{{ id }}' });
    expect(plain.sent?.headers['content-type']).toBe('application/json');
    const contentType = 'application/cloudevents+json';
    const typed = await send({ id: '{{ id }}' }, { settings: { contentType } });
    expect(typed.sent?.headers['content-type']).toBe(contentType);
  });

  it('is signed over its own bytes where there is a secret', async () => {
    const { sent } = await send(
      { id: '{{ id }}' },
      { settings: { secret: CANARIES.secret }, now: new Date() },
    );
    expect(new Webhook(CANARIES.secret).verify(sent?.body ?? '', sent?.headers ?? {})).toEqual({
      id: EVENT.id,
    });
  });

  it('goes without a signature where there is no secret', async () => {
    const { sent } = await send({ id: '{{ id }}' });
    expect(Object.keys(sent?.headers ?? {})).toEqual(['content-type', 'user-agent']);
    const { sent: hub } = await send({ id: '{{ id }}' }, { settings: { hubSecret: CANARIES.hubSecret } });
    expect(hub?.headers).toHaveProperty('x-hub-signature-256');
  });

  it('is the same on every attempt, whenever it is made', async () => {
    const body = {
      all: '{{ data | json }}',
      at: '{{ time | date: "%Y-%m-%d %H:%M %Z %A" }} {{ time | date_to_rfc822 }}',
      there: '{{ time | date: "%H:%M", "Asia/Shanghai" }}',
      words: '{{ "2026/01/05 02:11:58" | date: "%s" }}',
    };
    const first = await send(body);
    const second = await send(body, { now: new Date(NOW.getTime() + 3_600_000) });
    expect(second.sent?.body).toBe(first.sent?.body);
    expect(JSON.parse(first.sent?.body ?? '')).toMatchObject({
      at: '2026-01-05 02:12 +0000 Monday Mon, 05 Jan 2026 02:12:00 +0000',
      there: '10:12',
      words: '2026/01/05 02:11:58',
    });
  });

  it('is made of an event that lacks a field, with nothing in its place', async () => {
    const body = { text: 'reason: {{ data.readiness.reason }}.', value: '{{ data.readiness.offset }}' };
    expect(await rendered(body)).toEqual({ text: 'reason: .', value: null });
  });

  it('is JSON that says what the event says, whatever names and texts there are', async () => {
    const body = { text: '{{ data.summary }}', long: '> {{ data.summary }} <', '"': ['{{ data.severity }}'] };
    await fc.assert(
      fc.asyncProperty(nastyEvents, async ([event]) => {
        const { sent, outcome } = await send(body, { event });
        expect(outcome.class).toBe('delivered');
        const text = event.data.summary.toWellFormed();
        expect(JSON.parse(sent?.body ?? '')).toEqual({
          text,
          long: `> ${text} <`,
          '"': [event.data.severity],
        });
      }),
      { numRuns: 30 },
    );
  });

  it('never runs what stands in an event as a template', async () => {
    const summary = '{{ id }}{% for i in (1..9) %}x{% endfor %}';
    expect(await rendered({ a: '{{ data.summary }}' }, eventOf({ ...CHANGE, summary }))).toEqual({
      a: summary,
    });
  });

  it('can be made of every event of every story', async () => {
    const body = {
      title: '{{ data.summary | truncate: 40 }}',
      task: '{% if data.task %}{{ data.task.name }}{% endif %}',
      group: '{% for member in data.group.members %}{{ member.name }} {% endfor %}',
      event: '{{ data }}',
    };
    const events = [...Object.values(STORIES).flat(2), ...EVENT_TYPES.flatMap(samplesOf)];
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(EVENT_TYPES));
    for (const event of events) {
      expect(await rendered(body, event)).toMatchObject({ event: JSON.parse(JSON.stringify(event.data)) });
    }
  });
});

describe('a webhook without an event', () => {
  it.each([{}, { body: { a: 'b' } }])('sends nothing: %j', async (more) => {
    const settings = { type: 'webhook', secret: CANARIES.secret, ...more };
    const outcome = await (await channelAt(URL_OF_RECEIVER, settings, answering({}))).send({
      events: [],
      now: NOW,
    });
    expect(outcome).toMatchObject({ class: 'transient', reason: 'internal error (TypeError)', ms: 0 });
  });
});

describe('a template that asks for too much', () => {
  const doubled = (times: number) =>
    `{% assign s = "aaaa" %}{% for i in (1..${times}) %}{% assign s = s | append: s %}{% endfor %}`;
  /** 16 kB a time, in few steps: a busy machine has no time to spare. */
  const LONG = `${doubled(12)}{% for i in (1..17) %}{{ s }}{% endfor %}`;

  it.each([
    ['a loop without end', '{% for i in (1..100000000) %}x{% endfor %}', 'permanent', 'makes too much'],
    ['a text that doubles', `${doubled(40)}{{ s }}`, 'permanent', 'makes too much'],
    ['a long text', LONG, 'permanent', 'more than 256 kB'],
    ['other files', '{% include "/etc/passwd" %}', 'broken', 'tag that does not exist'],
    ['other files, rendered', '{% render "/etc/passwd" %}', 'broken', 'tag that does not exist'],
    ['a layout', '{% layout "/etc/passwd" %}', 'broken', 'tag that does not exist'],
    ['the clock', '{{ "now" | date: "%s" }}', 'permanent', 'reads the clock'],
    ['the clock, in other words', '{{ "today" | date_to_xmlschema }}', 'permanent', 'reads the clock'],
    ['chance', '{{ data.task.labels | sample }}', 'broken', 'filter that does not exist'],
    ['the constructor as a filter', '{{ data | constructor }}', 'broken', 'filter that does not exist'],
    ['a number that is none', '{{ 1 | divided_by: 0 }}', 'permanent', 'a number that JSON does not have'],
    ['a group of fields inside a text', 'task: {{ data.task }}', 'permanent', 'prints a group of fields'],
    ['a list inside a text', '{{ "a,b" | split: "," }}.', 'permanent', 'prints a list'],
  ])('(%s) sends nothing, and the outcome says why', async (_what, text, expected, words) => {
    const { outcome, sent } = await send({ text });
    expect(outcome).toMatchObject({ class: expected, reason: expect.stringContaining(words) });
    expect(sent).toBeUndefined();
  });

  it('by its time is tried again later, because the machine may be busy', async () => {
    const loop = (inner: string) => `{% for i in (1..300) %}${inner}{% endfor %}`;
    const { outcome } = await send({ text: loop(loop(loop('{{ i }}'))) });
    expect(outcome).toMatchObject({
      class: 'transient',
      reason: 'its body takes too long to render',
      explanation: { what: [{ code: 'body_slow' }] },
    });
  });

  it.each(['constructor', '__proto__', 'toString', 'constructor.constructor', '__defineGetter__'])(
    'finds nothing behind %s',
    async (name) => {
      expect(
        await rendered({ a: `{{ data.${name} }}`, b: `{{ ${name} }}`, c: `.{{ data.task.${name} }}` }),
      ).toEqual({ a: null, b: null, c: '.' });
    },
  );

  it('knows these tags and filters and no others', () => {
    expect(Object.keys(TEXTS.tags).toSorted().join(' ')).toBe(
      '# assign break capture case comment continue cycle decrement echo for if increment liquid raw tablerow unless',
    );
    expect(Object.keys(TEXTS.filters).toSorted().join(' ')).toBe(
      'abs append array_to_sentence_string at_least at_most base64_decode base64_encode capitalize ceil cgi_escape compact concat date date_to_long_string date_to_rfc822 date_to_string date_to_xmlschema default divided_by downcase escape escape_once find find_exp find_index find_index_exp first floor group_by group_by_exp has has_exp hmac_sha256 inspect join json jsonify last lstrip map minus modulo newline_to_br normalize_whitespace number_of_words plus pop prepend push reject reject_exp remove remove_first remove_last replace replace_first replace_last reverse round rstrip sha256 shift size slice slugify sort sort_natural split squish strip strip_html strip_newlines sum times to_integer truncate truncatewords uniq unshift upcase uri_escape url_decode url_encode where where_exp xml_escape',
    );
  });
});

describe('the settings of a webhook with a body', () => {
  it('need no secret, and those without a body do', () => {
    expect(problemsOf({ body: { a: 'b' } })).toEqual([]);
    expect(problemsOf({})).toEqual([
      expect.stringMatching(/^secret: expected a signing secret.+; only a webhook with a body of its own/),
    ]);
    expect(problemsOf({ hubSecret: CANARIES.hubSecret })).toEqual([expect.stringMatching(/^secret: /)]);
    expect(problemsOf({ body: { a: 'b' }, secret: 'x' })).toEqual([
      expect.stringMatching(/^secret: must begin/),
    ]);
  });

  it.each([
    ['a text', '{{ data }}', 'expected settings (name: value) or a list'],
    ['nothing', null, 'expected settings (name: value) or a list'],
    ['far too many values', Array.from({ length: 501 }, () => 'a'), 'has 501 values, and may have 500'],
    ['far too long a text', { a: 'x'.repeat(70_000) }, 'characters as JSON'],
    ['far too many levels', JSON.parse(`${'['.repeat(17)}1${']'.repeat(17)}`), 'nests deeper than 16'],
  ])('refuse %s in its place', (_what, body, words) => {
    expect(problemsOf({ body })).toEqual([expect.stringContaining(words)]);
    expect(problemsOf({ body })).toEqual([expect.stringMatching(/^body: /)]);
  });

  it('hide its texts, which may hold a token', () => {
    const config = channelSchema.parse({
      type: 'webhook',
      url: URL_OF_RECEIVER,
      body: { token: CANARIES.header },
    });
    expectNoSecret(config, [CANARIES.header]);
  });

  it('distinguish two bodies, and leave a channel without one as it was', async () => {
    const settingsOf = async (more: object) => {
      const config = channelSchema.parse({ type: 'webhook', url: 'https://ci.example.com/', ...more });
      return (await createChannel('x', config, { http: answering({}) })).settings;
    };
    expect(await settingsOf({ body: { a: 'b' } })).not.toBe(await settingsOf({ body: { a: 'c' } }));
    const { secret } = CANARIES;
    expect(await settingsOf({ secret })).toBe('0fb5a2027a53db9c');
    expect(
      await settingsOf({
        contentType: 'application/cloudevents+json',
        headers: { B: 'x', a: 'y' },
        hubSecret: '0123456789abcdefgh',
        when: { severity: ['failure'] },
        secret: [secret, secret],
      }),
    ).toBe('1a68a50a238f0495');
  });
});
