import type { MigrationEvent } from '../events/event.ts';

/** A time in which people are not told of something. Milliseconds since the epoch. */
export interface MutedTime {
  readonly from: number;
  /** The first moment after it. */
  readonly until: number;
}

/** The mutes of one chat, as a run knows them. */
export interface Mutes {
  /** Times in which the chat is not told of an event, in any order; they may be over. */
  about(event: MigrationEvent): readonly MutedTime[];
}
