import * as z from 'zod/mini';
import { defined } from '../base/defined.ts';
import { fingerprint } from '../base/fingerprint.ts';
import { didYouMean } from '../base/nearest.ts';
import type { MigrationEvent } from '../events/event.ts';
import type { ClientCertificate } from '../http/client.ts';
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
import { type Visit, type VisitDeps, visitHttp } from './visit.ts';
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
  place?(config: Config): URL;
  visit?(config: Config, deps: VisitDeps): Promise<Visit>;
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

/** Where a channel sends to. */
export function placeOf<T extends TypeName>(config: ChannelConfig<T>): URL {
  const place = connectors[config.type].place?.(config) ?? urlIn(config);
  if (place === undefined) throw new TypeError(`a channel of type ${config.type} has no place`);
  return place;
}

function urlIn(config: ChannelConfig): URL | undefined {
  return 'url' in config ? new URL(config.url.reveal()) : undefined;
}

/** Opens a connection to the service of a channel as an attempt to send does, and sends nothing. */
export function visitChannel<T extends TypeName>(config: ChannelConfig<T>, deps: VisitDeps): Promise<Visit> {
  const { allowInsecure } = config;
  const clientCertificate = certificateIn(config);
  return (
    connectors[config.type].visit?.(config, deps) ??
    visitHttp({ url: placeOf(config), allowInsecure, clientCertificate }, deps)
  );
}

function certificateIn(config: ChannelConfig): ClientCertificate | undefined {
  return 'clientCertificate' in config ? config.clientCertificate : undefined;
}

/** The service that an address leads to; the hint names the type of channel that is for it. */
function ownerOf(url: URL): { readonly service: string; readonly hint: string } | undefined {
  const known = typeAt(url);
  if (known !== undefined)
    return { service: known.hook.service, hint: `; did you mean type: ${known.type}?` };
  const service = OTHERS.find(([host]) => host.test(url.hostname))?.[1];
  return service === undefined ? undefined : { service, hint: '' };
}

/** Services that no type of channel is for, by host. */
const OTHERS: readonly (readonly [RegExp, string])[] = [[/(?:^|\.)discord(?:app)?\.com$/, 'Discord']];

/**
 * The doubt about an address for a type of channel, in words that continue "the url". An address is a secret: the words
 * name no more of it than whose it seems to be.
 */
export function addressDoubt(type: string, url: URL): string | undefined {
  const facts = factsOf(type);
  const whose = ownerOf(url);
  const hook = facts?.hook;
  if (hook === undefined) {
    const isMistake = facts?.audience === 'programs' && whose !== undefined;
    return isMistake
      ? `leads to ${whose.service}, which does not accept signed events${whose.hint}`
      : undefined;
  }
  const isOwn = whose === undefined || whose.service === hook.service;
  return isOwn
    ? hook.problem(url)
    : `leads to ${whose.service}, not to ${hook.service}; its messages have another format${whose.hint}`;
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
