import type { MigrationEvent } from '../../events/event.ts';
import type { Message } from '../../messages/message.ts';
import { headlineWithin, layOut, PLAIN, type TextLimits } from '../chat/layout.ts';
import { bytesOf } from '../chat/measure.ts';
import { wordOfType } from '../filter.ts';

/** SMN takes 256 KB, but the chats and mailboxes behind it do not. Bytes. */
export const LIMITS: TextLimits = { most: 12_000, measure: bytesOf, headline: 500 };
/** "At most 512 bytes"; only e-mail shows it. */
const MOST_SUBJECT_BYTES = 512;
/** A message that was not pushed by then is dropped; the default is an hour. Seconds. */
const TIME_TO_LIVE = '86400';

interface Attribute {
  readonly name: 'severity' | 'event' | 'phase';
  readonly type: 'STRING';
  readonly value: string;
}

/** The body of one request ("Publishing a message"). */
export interface SmnMessage {
  readonly subject: string;
  readonly message: string;
  readonly time_to_live: string;
  /** For the filters of subscriptions. */
  readonly message_attributes?: readonly Attribute[];
}

export function renderMessage(message: Message, events: readonly MigrationEvent[]): SmnMessage {
  return {
    subject: headlineWithin(message, MOST_SUBJECT_BYTES, bytesOf),
    message: layOut(message, PLAIN, LIMITS),
    time_to_live: TIME_TO_LIVE,
    message_attributes: attributesOf(message, events),
  };
}

/** As little as can be refused: plain words for a subject, no link, no attribute. */
export function simplify(_payload: SmnMessage, message: Message): SmnMessage {
  return {
    subject: 'DCS migration',
    message: layOut(message, { ...PLAIN, link: () => '' }, LIMITS),
    time_to_live: TIME_TO_LIVE,
  };
}

/** Only a value that all events share is an attribute; the type of several is `digest`. */
function attributesOf({ severity }: Message, events: readonly MigrationEvent[]): Attribute[] {
  const types = new Set(events.map(({ type }) => wordOfType(type)));
  const phases = new Set(events.map(({ data: { to } }) => to?.phase));
  const [type = ''] = types;
  const [phase] = phases;
  return [
    attribute('severity', severity),
    attribute('event', types.size === 1 ? type : 'digest'),
    ...(phase === undefined || phases.size > 1 ? [] : [attribute('phase', phase)]),
  ];
}

/** Values are letters, digits and `_`, at most 32. */
function attribute(name: Attribute['name'], value: string): Attribute {
  return { name, type: 'STRING', value: value.replace(/\W/g, '_').slice(0, 32) };
}
