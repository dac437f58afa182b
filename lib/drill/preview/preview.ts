import { defined } from '../../base/defined.ts';
import { isObject } from '../../base/json.ts';
import type { Audience } from '../../channels/channel.ts';
import { layOut, PLAIN, type TextLimits } from '../../channels/chat/layout.ts';
import type { EventType, MigrationEvent } from '../../events/event.ts';
import { EVENT_TYPES } from '../../events/schema/codes.ts';
import type { Message } from '../../messages/message.ts';
import { type Addressee, acceptedOf, reasonNotSent } from '../choice.ts';
import { examplesOf, type Setting } from '../examples/examples.ts';
import { wordOf } from '../types.ts';
import { hideSecrets } from './hide.ts';
import type { Recording } from './recording.ts';

/** The message that one channel would get. */
export interface Preview {
  readonly channel: string;
  readonly type: string;
  readonly audience: Audience;
  /** As people read it; absent for programs. */
  readonly text?: string;
  /** Somebody is called. */
  readonly mentions?: true;
  /** The bodies of its requests, without secrets. */
  readonly bodies: readonly unknown[];
}

/** A channel that would not get it. */
export interface UnreachedChannel {
  readonly channel: string;
  readonly type: string;
  readonly why: string;
}

export interface EventPreview {
  /** Without `dcs.`. */
  readonly event: string;
  readonly told: readonly Preview[];
  readonly notTold: readonly UnreachedChannel[];
}

/** Shows an event to each channel whose filter lets it pass, by the code that sends; nothing leaves this machine. */
export async function previewOf(
  type: EventType,
  addressees: readonly Addressee[],
  setting: Setting,
  recording: Recording,
): Promise<EventPreview> {
  const told: Preview[] = [];
  const notTold: UnreachedChannel[] = [];
  for (const addressee of addressees) {
    const { channel, config } = addressee;
    const [event] = acceptedOf(type, addressee, setting);
    if (event !== undefined) told.push(await previewFor(addressee, event, setting.now, recording));
    else
      notTold.push({
        channel: channel.name,
        type: config.type,
        why: reasonNotSent(addressee, type, setting),
      });
  }
  return { event: wordOf(type), told, notTold };
}

/** A terminal has room for every message. */
const LIMITS: TextLimits = { most: 60_000, measure: (text) => text.length, headline: 1000 };

async function previewFor(
  { channel, config }: Addressee,
  event: MigrationEvent,
  now: Date,
  { take }: Recording,
): Promise<Preview> {
  await channel.send({ events: [event], now });
  const { message, bodies } = take();
  return defined<Preview>({
    channel: channel.name,
    type: config.type,
    audience: channel.audience,
    text: channel.audience === 'people' ? textOf(message, bodies) : undefined,
    // The message says when somebody is to be mentioned, the channel whom.
    mentions: message?.mentions === true && 'mention' in config && config.mention ? true : undefined,
    bodies: bodies.map((body) => hideSecrets(body, config)),
  });
}

/** A bot's message that shows where a task stands is all that it says of some events. */
function textOf(message: Message | undefined, bodies: readonly unknown[]): string | undefined {
  if (message !== undefined) return layOut(message, PLAIN, LIMITS);
  const last = bodies.at(-1);
  return isObject(last) && typeof last['text'] === 'string' ? last['text'] : undefined;
}

/** Which examples of a type get to a channel: `all`, none, or those of some severities. */
export type Reach = 'all' | 'none' | readonly string[];

/** One type of event, and how far it gets to each channel. */
export interface ReachRow {
  /** Without `dcs.`. */
  readonly event: string;
  readonly type: EventType;
  readonly reach: readonly Reach[];
}

/** A row for each type of event, with a cell for each channel. */
export function reachTable(addressees: readonly Addressee[], setting: Setting): ReachRow[] {
  return EVENT_TYPES.map((type) => ({
    event: wordOf(type),
    type,
    reach: addressees.map((addressee) => reachOf(type, addressee, setting)),
  }));
}

function reachOf(type: EventType, addressee: Addressee, setting: Setting): Reach {
  const all = examplesOf(type, addressee.config.when, setting);
  const accepted = acceptedOf(type, addressee, setting);
  if (accepted.length === 0) return 'none';
  if (accepted.length === all.length) return 'all';
  return [...new Set(accepted.map(({ severity }) => severity))];
}
