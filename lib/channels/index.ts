import * as z from 'zod/mini';
import { defined } from '../base/defined.ts';
import { fingerprint, fingerprintOfTexts } from '../base/fingerprint.ts';
import { didYouMean } from '../base/nearest.ts';
import type { MigrationEvent } from '../events/event.ts';
import type { ClientCertificate } from '../http/client.ts';
import type { Audience, Channel } from './channel.ts';
import type { ChannelDeps, RawSettings, Send, SettingProblem, SettingWarning } from './channel-type.ts';
import { DEFAULT_LOCALE } from './chat/locale.ts';
import { quietHours } from './chat/quiet.ts';
import { type Filter, passes } from './filter.ts';
import { minuteLimit } from './minute-limit.ts';
import type { QuietHours } from './quiet-hours.ts';
import type { Visit, VisitDeps } from './visit.ts';

/**
 * All channel types. A new type needs a line here, in `hook-list.ts` and in the questions of `init`. Its files are
 * loaded only where a configuration names the type.
 */
export const CHANNEL_TYPES = {
  slack: async () => (await import('./slack/slack.ts')).slack,
  slack_bot: async () => (await import('./slack_bot/slack_bot.ts')).slack_bot,
  feishu: async () => (await import('./feishu/feishu.ts')).feishu,
  dingtalk: async () => (await import('./dingtalk/dingtalk.ts')).dingtalk,
  wecom: async () => (await import('./wecom/wecom.ts')).wecom,
  welink: async () => (await import('./welink/welink.ts')).welink,
  teams: async () => (await import('./teams/teams.ts')).teams,
  smn: async () => (await import('./smn/smn.ts')).smn,
  pagerduty: async () => (await import('./pagerduty/pagerduty.ts')).pagerduty,
  email: async () => (await import('./email/email.ts')).email,
  eventbridge: async () => (await import('./eventbridge/eventbridge.ts')).eventbridge,
  eventgrid: async () => (await import('./eventgrid/eventgrid.ts')).eventgrid,
  webhook: async () => (await import('./webhook/webhook.ts')).webhook,
} as const;

type Loaders = typeof CHANNEL_TYPES;
export type TypeName = keyof Loaders;
type Types = { [T in TypeName]: Awaited<ReturnType<Loaders[T]>> };
type ConfigOf = { [T in TypeName]: z.output<Types[T]['schema']> };

/** The settings of one channel after parsing, with its `type`. */
export type ChannelConfig<T extends TypeName = TypeName> = { [K in T]: { type: K } & ConfigOf[K] }[T];

/** The part of a type that does not depend on its settings. */
interface TypeFacts {
  readonly audience: Audience;
  readonly timeoutMs: number;
  readonly mostPerMinute?: number | undefined;
  accepts?(event: MigrationEvent, when: Filter | undefined, isFollowUp: boolean): boolean;
  examine?(settings: RawSettings): Promise<readonly SettingProblem[]>;
  readonly needsHuaweiKey?: true | undefined;
}

/** A type with the schema that checks a configuration. */
interface LoadedType extends TypeFacts {
  readonly schema: Types[TypeName]['schema'];
}

/** A type that makes channels. */
interface Connector<Config> extends TypeFacts {
  connect(config: Config, deps: ChannelDeps): Promise<Send>;
  warning?(config: Config): SettingWarning | undefined;
  place?(config: Config): URL;
  home?(config: Config): readonly string[];
  visit?(config: Config, deps: VisitDeps): Promise<Visit>;
}

const connectors: { [T in TypeName]: () => Promise<Connector<ConfigOf[T]>> } = CHANNEL_TYPES;

export const TYPE_NAMES: readonly TypeName[] = Object.keys(CHANNEL_TYPES).filter(isTypeName);

function isTypeName(name: string): name is TypeName {
  return Object.hasOwn(CHANNEL_TYPES, name);
}

/** Types of channels by their names, with their code. */
export type LoadedTypes = ReadonlyMap<string, LoadedType>;

/**
 * Loads types of channels.
 *
 * @param names unknown names are left out. If none is left, any one type is loaded, because a union of schemas needs a
 * member
 */
