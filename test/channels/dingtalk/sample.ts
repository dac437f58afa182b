import { strict as assert } from 'node:assert';
import markdownit from 'markdown-it';
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

/** What is ours stands at the beginning of a line, and the ends of bold labels. */
const OURS =
  /^(?:### |- \*\*[^*]+\*\*(?:: |：)|\*\*|> )|\*\* {0,2}$|\[(?:console|documentation|控制台|文档)\]\(https:[^()]*\)/gm;
/** Where nothing is ours, nothing can be markup, whatever Markdown it is. */
const FOREIGN = /[*`<]|\][([]|(?<![\p{L}\p{N}_])_|_(?![\p{L}\p{N}_])/u;
const markdown = markdownit({ html: true });
/** What a whole parser of Markdown finds in a message of ours. */
const OUR_TAGS = new Set(['h3', 'p', 'ul', 'ol', 'li', 'blockquote', 'strong', 'a', 'br', '']);
const LABEL = /^(?:console|documentation|控制台|文档)$/;

/** Throws if a parser of Markdown finds more than our markup. */
function assertOurs(text: string): void {
  for (const { type, tag, children } of markdown.parse(text, {})) {
    assert.ok(OUR_TAGS.has(tag) && !type.startsWith('html'), `${type} ${tag}`);
    const inline = children ?? [];
    for (const [place, { type: kind, tag: inner, attrs }] of inline.entries()) {
      assert.ok(OUR_TAGS.has(inner) && !kind.startsWith('html'), `${kind} ${inner}`);
      if (kind !== 'link_open') continue;
      assert.match(inline[place + 1]?.content ?? '', LABEL);
      assert.match(String(attrs?.[0]?.[1]), /^https:/);
    }
  }
}

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
    assertOurs(message.markdown.text);
  },
  answers,
};
