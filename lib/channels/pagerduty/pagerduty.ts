import * as z from 'zod/mini';
import { defined } from '../../base/defined.ts';
import { Secret } from '../../base/secret.ts';
import type { MigrationEvent } from '../../events/event.ts';
import { USER_AGENT } from '../../http/user-agent.ts';
import { attempt } from '../answers/http-outcome.ts';
import { reasonFromHint } from '../answers/outcome-reason.ts';
import type { Outcome, Outgoing } from '../channel.ts';
import {
  apiAddress,
  apiUrl,
  type ChannelDeps,
  type ChannelType,
  channelShape,
  type SettingWarning,
  safeAddress,
} from '../channel-type.ts';
import { type Filter, passes } from '../filter.ts';
import { actionOf } from './action.ts';
import { type Alert, alertOf } from './alert.ts';
import { classify } from './answers.ts';

const USUAL = 'https://events.pagerduty.com';
const KEY_HINT = 'expected the integration key of a PagerDuty service (Events API v2), 32 characters';

const schema = z
  .strictObject({
    type: z.literal('pagerduty'),
    routingKey: z
      .pipe(
        z.string({ error: KEY_HINT }).check(z.refine((text) => /^\S+$/.test(text), KEY_HINT)),
        z.transform((text: string) => new Secret(text)),
      )
      .check(z.describe('The integration key of a service (Events API v2). A secret.')),
    baseUrl: apiAddress(`${USUAL}; in the EU https://events.eu.pagerduty.com`),
    ...channelShape,
  })
  .check(
    safeAddress('baseUrl'),
    z.describe('A PagerDuty service: one alert for each task, group or project.'),
  );

type Config = z.output<typeof schema>;

const LIMITS = { timeoutMs: 10_000, maxBodyBytes: 64 * 1024, oversize: 'truncate' } as const;

/** A PagerDuty service: an alert is opened by what somebody has to get up for, and closed when it is over. */
export const pagerduty = {
  audience: 'programs',
  schema,
  timeoutMs: LIMITS.timeoutMs,
  accepts,
  warning: keyWarning,
  place: ({ baseUrl }) => new URL(baseUrl?.reveal() ?? USUAL),
  connect: async (config, deps) => (outgoing) => send(outgoing, config, deps),
} satisfies ChannelType<typeof schema>;

/** Keys of both forms of the Events API are as long; tokens of the REST API are not. */
const KEY_LENGTH = 32;

function keyWarning({ routingKey }: Config): SettingWarning | undefined {
  const { length } = routingKey.reveal();
  if (length === KEY_LENGTH) return undefined;
  const message = `has ${length} characters, an integration key (Events API v2) has ${KEY_LENGTH}; copy it again from the service's integrations`;
  return { setting: 'routingKey', message };
}

/** The filter decides what opens an alert. Whatever closes one passes, for that is harmless without an open alert. */
function accepts(event: MigrationEvent, when: Filter | undefined, isFollowUp: boolean): boolean {
  switch (actionOf(event)) {
    case 'trigger':
      return passes(event, when, isFollowUp);
    case 'resolve':
      return passes(event, when && placesOf(when), isFollowUp);
    default:
      return false;
  }
}

/** The part of a filter that says whose events they are. */
function placesOf({ projects, groups, labels }: Filter): Filter {
  return defined<Filter>({ projects, groups, labels });
}

async function send({ events: [event], now }: Outgoing, config: Config, deps: ChannelDeps): Promise<Outcome> {
  const action = event && actionOf(event);
  // Left over from the time when the channel of this name was of another type.
  if (event === undefined || action === undefined) {
    return { class: 'permanent', ...reasonFromHint('not_for_pagerduty'), ms: 0 };
  }
  return attempt(() => post(alertOf(event, action), config, deps), classify, now);
}

function post(alert: Alert, { routingKey, baseUrl, allowInsecure }: Config, { http }: ChannelDeps) {
  return http.request(
    {
      method: 'POST',
      url: apiUrl(baseUrl, USUAL, '/v2/enqueue'),
      headers: { 'content-type': 'application/json', 'user-agent': USER_AGENT },
      body: JSON.stringify({ routing_key: routingKey.reveal(), ...alert }),
    },
    { ...LIMITS, allowInsecure },
  );
}
