import * as z from 'zod/mini';
import { defined } from '../../base/defined.ts';
import { isObject } from '../../base/json.ts';
import type { Secret } from '../../base/secret.ts';
import type { HttpResponse } from '../../http/client.ts';
import { USER_AGENT } from '../../http/user-agent.ts';
import {
  attempt,
  type Classification,
  classifyStatus,
  clockSkewMs,
  outcomeOfError,
  retryAfterMs,
  withAdvice,
} from '../answers/http-outcome.ts';
import { type ChannelDeps, type ChannelType, httpShape, safeUrl } from '../channel-type.ts';
import { clientCertificateSchema } from '../client-certificate.ts';
import { examineBody, serialiser } from './body/body.ts';
import { bodySchema } from './body/tree.ts';
import { headersSchema } from './headers.ts';
import { hubHeaders, hubSecret } from './hub-signature.ts';
import { SECRET_EXPECTED, signedHeaders, signingSecrets } from './signature.ts';

const CONTENT_TYPES = ['application/cloudevents+json', 'application/json'] as const;

/** Refuses a certificate for an address that never asks for one. */
const overTls = z.check<{ url: Secret; clientCertificate?: unknown }>(({ value, issues }) => {
  if (value.clientCertificate === undefined || URL.parse(value.url.reveal())?.protocol !== 'http:') return;
  const message = 'is only shown to https:// addresses, and the url is not one';
  // Mutant survives, `'custom'` → `""`: of a problem the path and the message are shown.
  issues.push({ code: 'custom', path: ['clientCertificate'], input: undefined, message });
});

/** A body of one's own may be for a receiver that checks no signature. */
const signedOrOwn = z.check<{ secret?: unknown; body?: unknown }>(
  ({ value, issues }) => {
    const message = `${SECRET_EXPECTED}; only a webhook with a body of its own goes without`;
    // Mutant survives, `'custom'` → `""`: of a problem the path and the message are shown.
    issues.push({ code: 'custom', path: ['secret'], input: value.secret, message });
  },
  { when: ({ value }) => isObject(value) && value['secret'] === undefined && value['body'] === undefined },
);

const settings = z
  .strictObject({
    type: z.literal('webhook'),
    ...httpShape,
    secret: z
      .optional(signingSecrets)
      .check(
        z.describe(
          'The signing secret, whsec_…; a list of two while rotating. Optional where there is a body.',
        ),
      ),
    hubSecret: z
      .optional(hubSecret)
      .check(
        z.describe(
          'Adds a second signature, as GitHub makes it (X-Hub-Signature-256), for receivers that check only that.',
        ),
      ),
    contentType: z
      .optional(z.enum(CONTENT_TYPES, { error: `expected ${CONTENT_TYPES.join(' or ')}` }))
      .check(
        z.describe(
          'application/json, for receivers that accept nothing else; the bytes are the same. Default: application/cloudevents+json, with a body application/json.',
        ),
      ),
    headers: z
      .optional(headersSchema)
      .check(z.describe('Additional headers, such as authorization. Their values are treated as secrets.')),
    clientCertificate: z
      .optional(clientCertificateSchema)
      .check(z.describe('The certificate presented to a receiver that asks for one (mutual TLS).')),
    body: z
      .optional(bodySchema)
      .check(
        z.describe(
          'Sent in place of the event: a tree whose texts are Liquid templates over it. A text that is one {{ expression }} keeps the type of its value.',
        ),
      ),
  })
  .check(
    safeUrl,
    overTls,
    signedOrOwn,
    z.meta({
      description:
        'An HTTP endpoint that gets signed CloudEvents (Standard Webhooks 1.0.0), or a body of its own.',
      anyOf: [{ required: ['secret'] }, { required: ['body'] }],
    }),
  );

type Settings = z.output<typeof settings>;
interface WebhookConfig extends Settings {
  readonly contentType: (typeof CONTENT_TYPES)[number];
}

