import { findSubject } from '../../../mutes/subject.ts';
import { mute, mutesHolding } from '../../../mutes/write.ts';
import { readStatus } from '../../../status/read.ts';
import { type Cli, EXIT, type ExitCode } from '../../command.ts';
import { configOption, jsonOption, quietOption, stateOption } from '../../options/options.ts';
import { readState, type StateReading } from '../../state/read-state.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import {
  ONE_SCOPE,
  type ScopeOptions,
  scopeOptions,
  spanOption,
  type TypedSubject,
  typedSubjects,
  whyOption,
} from './options.ts';
import { listLines, reportJson, reportLines, reportOf } from './output.ts';

const RULES = `
Afterwards each chat gets one message, the most severe events first; what is no
longer current by then is listed as such. Programs are never muted. A mute is
kept in the state, so it holds for the function, too. It ends by itself, or with
unmute. A second one for the same subject replaces the first.

Without options it lists what is muted now.`;

export function command({ terminal, command, ends }: Cli) {
  return command('mute', 'hold messages to chats for a while: about a task, a group, a project, or all', [
    ['mute --channel ops --for 2h --why "maintenance"', 'nothing for this chat in the next two hours'],
    ['mute --task "orders cache" --for 30m --why "known"', 'nothing about one task'],
    ['mute', 'what is muted now, until when, and why'],
  ])
    .addOption(scopeOptions.task())
    .addOption(scopeOptions.group())
    .addOption(scopeOptions.project())
    .addOption(scopeOptions.channel())
    .addOption(spanOption())
    .addOption(whyOption())
    .addOption(configOption())
    .addOption(stateOption())
    .addOption(jsonOption('one JSON document'))
    .addOption(quietOption())
    .addHelpText('after', RULES)
    .action((options) => ends(run(options, terminal)));
}

interface MuteOptions extends ScopeOptions {
  /** Milliseconds. */
  readonly for?: number | undefined;
  readonly why?: string | undefined;
}

/** A mute as it was typed. */
interface Typed extends TypedSubject {
  readonly forMs: number;
  readonly why: string;
}

async function run(options: MuteOptions, terminal: Terminal): Promise<ExitCode> {
  const subjects = typedSubjects(options);
  const [subject] = subjects;
  const { for: forMs, why } = options;
  const isEmpty = subject === undefined && forMs === undefined && why === undefined;
  if (isEmpty) return readState(options, terminal, (reading) => list(reading, options, terminal));
  if (subject === undefined || subjects.length > 1) return misused(`mute needs ${ONE_SCOPE}`, terminal);
  if (forMs === undefined) return misused('mute needs --for: how long, such as 2h', terminal);
  if (why === undefined) return misused('mute needs --why: the reason, which status and mute show', terminal);
  const typed = { ...subject, forMs, why };
  return readState(options, terminal, (reading) => muteTyped(typed, reading, options, terminal));
}

function misused(problem: string, { complain }: Terminal): ExitCode {
  complain(`command line: ${problem}; mute --help shows the options`);
  return EXIT.misused;
}

async function muteTyped(
  { scope, wanted, forMs, why }: Typed,
  { store, source, times }: StateReading,
  { json }: MuteOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { write, complain, self } = terminal;
  const status = await readStatus(source);
  const found = findSubject(scope, wanted, status);
  if (found.kind === 'refused') {
    complain(`command line: ${found.problem}`);
    return EXIT.misused;
  }
  const added = await mute(store, { subject: found.subject, forMs, why }, source.now);
  const report = reportOf(added, status);
  if (json) write(reportJson(report));
  else for (const line of reportLines(report, times, self)) write(line);
  return EXIT.done;
}

async function list(
  { store, source, times }: StateReading,
  { json }: MuteOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { write } = terminal;
  const mutes = await mutesHolding(store, source.now);
  if (json) write(JSON.stringify(mutes));
  else if (mutes.length === 0) write('Nothing is muted.');
  else for (const line of listLines(mutes, times, terminal)) write(line);
  return EXIT.done;
}
