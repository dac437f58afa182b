import { nearest } from '../../../base/nearest.ts';
import { printable } from '../../../base/text.ts';
import type { Config } from '../../../config/schema/file.ts';
import type { Log, LogEntry } from '../../../telemetry/log.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** The configuration decides which deliveries are listed. */
export const WHY_CONFIG = 'because it decides which deliveries are listed';

export interface Printed {
  readonly problems: readonly string[];
  readonly lines: readonly string[];
  /** A sentence in place of the lines, where there are none; it is no JSON. */
  readonly none: string;
}

export function print(
  { problems, lines, none }: Printed,
  json: boolean,
  { write, complain }: Terminal,
): void {
  for (const problem of problems) complain(problem);
  for (const line of lines) write(line);
  if (lines.length > 0) return;
  if (json) complain(none);
  else write(none);
}

/** How a command logs that has lines of its own on how each delivery ended. */
export interface LogBeside {
  readonly timeZone: string | undefined;
  readonly json: boolean;
  /** Its own lines say which deliveries arrived, as well as which did not. */
  readonly areArrivalsSaid: boolean;
}

/** The log without the entries that the lines of a command repeat; programs, and whoever reads the log alone, get all. */
export function logBeside(terminal: Terminal, { timeZone, json, areArrivalsSaid }: LogBeside): Log {
  const log = terminal.log(timeZone);
  if (json || terminal.isQuiet) return log;
  const isRepeated = (entry: LogEntry) =>
    entry.kind === 'put_back' ||
    entry.kind === 'dead_letter' ||
    (entry.kind === 'delivery' && !entry.isPartial && (areArrivalsSaid || entry.outcome !== 'delivered'));
  return (entry) => {
    if (!isRepeated(entry)) log(entry);
  };
}

/** Nothing is often found because of a typing error. */
export function unknownChannelWords(channel: string | undefined, names: readonly string[]): string {
  if (channel === undefined || names.includes(channel)) return '';
  return `; the configuration has no channel ${printable(channel)}, it has ${names.join(', ')}`;
}

/** A mistyped channel is refused: an empty result would look as if nothing were pending. */
export function isConfigured(
  channel: string | undefined,
  { channels }: Config,
  { complain }: Terminal,
): boolean {
  if (channel === undefined || Object.hasOwn(channels, channel)) return true;
  const names = Object.keys(channels);
  const meant = nearest(channel, names);
  const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`;
  complain(
    `command line: the configuration has no channel ${printable(channel)}${hint}; it has ${names.join(', ')}`,
  );
  return false;
}