/** Records keep a fingerprint of the settings as JSON, so the order of the keys never changes. */
const schema = z.pipe(
  settings,
  z.transform(
    (given: Settings): WebhookConfig =>
      defined<WebhookConfig>({
        type: given.type,
        url: given.url,
        when: given.when,
        allowInsecure: given.allowInsecure,
        secret: given.secret,
        hubSecret: given.hubSecret,
        contentType:
          given.contentType ??
          (given.body === undefined ? 'application/cloudevents+json' : 'application/json'),
        headers: given.headers,
        clientCertificate: given.clientCertificate,
        body: given.body,
      }),
  ),
);

/** "A recommended timeout would be 15 to 30 seconds" (Standard Webhooks 1.0.0). The answer's body is not needed. */
const LIMITS = { timeoutMs: 15_000, maxBodyBytes: 64 * 1024, oversize: 'truncate' } as const;

/** A webhook: one request per event, for programs. */
export const webhook = {
  audience: 'programs',
  schema,
  timeoutMs: LIMITS.timeoutMs,
  examine: examineBody,
  connect: async (config, deps) => {
    const bodyOf = serialiser(config.body);
    return async ({ events: [event], now }) => {
      // Mutant survives, `'nothing to send'` → `""`: only the class of the error is shown.
      if (event === undefined) return outcomeOfError(new TypeError('nothing to send'));
      const made = await bodyOf(event);
      if ('failure' in made) return made.failure;
      const message = { id: event.id, body: made.body, now };
      return attempt(
        () => post(message, config, deps),
        (answer) => classify(answer, now, config),
        now,
      );
    };
  },
} satisfies ChannelType<typeof schema>;

interface SignedMessage {
  readonly id: string;
  readonly body: string;
  readonly now: Date;
}

/** Signs and sends the very bytes of the body. */
function post(message: SignedMessage, config: WebhookConfig, { http }: ChannelDeps): Promise<HttpResponse> {
  const { url, allowInsecure, clientCertificate } = config;
  return http.request(
    {
      method: 'POST',
      url: new URL(url.reveal()),
      headers: headersOf(message, config),
      body: message.body,
    },
    defined({ ...LIMITS, allowInsecure, clientCertificate }),
  );
}

function headersOf(
  message: SignedMessage,
  { secret, hubSecret: hub, contentType, headers = {} }: WebhookConfig,
): Record<string, string> {
  const signed = secret === undefined ? {} : signedHeaders(secret, message);
  const hubSigned = hub === undefined ? {} : hubHeaders(hub, message.body);
  const extra = Object.entries(headers).map(([name, value]) => [name, value.reveal()]);
  return {
    ...Object.fromEntries(extra),
    'content-type': contentType,
    'user-agent': USER_AGENT,
    ...signed,
    ...hubSigned,
  };
}

/** Many frameworks read nothing but application/json. */
const UNSUPPORTED_TYPE = 415;

/** Servers that are overloaded or being mended, and say for how long. */
const PAUSING: ReadonlySet<number> = new Set([502, 503, 504]);

/** Statuses with which receivers refuse a signature, also one that only looks too old or too new to them. */
const REFUSING: ReadonlySet<number> = new Set([400, 401, 403]);

/** The outcome table of webhooks. The status alone decides: once a 2xx came, whatever follows it changes nothing. */
function classify({ status, headers }: HttpResponse, now: Date, config: WebhookConfig): Classification {
  const byStatus = classifyStatus(status);
  if (status === UNSUPPORTED_TYPE && config.contentType !== 'application/json') {
    return withAdvice(byStatus, 'try_json');
  }
  if (PAUSING.has(status) && retryAfterMs(headers, now) !== undefined) return { ...byStatus, class: 'pause' };
  const skew = clockSkewMs(headers, now);
  if (skew === undefined || !REFUSING.has(status)) return byStatus;
  const seconds = String(Math.round(Math.abs(skew) / 1000));
  // Mutant survives, `skew > 0` → `skew >= 0`: only differences of 295 seconds or more come here.
  return withAdvice(byStatus, skew > 0 ? 'receiver_clock_ahead' : 'receiver_clock_behind', seconds);
}
