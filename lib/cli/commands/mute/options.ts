import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { millisecondsIn, spanText } from '../../../base/time/span.ts';
import { LONGEST_WHY, MUTE_MS } from '../../../records/mutes.ts';
import type { MuteScope } from '../../../records/record.ts';
import type { StateOptions } from '../../options/options.ts';

export const SCOPES: readonly MuteScope[] = ['task', 'group', 'project', 'channel'];

/** The options of which one says what is meant. */
export interface ScopeOptions extends StateOptions {
  readonly task?: string | undefined;
  readonly group?: string | undefined;
  readonly project?: string | undefined;
  readonly channel?: string | undefined;
}

export const scopeOptions = {
  task: () => new Option('--task <id>', 'a task, by its id or its name'),
  group: () => new Option('--group <name>', 'a group, and all its tasks'),
  project: () => new Option('--project <name>', 'a project by its name or its id, and all its tasks'),
  channel: () => new Option('--channel <name>', 'everything for one chat'),
};

/** A subject as it was typed. */
export interface TypedSubject {
  readonly scope: MuteScope;
  readonly wanted: string;
}

export function typedSubjects(options: ScopeOptions): TypedSubject[] {
  return SCOPES.flatMap((scope) => {
    const wanted = options[scope];
    return wanted === undefined ? [] : [{ scope, wanted }];
  });
}

export const ONE_SCOPE = 'exactly one of --task, --group, --project and --channel';

export function spanOption() {
  const { shortest, longest } = MUTE_MS;
  const bounds = `from ${spanText(shortest)} to ${spanText(longest)}`;
  return new Option('--for <span>', `how long, ${bounds}: 30m, 2h, 3d`).argParser((text: string) => {
    const ms = millisecondsIn(text);
    if (ms !== undefined && ms >= shortest && ms <= longest) return ms;
    throw new InvalidArgumentError(
      `--for expects a span ${bounds}, such as 2h, found ${JSON.stringify(text)}`,
    );
  });
}

export function whyOption() {
  return new Option('--why <text>', 'the reason, which status and mute show').argParser((text: string) => {
    const why = text.trim();
    if (why !== '' && [...why].length <= LONGEST_WHY) return why;
    throw new InvalidArgumentError(`--why expects a reason of 1 to ${LONGEST_WHY} characters`);
  });
}
