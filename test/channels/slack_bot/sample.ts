import { strict as assert } from 'node:assert';
import * as z from 'zod/mini';
import type { SlackMessage } from '../../../lib/channels/block-kit/blocks.ts';
import { assertHarmless, assertWithinLimits, MENTION } from '../nasty.ts';
import type { ChannelSample } from '../samples.ts';
import answers from './answers.json' with { type: 'json' };

const MESSAGE = z.custom<SlackMessage>((value) => typeof value === 'object' && value !== null);

export const sample: ChannelSample = {
  settings: { token: 'xoxb-canary-of-a-bot-token-6Ty', channel: 'C0123456789', mention: MENTION },
  place: 'baseUrl',
  secrets: {
    url: ['canary-of-a-slack-api-4Hu', 'canary-of-a-slack-api-query-9Zx'],
    headers: ['xoxb-canary-of-a-bot-token-6Ty'],
    unsent: [],
  },
  thread: 'C0123456789 1767579120.000100',
  taken: JSON.stringify({
    ok: true,
    channel: 'C0123456789',
    ts: '1767579180.000200',
    message: { thread_ts: '1767579120.000100' },
  }),
  unread: 'permanent',
  assertGood: (body) => {
    const message = MESSAGE.parse(JSON.parse(body));
    assert.ok(message.text.length > 0 && message.text.length <= 3000);
    if (message.blocks !== undefined) assertWithinLimits(message);
    assertHarmless(message);
  },
  answers,
};
