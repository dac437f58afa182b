import type { MigrationEvent } from '../events/event.ts';
import { composeDigest } from './digest/digest.ts';
import { composeWithLead, leadOf } from './lead.ts';
import { composeLook, isSameLook } from './look.ts';
import type { Composition, Events, Message } from './message.ts';
import { translate } from './translate.ts';

/**
 * Events of one look at one task are one message about it; any others that are sent together are a digest, or the whole
 * message about the one that matters with the others below it. An event that was held and is over is sent in a digest
 * alone: only that has what is past.
 */
export function compose([first, ...others]: Events, composition: Composition): Message {
  const { merged, held = false, over = [] } = composition;
  const isOver = held && over.includes(first.id);
  const isOneLook = merged === undefined && !isOver && others.every((other) => isSameLook(first, other));
  const inLanguage = (event: MigrationEvent) => translate(event, composition.language);
  const events: Events = [inLanguage(first), ...others.map(inLanguage)];
  if (isOneLook) return composeLook(events, composition);
  const lead = leadOf(events, composition);
  return lead === undefined ? composeDigest(events, composition) : composeWithLead(lead, events, composition);
}
