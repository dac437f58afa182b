import { findSubject } from '../../mutes/subject.ts';
import { mutesHolding, unmute } from '../../mutes/write.ts';
import { isSameTarget } from '../../records/mutes.ts';
import type { Mute } from '../../records/record.ts';
import { readStatus } from '../../status/read.ts';
import type { StatusSource } from '../../status/source.ts';
import type { Store } from '../../store/store.ts';
import { type Cli, EXIT, type ExitCode } from '../command.ts';
import { configOption, jsonOption, quietOption, stateOption } from '../options/options.ts';
import { readState } from '../state/read-state.ts';
import type { Terminal } from '../terminal/terminal.ts';
import {
  ONE_SCOPE,
  type ScopeOptions,
  scopeOptions,
  type TypedSubject,
  typedSubjects,
} from './mute/options.ts';
import { subjectWords } from './mute/output.ts';

export function command({ terminal, command, ends }: Cli) {
  return command('unmute', 'end a mute now; the next tick sends what it held', [
    ['unmute --channel ops', 'end the mute of a chat'],
    ['unmute --all', 'end every mute'],
  ])
    .addOption(scopeOptions.task())
    .addOption(scopeOptions.group())
    .addOption(scopeOptions.project())
    .addOption(scopeOptions.channel())
    .option('--all', 'every mute', false)
    .addOption(configOption())
    .addOption(stateOption())
    .addOption(jsonOption('one JSON document: the mutes that ended'))
    .addOption(quietOption())
    .action((options) => ends(run(options, terminal)));
}

interface UnmuteOptions extends ScopeOptions {
  readonly all: boolean;
}

async function run(options: UnmuteOptions, terminal: Terminal): Promise<ExitCode> {
  const { complain } = terminal;
  const subjects = typedSubjects(options);
  if (subjects.length + (options.all ? 1 : 0) !== 1) {
    complain(`command line: unmute needs ${ONE_SCOPE}, or --all; unmute --help shows the options`);
    return EXIT.misused;
  }
  return readState(options, terminal, async ({ store, source }) => {
    const [subject] = subjects;
    const meant = subject === undefined ? everyMute : await meantBy(subject, store, source);
    if ('problem' in meant) {
      complain(`command line: ${meant.problem}`);
      return EXIT.misused;
    }
    report(await unmute(store, meant.isMeant, source.now), options, terminal);
    return EXIT.done;
  });
}

interface Meant {
  isMeant(mute: Mute): boolean;
}

const everyMute: Meant = { isMeant: () => true };

/** A mute may be older than the configuration: its name goes before what is configured now. */
async function meantBy(
  { scope, wanted }: TypedSubject,
  store: Store,
  source: StatusSource,
): Promise<Meant | { readonly problem: string }> {
  const isNamed = (one: Mute) =>
    one.scope === scope && (one.name === wanted || isSameTarget(one, { scope, target: wanted }));
  if ((await mutesHolding(store, source.now)).some(isNamed)) return { isMeant: isNamed };
  const found = findSubject(scope, wanted, await readStatus(source));
  if (found.kind === 'refused') return { problem: found.problem };
  return { isMeant: (one) => isSameTarget(one, found.subject) };
}

function report(ended: readonly Mute[], { json, all }: UnmuteOptions, { write }: Terminal): void {
  for (const line of json ? [JSON.stringify(ended)] : linesAbout(ended, all)) write(line);
}

function linesAbout(ended: readonly Mute[], isAboutAll: boolean): string[] {
  if (ended.length === 0) return [isAboutAll ? 'Nothing was muted.' : 'Nothing of it was muted.'];
  const lines = ended.map((one) => `No longer muted: ${subjectWords(one)}.`);
  return [...lines, 'What was held is told by the next tick.'];
}
