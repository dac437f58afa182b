import { printable } from '../../../base/text.ts';
import type { Mute } from '../../../records/record.ts';
import type { Status } from '../../../status/status.ts';
import { tableLines } from '../../terminal/table.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import type { Times } from '../../terminal/times.ts';

/** The meaning of a mute for the channels of the configuration. */
export interface MuteReport {
  readonly mute: Mute;
  /** Names of the chats that get a message afterwards. */
  readonly held: readonly string[];
  /** Names of the programs, which get events at once. */
  readonly programs: readonly string[];
}

export function reportOf(mute: Mute, { channels }: Status): MuteReport {
  const namesOf = (audience: 'people' | 'programs') =>
    channels.filter((channel) => channel.audience === audience).map(({ name }) => name);
  const held = mute.scope === 'channel' ? [mute.target] : namesOf('people');
  return { mute, held, programs: namesOf('programs') };
}

export function reportLines({ mute, held, programs }: MuteReport, times: Times, self: string): string[] {
  const { scope, target } = mute;
  const chats =
    held.length === 0
      ? 'No chat is configured, so nothing is held.'
      : `Held for ${held.join(', ')}: sent afterwards, in one message.`;
  const others = programs.length === 0 ? '' : `: ${programs.join(', ')}`;
  return [
    `Muted ${mutedWords(mute, times)}.`,
    chats,
    `Programs are never muted${others}.`,
    `It holds from the next tick on, and ends by itself. To end it now: ${self} unmute --${scope} ${argument(target)}`,
  ];
}

export function reportJson({ mute, held, programs }: MuteReport): string {
  return JSON.stringify({ ...mute, held, programs });
}

export function listLines(mutes: readonly Mute[], times: Times, terminal: Terminal): string[] {
  const rows = mutes.map((mute) => [
    `${mute.scope} ${printable(mute.name)}`,
    times(mute.from),
    times(mute.until),
    printable(mute.why),
  ]);
  return tableLines(
    { headings: ['MUTED', 'FROM', 'UNTIL', 'WHY'], rows, flexible: ['MUTED', 'WHY'] },
    terminal,
  );
}

/** `until 2026-01-05 10:10:00 UTC+8: channel ops (maintenance)` */
export function mutedWords(mute: Mute, times: Times): string {
  return `until ${times(mute.until)}: ${subjectWords(mute)} (${printable(mute.why)})`;
}

/** `task orders cache (8aa6999e7d10a4c2017d5b9e0f3377c5)` */
export function subjectWords({ scope, target, name }: Mute): string {
  const id = name === target ? '' : ` (${printable(target)})`;
  return `${scope} ${printable(name)}${id}`;
}

/** As a shell takes it for one word. */
function argument(text: string): string {
  return /^[\w.:@-]+$/.test(text) ? text : `'${printable(text).replaceAll("'", "'\\''")}'`;
}
