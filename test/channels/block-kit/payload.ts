import type { SlackMessage } from '../../../lib/channels/block-kit/blocks.ts';
import { render, roomFor } from '../../../lib/channels/block-kit/render.ts';
import type { Merged } from '../../../lib/events/merged.ts';
import { en } from '../../../lib/language/en.ts';
import { composeDigest } from '../../../lib/messages/digest/digest.ts';
import { composeLook } from '../../../lib/messages/look.ts';
import type { Composition, Events, Message } from '../../../lib/messages/message.ts';
import { NOW } from '../support.ts';

interface Circumstances {
  readonly now?: Date;
  readonly lateMs?: number;
  readonly merged?: Merged;
  readonly reminder?: boolean;
}

/** The Slack message about the events of one look. */
export function lookPayload(events: Events, given: Circumstances, mention?: string): SlackMessage {
  return payload(composeLook, events, given, mention);
}

/** The Slack message that is a digest of events. */
export function digestPayload(events: Events, given: Circumstances, mention?: string): SlackMessage {
  return payload(composeDigest, events, given, mention);
}

function payload(
  compose: (events: Events, composition: Composition) => Message,
  events: Events,
  given: Circumstances,
  mention: string | undefined,
): SlackMessage {
  const room = roomFor(mention);
  const isCalledFor = () => mention !== undefined;
  return render(compose(events, { now: NOW, ...given, language: en, room, isCalledFor }), mention);
}
