import { strict as assert } from 'node:assert';
import * as z from 'zod/mini';
import type { ChannelSample } from '../samples.ts';
import answers from './answers.json' with { type: 'json' };

const MENTION = 'ou_0123456789abcdef0123456789abcdef';

const said = z.string().check(
  z.refine((text) => text.trim() !== '' && text.isWellFormed()),
  z.refine((text) => !/[\u202a-\u202e\u2066-\u2069\u2028\u2029]/.test(text)),
);
const plainText = z.strictObject({
  tag: z.literal('plain_text'),
  content: said,
  text_color: z.optional(z.literal('grey')),
  text_size: z.optional(z.enum(['heading', 'notation'])),
});
const div = z.strictObject({ tag: z.literal('div'), text: plainText });
const column = z.strictObject({
  tag: z.literal('column'),
  width: z.literal('weighted'),
  weight: z.int().check(z.minimum(1), z.maximum(5)),
  elements: z.array(div),
});
const element = z.discriminatedUnion('tag', [
  div,
  z.strictObject({ tag: z.literal('hr') }),
  // Markdown is never made of data.
  z.strictObject({ tag: z.literal('markdown'), content: z.literal(`<at id=${MENTION}></at>`) }),
  z.strictObject({
    tag: z.literal('column_set'),
    horizontal_spacing: z.literal('8px'),
    columns: z.array(column),
  }),
  z.strictObject({
    tag: z.literal('button'),
    text: z.strictObject({
      tag: z.literal('plain_text'),
      content: z.enum(['console', 'documentation', '控制台', '文档']),
    }),
    type: z.enum(['primary', 'text']),
    behaviors: z.tuple([
      z.strictObject({
        type: z.literal('open_url'),
        default_url: z.string().check(z.regex(/^https:\/\/[\x21-\x7e]+$/)),
      }),
    ]),
  }),
]);
const card = z.strictObject({
  schema: z.literal('2.0'),
  config: z.strictObject({
    update_multi: z.literal(true),
    width_mode: z.literal('fill'),
    summary: z.strictObject({ content: said }),
  }),
  header: z.strictObject({
    title: z.strictObject({ tag: z.literal('plain_text'), content: said }),
    template: z.enum(['blue', 'green', 'orange', 'red']),
  }),
  body: z.strictObject({ direction: z.literal('vertical'), elements: z.array(element) }),
});
const signature = {
  timestamp: z.string().check(z.regex(/^\d{10}$/)),
  sign: z.string().check(z.regex(/^[A-Za-z0-9+/]{43}=$/)),
};
const BODY = z.discriminatedUnion('msg_type', [
  z.strictObject({ ...signature, msg_type: z.literal('interactive'), card }),
  z.strictObject({
    ...signature,
    msg_type: z.literal('text'),
    // Whoever is named in a tag is called.
    content: z.strictObject({ text: said.check(z.refine((text) => !/[<>]|\][([]|&#?\w{1,31};/.test(text))) }),
  }),
]);

/** Everything with a tag, texts too. */
function elementsIn(part: unknown): number {
  if (typeof part !== 'object' || part === null) return 0;
  return Object.values(part).reduce<number>((sum, inner) => sum + elementsIn(inner), 'tag' in part ? 1 : 0);
}

export const sample: ChannelSample = {
  settings: { secret: 'canary-of-a-feishu-secret-2Jd', mention: [MENTION] },
  secrets: {
    url: ['canary-of-a-feishu-path-9Lr', 'canary-of-a-feishu-query-4Ge'],
    headers: [],
    unsent: ['canary-of-a-feishu-secret-2Jd'],
  },
  taken: '{"code":0,"msg":"success","data":{}}',
  unread: 'permanent',
  pauseMs: 60_000,
  volatile: ['timestamp', 'sign'],
  assertGood: (body) => {
    assert.ok(Buffer.byteLength(body) <= 20_000);
    assert.ok(body.isWellFormed());
    const message = BODY.parse(JSON.parse(body));
    assert.ok(elementsIn(message) <= 200);
  },
  answers,
};
