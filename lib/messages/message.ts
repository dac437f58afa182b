import type { MigrationEvent } from '../events/event.ts';
import type { Merged } from '../events/merged.ts';
import type { Severity } from '../events/phase.ts';
import type { Language } from '../language/language.ts';
import type { Colour } from './severity.ts';

/**
 * A label, which is ours, and a value, which is data and of any length; with the moment in it that people plan by (ISO
 * 8601, UTC), if there is one.
 */
export type Fact = readonly [label: string, value: string, at?: string];

/** When it happened, for chats that can show a moment in the zone of each reader. */
export interface Moment {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The words before such a moment. */
  readonly readersTime: string;
}

/** A sentence with the name of its subject apart: a channel with little room cuts the name, never what happened. */
export interface Title {
  /** Symbols and marks before the sentence, with the blank that follows them: `✅ DONE · `. */
  readonly mark: string;
  readonly name?: string;
  /** Stands between the name and the text. */
  readonly colon: string;
  readonly text: string;
}

/** A link with a label that is ours. The address comes from an event: each chat checks it before it becomes a link. */
export interface Link {
  readonly label: string;
  readonly url: string;
}

/** Lines are well-formed and short; a heading is one, too. */
export interface Section {
  readonly heading?: string;
  readonly lines: readonly string[];
  /** The address at which the advice in it is written. */
  readonly source?: Link;
}

/** The lines of a digest. */
export interface List {
  readonly lines: readonly string[];
  /** The number of events of each kind: `full 23, progress 2`. */
  readonly counts: string;
}

/** Everything that people read about one or several events: plain text without markup, and without a vendor's limits. */
export interface Message {
  readonly severity: Severity;
  readonly colour: Colour;
  readonly title: Title;
  /** Somebody is to be called; the settings of the channel say who. */
  readonly mentions: boolean;
  readonly facts: readonly Fact[];
  readonly sections: readonly Section[];
  readonly list?: List;
  readonly footer: readonly string[];
  readonly moment?: Moment;
  /** Where the subject is shown. */
  readonly console?: Link;
}

/** The size of one message of a channel, in the channel's own measure. */
export interface Room {
  /** The size of the largest message. */
  readonly most: number;
  /** The size of a text in a message, escapes included; lines are joined by line breaks. */
  measure(text: string): number;
  /** The size of everything but the lines of the list. */
  frame(message: Message): number;
  /** The length of a text in the form in which readers' limits of one line are counted: with its escapes. */
  lengthOf(text: string): number;
}

/** At least one event. */
export type Events = readonly [MigrationEvent, ...MigrationEvent[]];

/** Everything besides its events that a message depends on. */
export interface Composition {
  readonly language: Language;
  readonly room: Room;
  readonly now: Date;
  /** The delay of the message after its event (milliseconds), when late enough to say so. */
  readonly lateMs?: number;
  /** Earlier events that the message contains as a sum. */
  readonly merged?: Merged;
  /** All events were announced before, and still wait for somebody. */
  readonly reminder?: boolean;
  /** Quiet hours or a mute held some of it: what was taken back meanwhile is no news. */
  readonly held?: boolean;
  /** A mute held some of it. */
  readonly muted?: boolean;
  /** Ids of the events that quiet hours let pass: they are why the message is sent. */
  readonly excepted?: readonly string[];
  /** Ids of events that are over by now, although no event says so. */
  readonly over?: readonly string[];
  /** Whether somebody is to be called for these events; absent: nobody is. */
  isCalledFor?(events: readonly MigrationEvent[]): boolean;
}
