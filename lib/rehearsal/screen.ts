import type { AnswerBody } from '../simulator/answers.ts';
import { jsonLine } from '../telemetry/describe.ts';
import type { Log } from '../telemetry/log.ts';
import type { PipelineReaction } from './pipeline.ts';
import type { Received } from './receiver.ts';

/** The answer of DCS to one look. */
export interface Shown {
  readonly task: string;
  readonly status: string;
  readonly figures: AnswerBody;
}

/** A request that arrived, and what was done with it. */
export type Arrived =
  | Extract<Received, { channel: 'slack' }>
  | (Extract<Received, { channel: 'webhook' }> &
      PipelineReaction & {
        /** DCS was asked once more before this was sent. */
        readonly lookedAgain: boolean;
      });

/** Where the rehearsal is shown: as text for people, or as JSON lines for programs. */
export interface Screen {
  readonly log: Log;
  /** A sentence to the reader. */
  say(message: string): void;
  /** @param laterMs how much later than the scene before; nothing where that is not played */
  scene(title: string, laterMs: number | undefined): void;
  /** A look begins. What is logged and received until it is over belongs to it. */
  look(shown: Shown): void;
  received(arrived: Arrived): void;
  lookOver(): void;
  sceneOver(): void;
}

/** @param now the time that the rehearsal plays at. */
export function jsonScreen(write: (line: string) => void, now: () => Date): Screen {
  const put = (kind: string, facts: object) =>
    write(JSON.stringify({ timestamp: now().toISOString(), kind, ...facts }));
  return {
    log: (entry) => write(jsonLine(entry, now())),
    say: (message) => put('rehearsal', { message }),
    scene: (title, laterMs) => put('scene', { title, laterMs }),
    look: (shown) => put('dcs', shown),
    received: (arrived) => put('received', arrived),
    lookOver: () => undefined,
    sceneOver: () => undefined,
  };
}
