import { strict as assert } from 'node:assert';
import * as z from 'zod/mini';
import type { ChannelSample } from '../samples.ts';
import answers from './answers.json' with { type: 'json' };

const BODY = z.strictObject({
  messageType: z.literal('text'),
  content: z.strictObject({ text: z.string().check(z.minLength(1), z.maxLength(500)) }),
  timeStamp: z.int().check(z.minimum(1_000_000_000_000)),
  uuid: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
  isAt: z.boolean(),
  isAtAll: z.literal(false),
  atAccounts: z.array(z.literal('zhangsan@huawei')),
});

export const sample: ChannelSample = {
  settings: { mention: ['zhangsan@huawei'] },
  secrets: {
    url: ['canary-of-a-welink-path-8Tn', 'canary-of-a-welink-token-5Zc'],
    headers: [],
    unsent: [],
  },
  taken: '{"code":"0","data":"success","message":"ok"}',
  unread: 'permanent',
  pauseMs: 60_000,
  volatile: ['timeStamp', 'uuid'],
  assertGood: (body) => {
    assert.ok(body.isWellFormed());
    const { content, isAt, atAccounts } = BODY.parse(JSON.parse(body));
    assert.equal(isAt, atAccounts.length > 0);
    const others = isAt ? content.text.replace(/^@zhangsan@huawei$/m, '') : content.text;
    assert.ok(!isAt || others !== content.text);
    assert.doesNotMatch(
      others.replace(/^(?:console|documentation|控制台|文档)(?:: |：)https:.*$/gm, ''),
      /@/,
    );
  },
  answers,
};
