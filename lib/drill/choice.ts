import type { Channel } from '../channels/channel.ts';
import type { ChannelConfig } from '../channels/index.ts';
import type { EventType, MigrationEvent } from '../events/event.ts';
import { EVENT_TYPES } from '../events/schema/codes.ts';
import { examplesOf, type Setting } from './examples/examples.ts';
import { GENTLEST_FIRST, isHarmless, USUAL, wordOf } from './types.ts';

/** A channel, and its settings. */
export interface Addressee {
  readonly channel: Channel;
  readonly config: ChannelConfig;
}

/** The choice as typed. */
export interface Order {
  /** A channel is named: it is meant, whatever it is. */
  readonly isNamed: boolean;
  /** Absent: any type will do. */
  readonly type: EventType | undefined;
}

/** The event that a channel gets, or why it gets none. */
export type Choice = { readonly event: MigrationEvent } | { readonly why: string };

/**
 * Chooses the event of a drill. People may get any; a program acts on events, so that one that nobody named gets only what
 * is harmless.
 */
export function choiceFor(addressee: Addressee, { isNamed, type }: Order, setting: Setting): Choice {
  const mayAct = addressee.channel.audience === 'programs' && !isNamed;
  if (mayAct && type !== undefined && !isHarmless(type))
    return { why: `programs may act on ${wordOf(type)}; ${nameIt(addressee)}` };
  const wanted = type === undefined ? (mayAct ? [USUAL] : GENTLEST_FIRST) : [type];
  for (const one of wanted) {
    const event = acceptedOf(one, addressee, setting).find(({ severity }) => !mayAct || severity === 'info');
    if (event !== undefined) return { event };
  }
  return { why: reasonNotSent(addressee, type ?? USUAL, setting) + (mayAct ? `; ${nameIt(addressee)}` : '') };
}

/** Examples of a type that pass the filter of a channel. */
export function acceptedOf(
  type: EventType,
  { channel, config }: Addressee,
  setting: Setting,
): MigrationEvent[] {
  return examplesOf(type, config.when, setting).filter((event) => channel.accepts(event));
}

function nameIt({ channel }: Addressee): string {
  return `name it with --channel ${channel.name}`;
}

/** As many types as a line names. */
const MOST_NAMED = 3;

/** Why a channel does not get a type of event, and what it gets. */
export function reasonNotSent(addressee: Addressee, type: EventType, setting: Setting): string {
  const gets = EVENT_TYPES.filter((one) => acceptedOf(one, addressee, setting).length > 0).map(wordOf);
  const more = gets.length > MOST_NAMED ? ' …' : '';
  const instead =
    gets.length === 0 ? 'it gets nothing' : `it gets ${gets.slice(0, MOST_NAMED).join(', ')}${more}`;
  return `its filter keeps ${wordOf(type)} away; ${instead}`;
}
