import type { EventFacts } from '../events/event.ts';

/** A time in which people get no message about something. Milliseconds since the epoch. */
export interface MutedTime {
  readonly from: number;
  /** The first moment after it. */
  readonly until: number;
}

/** The part of an event that says what it is about. */
export interface MutableEvent {
  readonly drill?: true;
  readonly data: EventFacts;
}

/** The mutes of one chat, as a run knows them. */
export interface Mutes {
  /** Times in which the chat gets no message about an event, in any order; they may be over. */
  about(event: MutableEvent): readonly MutedTime[];
}
