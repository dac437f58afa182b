import * as z from 'zod/mini';
import { apiAddress, type ChannelType, channelShape, safeAddress } from '../channel-type.ts';
import { addressOf, createSender, TIMEOUT_MS } from './send.ts';

const BUS = /^arn:aws[\w-]*:events:[a-z]{2}(?:-[a-z0-9]+)+:\d{12}:event-bus\/[\w./-]{1,256}$/;
const BUS_HINT = 'expected the ARN of an event bus: arn:aws:events:eu-west-1:123456789012:event-bus/default';

const schema = z
  .strictObject({
    type: z.literal('eventbridge'),
    bus: z
      .string({ error: BUS_HINT })
      .check(z.refine((text) => BUS.test(text), BUS_HINT))
      .check(z.describe('The ARN of the event bus; its region is the one that is called.')),
    endpoint: apiAddress('that of AWS in the region of the bus'),
    ...channelShape,
  })
  .check(
    safeAddress('endpoint'),
    z.describe('An event bus of Amazon EventBridge, with the credentials of the function itself.'),
  );

/** An event bus of Amazon EventBridge: the same CloudEvent that webhooks get, as the detail of an entry. */
export const eventbridge = {
  audience: 'programs',
  schema,
  timeoutMs: TIMEOUT_MS,
  place: addressOf,
  connect: async ({ bus, endpoint }, { proxies, recorder }) =>
    createSender({ bus, endpoint, proxies, recorder }),
} satisfies ChannelType<typeof schema>;
