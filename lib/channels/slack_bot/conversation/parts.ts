import type { Language } from '../../../language/language.ts';
import type { Outgoing } from '../../channel.ts';
import type { Recorder } from '../../channel-type.ts';
import type { Call } from '../api.ts';
import type { BotConfig } from '../settings.ts';
import type { Memory } from './display.ts';
import type { Editor } from './edit.ts';
import type { Poster } from './post.ts';

/** Everything that the messages of one bot need. */
export interface BotParts {
  readonly config: BotConfig;
  readonly call: Call;
  readonly language: Language;
  readonly memory: Memory;
  readonly editor: Editor;
  readonly recorder: Recorder | undefined;
}

/** One attempt to send, and what it has done so far. */
export interface Attempt {
  readonly outgoing: Outgoing;
  readonly poster: Poster;
}
