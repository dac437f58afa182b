import * as z from 'zod/mini';
import { defined } from '../../base/defined.ts';
import type { HttpResponse } from '../../http/client.ts';
import { USER_AGENT } from '../../http/user-agent.ts';
import { addressOf } from '../../huawei/regions.ts';
import { attempt, outcomeOfError } from '../answers/http-outcome.ts';
import { reasonFromHint } from '../answers/outcome-reason.ts';
import type { Outcome, Outgoing } from '../channel.ts';
import {
  apiAddress,
  apiUrl,
  type ChannelDeps,
  type ChannelType,
  channelShape,
  safeAddress,
} from '../channel-type.ts';
import { bytesOf } from '../chat/measure.ts';
import { huaweiShape, signedAt } from '../huawei.ts';
import { classify } from './answers.ts';
import { gridEvent } from './cloud-event.ts';
import { regionWarning } from './regions.ts';

/** Parts of an address: none may lead elsewhere. */
function word(pattern: RegExp, error: string) {
  return z.string({ error }).check(z.refine((text) => pattern.test(text), error));
}

const schema = z
  .strictObject({
    type: z.literal('eventgrid'),
    region: word(/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/, 'expected a region such as cn-north-4').check(
      z.describe('The region of the event channel.'),
    ),
    projectId: word(/^[\da-z-]{1,64}$/i, 'expected the id of the project of the event channel').check(
      z.describe('The id of the project that has the event channel.'),
    ),
    eventChannel: word(
      /^[\da-z-]{1,64}$/i,
      'expected the id of a custom event channel, as the EventGrid console shows it',
    ).check(z.describe('The id of the custom event channel to publish to.')),
    eventSource: word(/^[\w.-]{1,128}$/, 'expected the name of a custom event source of the channel').check(
      z.describe('The name of the custom event source that was made for the channel.'),
    ),
    ...huaweiShape,
    endpoint: apiAddress('that of EventGrid in the region'),
    ...channelShape,
  })
  .check(safeAddress('endpoint'), z.describe('A custom event channel of EventGrid (EG) of Huawei Cloud.'));

type EventGridConfig = z.output<typeof schema>;

const LIMITS = { timeoutMs: 15_000, maxBodyBytes: 64 * 1024, oversize: 'truncate' } as const;
/** The largest event ("Constraints"). */
const MOST_BYTES = 64 * 1024;
/** With some other types Huawei's SDK for Python leaves the body unsigned. */
const CONTENT_TYPE = 'application/json';

/** A custom event channel of EventGrid: one CloudEvent a request, for programs. */
export const eventgrid = {
  audience: 'programs',
  schema,
  timeoutMs: LIMITS.timeoutMs,
  needsHuaweiKey: true,
  warning: ({ region, endpoint }) => {
    const message = endpoint === undefined ? regionWarning(region) : undefined;
    return message === undefined ? undefined : { setting: 'region', message };
  },
  place: ({ region, endpoint }) => new URL(endpoint?.reveal() ?? addressOf('eg', region)),
  connect:
    async (config, deps) =>
    async ({ events: [event], now }: Outgoing) => {
      // Mutant survives, `'nothing to send'` → `""`: only the class of the error is shown.
      if (event === undefined) return outcomeOfError(new TypeError('nothing to send'));
      const grid = gridEvent(event, config.eventSource);
      const bytes = bytesOf(JSON.stringify(grid));
      if (bytes > MOST_BYTES) return tooLarge(bytes);
      return attempt(() => post(JSON.stringify({ events: [grid] }), now, config, deps), classify, now);
    },
} satisfies ChannelType<typeof schema>;

/** EventGrid would refuse it at every attempt. */
function tooLarge(bytes: number): Outcome {
  return {
    class: 'permanent',
    ...reasonFromHint('event_too_large', String(bytes), String(MOST_BYTES)),
    ms: 0,
  };
}

async function post(
  body: string,
  now: Date,
  config: EventGridConfig,
  deps: ChannelDeps,
): Promise<HttpResponse> {
  const { region, projectId, eventChannel, endpoint, allowInsecure } = config;
  const path = `/v1/${projectId}/channels/${eventChannel}/events`;
  const url = apiUrl(endpoint, addressOf('eg', region), path);
  const { headers, privateRange } = await signedAt(
    now,
    { url, contentType: CONTENT_TYPE, body },
    config,
    deps,
  );
  return deps.http.request(
    { method: 'POST', url, headers: { 'user-agent': USER_AGENT, ...headers }, body },
    defined({ ...LIMITS, allowInsecure, privateRange }),
  );
}
