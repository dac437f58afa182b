import { strict as assert } from 'node:assert';
import * as z from 'zod/mini';
import type { ChannelSample } from '../samples.ts';
import answers from './answers.json' with { type: 'json' };

const CREDENTIALS = {
  accessKey: 'CANARY-OF-AN-SMN-ACCESS-KEY',
  secretKey: 'canary-of-an-smn-secret-key',
  securityToken: 'canary-of-an-smn-security-token',
};

const attribute = z.strictObject({
  name: z.string().check(z.regex(/^[a-z0-9_]{1,32}$/)),
  type: z.literal('STRING'),
  value: z.string().check(z.regex(/^\w{1,32}$/)),
});
const BODY = z.strictObject({
  subject: z.string().check(z.minLength(1), z.regex(/^[^\r\n\p{Cc}]+$/u)),
  message: z.string().check(z.minLength(1)),
  time_to_live: z.literal('86400'),
  message_attributes: z.optional(z.array(attribute)),
});

export const sample: ChannelSample = {
  settings: {
    topic: 'urn:smn:cn-north-4:254d2280acb74d36a8b839746bcd7352:redis-cutover',
    credentials: CREDENTIALS,
  },
  place: 'endpoint',
  secrets: {
    url: ['canary-of-an-smn-path-8Nd', 'canary-of-an-smn-query-4Qz'],
    headers: [CREDENTIALS.accessKey, CREDENTIALS.securityToken],
    unsent: [CREDENTIALS.secretKey],
  },
  taken: '{"message_id":"bf94b63a5dfb475994d3ac34664e24f2","request_id":"0"}',
  unread: 'permanent',
  pauseMs: 60_000,
  assertGood: (body) => {
    assert.ok(body.isWellFormed());
    const { subject, message } = BODY.parse(JSON.parse(body));
    assert.ok(Buffer.byteLength(subject) <= 512);
    assert.ok(Buffer.byteLength(message) <= 16_000);
  },
  answers,
};