export async function loadTypes(names: ReadonlySet<string>): Promise<LoadedTypes> {
  const named = TYPE_NAMES.filter((name) => names.has(name));
  const loaded = (named.length > 0 ? named : TYPE_NAMES.slice(0, 1)).map(
    async (name): Promise<[TypeName, LoadedType]> => [name, await CHANNEL_TYPES[name]()],
  );
  return new Map(await Promise.all(loaded));
}

/** The settings of one channel of these types as the configuration file writes them. */
export function channelSchemaOf(types: LoadedTypes) {
  const [first, ...others] = [...types.values()].map(({ schema }) => schema);
  if (first === undefined) throw new TypeError('there is no type of channel');
  return z.discriminatedUnion('type', [first, ...others], { error: typeHint });
}

function typeHint({ input }: { readonly input?: unknown }): string {
  const { type: typed = '' } = z.safeParse(z.object({ type: z.string() }), input).data ?? {};
  return `${didYouMean(typed, TYPE_NAMES)}expected a channel with type ${TYPE_NAMES.join(' or ')}`;
}

export async function readersOf({ type }: { readonly type: TypeName }): Promise<Audience> {
  return (await connectors[type]()).audience;
}

/** The warning about a likely mistake in the settings of a channel. */
export async function channelWarning<T extends TypeName>(
  config: ChannelConfig<T>,
): Promise<SettingWarning | undefined> {
  return (await connectors[config.type]()).warning?.(config);
}

/** The address that a channel sends to. */
export async function placeOf<T extends TypeName>(config: ChannelConfig<T>): Promise<URL> {
  return placeIn(await connectors[config.type](), config);
}

function placeIn<T extends TypeName>(type: Connector<ConfigOf[T]>, config: ChannelConfig<T>): URL {
  const place = type.place?.(config) ?? urlIn(config);
  if (place === undefined) throw new TypeError(`a channel of type ${config.type} has no place`);
  return place;
}

function urlIn(config: ChannelConfig): URL | undefined {
  return 'url' in config ? new URL(config.url.reveal()) : undefined;
}

/** Opens a connection to the service of a channel, as an attempt does, but sends nothing. */
export async function visitChannel<T extends TypeName>(
  config: ChannelConfig<T>,
  deps: VisitDeps,
): Promise<Visit> {
  const type: Connector<ConfigOf[T]> = await connectors[config.type]();
  if (type.visit !== undefined) return type.visit(config, deps);
  const { visitHttp } = await import('./visit.ts');
  const { allowInsecure } = config;
  const place = { url: placeIn(type, config), allowInsecure, clientCertificate: certificateIn(config) };
  return visitHttp(place, deps);
}

function certificateIn(config: ChannelConfig): ClientCertificate | undefined {
  return 'clientCertificate' in config ? config.clientCertificate : undefined;
}

/**
 * Makes a channel.
 *
 * @param name its name in the configuration
 */
export async function createChannel<T extends TypeName>(
  name: string,
  config: ChannelConfig<T>,
  deps: ChannelDeps,
): Promise<Channel> {
  return channelOf(await connectors[config.type](), name, config, deps);
}

/** Makes a channel of a loaded type. */
export async function channelOf<T extends TypeName>(
  type: Connector<ConfigOf[T]>,
  name: string,
  config: ChannelConfig<T>,
  deps: ChannelDeps,
): Promise<Channel> {
  const { audience, timeoutMs, mostPerMinute, accepts = passes } = type;
  const home = type.home?.(config);
  const { when } = config;
  const send = await type.connect(config, deps);
  return defined({
    name,
    audience,
    timeoutMs,
    settings: fingerprint(config),
    receiptKey: home && fingerprintOfTexts(home),
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
 * @param timeZone the default time zone
 * @returns nothing for programs, and for chats without quiet hours
 */
export function quietOf(config: ChannelConfig, timeZone = DEFAULT_LOCALE.timeZone): QuietHours | undefined {
  if (!('quiet' in config) || config.quiet === undefined) return undefined;
  return quietHours(config.quiet, config.timeZone ?? timeZone);
}
