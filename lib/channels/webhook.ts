import * as z from 'zod/mini';
import { passes } from './filter.ts';
import { headersSchema } from './headers.ts';
import { type ChannelPlug, httpShape, safeUrl } from './plug.ts';
import { signingSecrets } from './signature.ts';

const schema = z
  .strictObject({
    type: z.literal('webhook'),
    ...httpShape,
    secret: signingSecrets.check(z.describe('Signing secret, whsec_…; a list of two while rotating.')),
    headers: z
      .optional(headersSchema)
      .check(z.describe('Further headers, such as authorization. Their values are treated as secrets.')),
  })
  .check(safeUrl, z.describe('An HTTP endpoint that gets signed CloudEvents (Standard Webhooks 1.0.0).'));

/** A signed webhook: one request per event for programs. */
export const webhook = {
  schema,
  create: (name, config) => ({
    name,
    kind: 'webhook',
    timeoutMs: 15_000,
    wants: (event) => passes(event, config.when),
    together: () => undefined,
    send: async () => ({ class: 'transient', reason: 'not there yet', ms: 0 }),
  }),
} satisfies ChannelPlug<typeof schema>;
