import { strict as assert } from 'node:assert';
import * as z from 'zod/mini';
import type { ChannelSample } from '../samples.ts';
import answers from './answers.json' with { type: 'json' };

const BODY = z.discriminatedUnion('msgtype', [
  z.strictObject({
    msgtype: z.literal('markdown'),
    markdown: z.strictObject({ content: z.string().check(z.minLength(1)) }),
  }),
  z.strictObject({
    msgtype: z.literal('text'),
    text: z.strictObject({
      content: z.string().check(z.minLength(1)),
      mentioned_list: z.optional(z.tuple([z.literal('zhangsan')])),
    }),
  }),
]);

/** Ours stands at the beginning or the end of a line, or is one by itself. */
const OURS = [
  /^### <font color="(?:info|comment|warning)">|^<font color="comment">(?=[^\n]*<\/font>$(?![\s\S]))|<\/font>$/gm,
  /^> \*\*[^*\n]+\*\*(?=: |：)|^\*\*(?=[^*\n]+\*\*$)|\*\*$/gm,
  /^\[(?:console|documentation|控制台|文档)\]\(https:[^()\s]*\)$/gm,
  /^<@zhangsan>$/gm,
];
const MARKUP = /[<>*`#]|\][([]|&#?\w{1,31};/;

export const sample: ChannelSample = {
  settings: { mention: ['zhangsan'] },
  secrets: {
    url: ['canary-of-a-wecom-path-6Qs', 'canary-of-a-wecom-key-1Xw'],
    headers: [],
    unsent: [],
  },
  taken: '{"errcode":0,"errmsg":"ok"}',
  unread: 'permanent',
  pauseMs: 60_000,
  assertGood: (body) => {
    assert.ok(body.isWellFormed());
    const message = BODY.parse(JSON.parse(body));
    if (message.msgtype === 'text') {
      assert.ok(Buffer.byteLength(message.text.content) <= 2048);
      assert.doesNotMatch(message.text.content, /[<>]|&#?\w{1,31};/);
      return;
    }
    const { content } = message.markdown;
    assert.ok(Buffer.byteLength(content) <= 4096);
    assert.doesNotMatch(
      OURS.reduce((text, own) => text.replace(own, ''), content),
      MARKUP,
    );
  },
  answers,
};
