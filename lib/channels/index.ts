import * as z from 'zod/mini';
import { defined } from '../base/defined.ts';
import { fingerprint } from '../base/fingerprint.ts';
import { didYouMean } from '../base/nearest.ts';
import type { MigrationEvent } from '../events/event.ts';
import type { Audience, Channel } from './channel.ts';
import type { ChannelDeps, Doubt, Hook, RawSettings, Send, SettingProblem } from './channel-type.ts';
import { dingtalk } from './dingtalk/dingtalk.ts';
import { email } from './email/email.ts';
import { eventbridge } from './eventbridge/eventbridge.ts';
import { eventgrid } from './eventgrid/eventgrid.ts';
import { feishu } from './feishu/feishu.ts';
import { type Filter, passes } from './filter.ts';
import { DEFAULT_LOCALE } from './locale.ts';
import { minuteLimit } from './minute-limit.ts';
import { pagerduty } from './pagerduty/pagerduty.ts';
import { type QuietHours, quietHours } from './quiet.ts';
import { slack } from './slack/slack.ts';
import { slack_bot } from './slack_bot/slack_bot.ts';
import { smn } from './smn/smn.ts';
import { teams } from './teams/teams.ts';
import { webhook } from './webhook/webhook.ts';
import { wecom } from './wecom/wecom.ts';
import { welink } from './welink/welink.ts';

/** Every type of channel there is. A new one needs its line here and nothing else outside its files. */
export const CHANNEL_TYPES = {
  slack,
  slack_bot,
  feishu,
  dingtalk,
  wecom,
  welink,
  teams,
  smn,
  pagerduty,
  email,
  eventbridge,
  eventgrid,
  webhook,
} as const;

type Types = typeof CHANNEL_TYPES;
type TypeName = keyof Types;
type ConfigOf = { [T in TypeName]: z.output<Types[T]['schema']> };

/** The settings of one channel as they are after parsing; `type` tells which. */
export type ChannelConfig<T extends TypeName = TypeName> = { [K in T]: { type: K } & ConfigOf[K] }[T];

/** The part of a type that depends on its settings. */
interface Connector<Config> {
  connect(config: Config, deps: ChannelDeps): Send;
  doubt?(config: Config): Doubt | undefined;
}

const connectors: { [T in TypeName]: Connector<ConfigOf[T]> } = CHANNEL_TYPES;

/** The settings of one channel as the configuration file writes them. */
export const channelSchema = z.discriminatedUnion(
  'type',
  nonEmpty(Object.values(CHANNEL_TYPES).map(({ schema }) => schema)),
  { error: typeHint },
);

function typeHint({ input }: { readonly input?: unknown }): string {
  const types = Object.keys(CHANNEL_TYPES);
  const { type: typed = '' } = z.safeParse(z.object({ type: z.string() }), input).data ?? {};
  return `${didYouMean(typed, types)}expected a channel with type ${types.join(' or ')}`;
}

function nonEmpty<T>([first, ...others]: readonly T[]): [T, ...T[]] {
  if (first === undefined) throw new TypeError('there is no type of channel');
  return [first, ...others];
}

/** The part of a type that does not depend on its settings. */
interface TypeFacts {
  readonly audience: Audience;
  readonly hook?: Hook | undefined;
  readonly mostPerMinute?: number | undefined;
  accepts?(event: MigrationEvent, when: Filter | undefined, isFollowUp: boolean): boolean;
  examine?(settings: RawSettings): Promise<readonly SettingProblem[]>;
  readonly needsHuaweiKey?: true | undefined;
}

const FACTS: ReadonlyMap<string, TypeFacts> = new Map(Object.entries(CHANNEL_TYPES));

/** @returns nothing for a name that no type has */
export function factsOf(type: string): TypeFacts | undefined {
  return FACTS.get(type);
}

/** The type whose service an address belongs to. */
export function typeAt({ hostname }: URL): { readonly type: string; readonly hook: Hook } | undefined {
  for (const [type, { hook }] of FACTS) if (hook?.hosts.test(hostname)) return { type, hook };
  return undefined;
}

export function readersOf({ type }: { readonly type: TypeName }): Audience {
  return CHANNEL_TYPES[type].audience;
}

/** What is most likely a mistake in the settings of a channel. */
export function doubtAbout<T extends TypeName>(config: ChannelConfig<T>): Doubt | undefined {
  return connectors[config.type].doubt?.(config);
}

/**
 * Makes a channel.
 *
 * @param name its name in the configuration
 */
export function createChannel<T extends TypeName>(
  name: string,
  config: ChannelConfig<T>,
  deps: ChannelDeps,
): Channel {
  const { type, when } = config;
  const { audience, timeoutMs } = CHANNEL_TYPES[type];
  const { mostPerMinute, accepts = passes } = factsOf(type) ?? {};
  const send = connectors[type].connect(config, deps);
  return defined({
    name,
    audience,
    timeoutMs,
    settings: fingerprint(config),
    minuteLimit: mostPerMinute === undefined ? undefined : minuteLimit(mostPerMinute),
    remindEveryMs: 'remindEvery' in config ? config.remindEvery : undefined,
    quiet: quietOf(config, deps.locale?.timeZone),
    accepts: (event: MigrationEvent, isFollowUp = false) => accepts(event, when, isFollowUp),
    send,
    live: send.live,
  });
}

/**
 * The quiet hours of a channel.
 *
 * @param timeZone of channels that have none of their own
 * @returns nothing for programs, which never wait, and for chats without
 */
export function quietOf(config: ChannelConfig, timeZone = DEFAULT_LOCALE.timeZone): QuietHours | undefined {
  if (!('quiet' in config) || config.quiet === undefined) return undefined;
  return quietHours(config.quiet, config.timeZone ?? timeZone);
}
