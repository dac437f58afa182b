import { strict as assert } from 'node:assert';
import * as z from 'zod/mini';
import type { ChannelSample } from '../samples.ts';
import answers from './answers.json' with { type: 'json' };

const BODY = z.union([
  z.strictObject({
    msgtype: z.literal('markdown'),
    markdown: z.strictObject({ title: z.string(), text: z.string() }),
    at: z.unknown(),
  }),
  z.strictObject({
    msgtype: z.literal('text'),
    text: z.strictObject({ content: z.string() }),
    at: z.unknown(),
  }),
]);

/** Markup of foreign text is followed by a zero-width space; what is ours stands at the beginning of a line. */
const OURS =
  /^(?:### |- \*\*[^*]+\*\*(?:: |：)|\*\*|> )|\*\* {0,2}$|\[(?:console|documentation|控制台|文档)\]\(https:[^()]*\)/gm;
const FOREIGN = /[[\]!*_#>`<](?!\u200b)/;

export const sample: ChannelSample = {
  settings: { secret: 'SEC-canary-of-a-dingtalk-secret', mention: ['13800000000'] },
  secrets: {
    url: ['canary-of-a-dingtalk-path-5Tb', 'canary-of-a-dingtalk-token-3Vn'],
    headers: [],
    unsent: ['SEC-canary-of-a-dingtalk-secret'],
  },
  taken: '{"errcode":0,"errmsg":"ok"}',
  unread: 'permanent',
  assertGood: (body) => {
    assert.ok(Buffer.byteLength(body) <= 20_000);
    assert.ok(body.isWellFormed());
    const message = BODY.parse(JSON.parse(body));
    if (message.msgtype === 'text') return;
    assert.doesNotMatch(message.markdown.text.replace(OURS, ''), FOREIGN);
  },
  answers,
};
