import * as z from 'zod/mini';
import { renderSlackPreview } from '../channels/slack-preview.ts';
import { jsonLine, type Log, textLine } from '../log.ts';
import type { Received } from './receiver.ts';

/** Where the rehearsal is shown: as text for people, or as JSON lines for programs. */
export interface Screen {
  readonly log: Log;
  /** A sentence to the reader. */
  say(message: string): void;
  /** What happens now in the migration. */
  scene(message: string): void;
  received(received: Received): void;
}

/** What a pipeline reads of an event. Fields that it does not know it ignores. */
const EVENT = z.object({
  id: z.string(),
  type: z.string(),
  sequence: z.string(),
  data: z.object({ to: z.optional(z.object({ phase: z.string() })) }),
});

/** What a pipeline could do in each phase: the reason why there are webhooks. */
const PIPELINE: Readonly<Record<string, string>> = {
  configuring: 'opens a ticket: somebody has to configure this task',
  full: 'notes that copying has begun',
  incremental: 'starts to prepare the cut-over',
  stopping: 'waits',
  stopped: 'points the application at the new instance and cleans up',
  failed: 'rolls back',
};

/** @param now the time that the rehearsal plays at. */
export function createScreen(write: (line: string) => void, asJson: boolean, now: () => Date): Screen {
  return asJson ? jsonScreen(write, now) : textScreen(write, now);
}

function jsonScreen(write: (line: string) => void, now: () => Date): Screen {
  const put = (kind: string, facts: object) =>
    write(JSON.stringify({ timestamp: now().toISOString(), kind, ...facts }));
  return {
    log: (entry) => write(jsonLine(entry, now())),
    say: (message) => put('rehearsal', { message }),
    scene: (message) => put('scene', { message }),
    received: (received) => put('received', received),
  };
}

const INDENT = '         ';

function textScreen(write: (line: string) => void, now: () => Date): Screen {
  const block = (title: string, lines: readonly string[]) => {
    lines.forEach((line, index) => {
      write(`${INDENT}${(index === 0 ? title : '').padEnd(8)} │ ${line}`.trimEnd());
    });
  };
  return {
    log: (entry) => write(textLine(entry, now())),
    say: write,
    scene: (message) => write(`\n──── ${message}`),
    received(received) {
      if (received.channel === 'slack') block('Slack', renderSlackPreview(received.payload));
      else block('webhook', webhookLines(received));
    },
  };
}

function webhookLines(received: Received & { channel: 'webhook' }): string[] {
  const event = EVENT.safeParse(received.event);
  if (!event.success) return ['something that is not an event'];
  const { id, type, sequence, data } = event.data;
  const phase = data.to?.phase ?? '';
  const reaction = received.refused
    ? 'the pipeline is in maintenance and answers 503'
    : `the pipeline ${PIPELINE[phase] ?? 'takes note'}`;
  return [
    `${type}, event ${Number(sequence)} of this task${phase === '' ? '' : `, phase ${phase}`}`,
    `${received.verified ? 'signature verified' : 'SIGNATURE WRONG'}, id ${id}`,
    reaction,
  ];
}
