import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { Clock } from '../../base/time/clock.ts';
import { ConfigError } from '../../config/errors.ts';
import type { Config } from '../../config/schema/file.ts';
import type { Setting } from '../../drill/examples/examples.ts';
import { channelNameProblem } from '../../drill/named.ts';
import { typeOf } from '../../drill/types.ts';
import { newStamp } from '../../runtime/tick/targets.ts';

/** @param about what happens to the channels that are named */
export function channelsOption(about: string) {
  return new Option('--channel <name>', `${about}; may be given several times`).argParser(
    (name: string, before: readonly string[] = []) => [...before, name],
  );
}

/** @param about what happens with the type */
export function eventOption(about: string) {
  return new Option('--event <type>', `${about}, such as migration.stalled`).argParser((word: string) => {
    const type = typeOf(word);
    if (typeof type === 'string') return type;
    throw new InvalidArgumentError(type.problem);
  });
}

/** @throws {ConfigError} when a name is no channel's or there is no channel */
export function expectNames(named: readonly string[], { channels }: Config): void {
  const problem = channelNameProblem(named, Object.keys(channels));
  if (problem !== undefined) throw new ConfigError('invalid_config', `command line: ${problem}`);
}

/** Examples happen now, in a project that filters of channels may name. */
export function settingAt(clock: Clock, task: string, isDrill: boolean): Setting {
  return {
    now: new Date(clock.now()),
    stamp: newStamp(isDrill),
    project: 'prod',
    region: 'cn-north-4',
    group: 'orders',
    task,
  };
}
