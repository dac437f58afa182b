import { strict as assert } from 'node:assert';
import * as z from 'zod/mini';
import type { ChannelSample } from '../samples.ts';
import { CHANGE } from '../support.ts';
import answers from './answers.json' with { type: 'json' };

const upTo = (most: number) => z.string().check(z.minLength(1), z.maxLength(most));
const HREF = z.string().check(z.regex(/^https:\/\/[\x21-\x7e]+$/));

/** The request of the Events API v2, as its OpenAPI description and its limits have it. */
const BODY = z.strictObject({
  routing_key: upTo(64),
  event_action: z.enum(['trigger', 'resolve']),
  dedup_key: upTo(255),
  client: z.optional(upTo(255)),
  client_url: z.optional(HREF),
  links: z.optional(z.array(z.strictObject({ href: HREF, text: upTo(255) }))),
  payload: z.optional(
    z.strictObject({
      summary: upTo(1024),
      source: upTo(1024),
      severity: z.enum(['critical', 'error', 'warning', 'info']),
      timestamp: z.iso.datetime(),
      component: z.optional(upTo(255)),
      group: z.optional(upTo(255)),
      class: upTo(255),
      custom_details: z.record(z.string(), z.string()),
    }),
  ),
});

export const sample: ChannelSample = {
  settings: { routingKey: 'canary-of-a-routing-key-000000-9' },
  place: 'baseUrl',
  secrets: {
    url: ['canary-of-a-pagerduty-path-6Rw', 'canary-of-a-pagerduty-relay-2Kd'],
    headers: [],
    unsent: [],
    body: ['canary-of-a-routing-key-000000-9'],
  },
  data: {
    ...CHANGE,
    severity: 'failure',
    summary: 'migration1: migration failed',
    to: { status: 'MIGRATION_FAILED', phase: 'failed', since: '2026-01-05T02:12:00.000Z' },
  },
  taken: '{"status":"success","message":"Event processed","dedup_key":"x"}',
  unread: 'permanent',
  pauseMs: 180_000,
  assertGood: (body) => {
    assert.ok(Buffer.byteLength(body) <= 512 * 1024);
    assert.ok(body.isWellFormed());
    assert.doesNotMatch(body, /\\ud[89a-f]/i);
    BODY.parse(JSON.parse(body));
  },
  answers,
};
