import type { EventFacts } from '../events/event.ts';

/** A time in which people get no message about a subject. Milliseconds since the epoch. */
export interface MutedTime {
  readonly from: number;
  /** The first moment after it. */
  readonly until: number;
}

/** The part of an event that identifies its subject. */
export interface MutableEvent {
  readonly drill?: true;
  readonly data: EventFacts;
}

/** The mutes of one chat in one run. */
export interface Mutes {
  /** Times in which the chat gets no message about an event, in any order, ended ones included. */
  about(event: MutableEvent): readonly MutedTime[];
}
