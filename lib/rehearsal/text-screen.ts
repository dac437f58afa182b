import { columnsOf, NO_BREAK, wrapped } from '../base/columns.ts';
import { count } from '../base/text.ts';
import { renderSlackPreview } from '../channels/block-kit/preview.ts';
import { en } from '../language/en.ts';
import { describe } from '../telemetry/describe.ts';
import type { LogEntry } from '../telemetry/log.ts';
import type { Arrived, Screen, Shown } from './screen.ts';

/** The events of one look, in the order in which they are shown. */
interface Seen {
  readonly dcs: string;
  readonly slack: (readonly string[])[];
  readonly pipeline: (readonly string[])[];
  readonly watcher: string[];
}

/**
 * For people: what DCS says, what Slack shows, what a pipeline does. Looks that change nothing are counted.
 *
 * @param showsAll messages are shown nowhere else, so all of the log is shown
 * @param columns of the terminal
 */
export function textScreen(write: (line: string) => void, showsAll: boolean, columns: number): Screen {
  let seen: Seen | undefined;
  let quiet: string[] = [];
  let isPlaying = false;

  const width = Math.max(columns, LEAST_COLUMNS);
  const block = (title: string, lines: readonly string[]) => {
    const most = width - MARGIN;
    const fitting = lines.flatMap((line) => wrapped(withWholeParts(line, most), most, '  '));
    fitting.forEach((line, index) => {
      write(`  ${(index === 0 ? title : '').padEnd(8)} │ ${line}`.trimEnd());
    });
  };
  const flush = () => {
    if (quiet.length === 0) return;
    block('DCS', [...new Set(quiet)]);
    block('watcher', [`${count(quiet.length, 'look')}: nothing new to tell`]);
    quiet = [];
  };

  return {
    log(entry) {
      if (isWorthShowing(entry, showsAll)) seen?.watcher.push(logWords(entry));
    },
    say(message) {
      if (isPlaying) write('');
      for (const line of wrapped(message, width)) write(line);
      isPlaying = false;
    },
    scene(title, laterMs = 0) {
      isPlaying = true;
      const later = laterMs > 0 ? `${en.figures.duration(laterMs)} later · ` : '';
      write('');
      for (const line of wrapped(`──── ${later}${title}`, width, '     ')) write(line);
    },
    look(shown) {
      seen = { dcs: answerWords(shown), slack: [], pipeline: [], watcher: [] };
    },
    received(arrived) {
      if (arrived.channel === 'slack') seen?.slack.push(renderSlackPreview(arrived.payload));
      else seen?.pipeline.push(webhookLines(arrived));
    },
    lookOver() {
      if (seen === undefined) return;
      const { dcs, slack, pipeline, watcher } = seen;
      seen = undefined;
      if (slack.length + pipeline.length + watcher.length === 0) {
        quiet.push(dcs);
        return;
      }
      flush();
      block('DCS', [dcs]);
      for (const lines of slack) block('Slack', lines);
      for (const lines of pipeline) block('pipeline', lines);
      block('watcher', watcher);
    },
    sceneOver: flush,
  };
}

/** A narrower terminal breaks the lines itself. Columns. */
const LEAST_COLUMNS = 40;

/** Columns in front of the text of a block. */
const MARGIN = 13;

/** Parts between dots are not broken where they fit on a line of their own. */
function withWholeParts(line: string, columns: number): string {
  const parts = line.split(' · ');
  const isShort = (part: string) => columnsOf(part) < columns - 4;
  return parts.map((part) => (isShort(part) ? part.replaceAll(' ', NO_BREAK) : part)).join(' · ');
}

/** Lines that repeat a block in other words are left out; problems never are. */
function isWorthShowing(entry: LogEntry, showsAll: boolean): boolean {
  if (entry.kind === 'tick') return false;
  return showsAll || (entry.kind !== 'event' && describe(entry).level !== 'info');
}

function logWords(entry: LogEntry): string {
  const { level, message } = describe(entry);
  return entry.kind === 'event' || level === 'info' ? message : `! ${message}`;
}

/** The figures that a reader needs to follow. */
const FIGURES = ['full_migration_progress', 'offset', 'source_dbsize', 'target_dbsize'] as const;

/** `orders-cache: status INCRMIGEATING, offset 0, source_dbsize 1204118, target_dbsize 1204087` */
function answerWords({ task, status, figures }: Shown): string {
  const shown = FIGURES.filter((name) => name in figures).map((name) => `${name}${NO_BREAK}${figures[name]}`);
  return `${task}: ${[`status${NO_BREAK}${status}`, ...shown].join(', ')}`;
}

function webhookLines({
  headline,
  verified,
  lookedAgain,
  isRepeat,
  reaction,
}: Extract<Arrived, { channel: 'webhook' }>): string[] {
  return [
    headline,
    verified ? 'signature verified' : 'SIGNATURE WRONG',
    ...(lookedAgain ? ['checked again just before sending: still true'] : []),
    ...(isRepeat ? ['the same event with the same id as before: nothing is lost or done twice'] : []),
    `it ${reaction}`,
  ];
}
