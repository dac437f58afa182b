import * as z from 'zod/mini';
import { fingerprint } from '../base/fingerprint.ts';
import { nearest } from '../base/nearest.ts';
import type { Channel } from './channel.ts';
import type { ChannelDeps, PluggedChannel } from './channel-type.ts';
import { slack } from './slack/slack.ts';
import { webhook } from './webhook/webhook.ts';

/** Every type of channel there is. A new one needs its line here and nothing else outside its files. */
export const CHANNEL_TYPES = { slack, webhook } as const;

type Types = typeof CHANNEL_TYPES;
type ChannelType = keyof Types;
type ConfigOf = { [T in ChannelType]: z.output<Types[T]['schema']> };

/** The settings of one channel as they are after parsing; `type` tells which. */
export type ChannelConfig<T extends ChannelType = ChannelType> = { [K in T]: { type: K } & ConfigOf[K] }[T];

const makers: {
  [T in ChannelType]: { create(name: string, config: ConfigOf[T], deps: ChannelDeps): PluggedChannel };
} = CHANNEL_TYPES;

/** The settings of one channel as the configuration file writes them. */
export const channelSchema = z.discriminatedUnion(
  'type',
  nonEmpty(Object.values(CHANNEL_TYPES).map(({ schema }) => schema)),
  { error: typeHint },
);

function typeHint({ input }: { readonly input?: unknown }): string {
  const types = Object.keys(CHANNEL_TYPES);
  const typed = z.safeParse(z.object({ type: z.string() }), input).data?.type;
  const meant = typed === undefined ? undefined : nearest(typed, types);
  return `${meant === undefined ? '' : `did you mean ${meant}? `}expected a channel with type ${types.join(' or ')}`;
}

function nonEmpty<T>([first, ...others]: readonly T[]): [T, ...T[]] {
  if (first === undefined) throw new TypeError('there is no type of channel');
  return [first, ...others];
}

/** Whether people or programs read a channel. */
export function kindOf({ type }: Pick<ChannelConfig, 'type'>): Channel['kind'] {
  return CHANNEL_TYPES[type].kind;
}

/**
 * Makes a channel.
 *
 * @param name its name in the configuration
 */
export function createChannel<T extends ChannelType>(
  name: string,
  config: ChannelConfig<T>,
  deps: ChannelDeps,
): Channel {
  const { type, url } = config;
  const made = makers[type].create(name, config, deps);
  return {
    ...made,
    kind: kindOf(config),
    settings: fingerprint(config),
    destination: fingerprint({ type, url }),
  };
}
