import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { didYouMean } from '../../base/nearest.ts';
import { SCENARIOS, type Scenario } from '../../rehearsal/scenarios.ts';
import { SCENARIO_LINES } from '../../rehearsal/start.ts';

/** The scenario of a rehearsal, and its channels. */
export interface RehearsalOptions {
  readonly config?: string | undefined;
  readonly json: boolean;
  readonly scenario?: Scenario | undefined;
  /** Channels that are named, besides the chats. */
  readonly channel: readonly string[];
}

export function scenarioOption() {
  const lines = SCENARIO_LINES.map((line) => `\n ${line}`);
  return new Option('--scenario <name>', `rehearse one situation alone:${lines.join('')}`).argParser(
    (name: string) => {
      const scenario = SCENARIOS.get(name);
      if (scenario !== undefined) return scenario;
      const names = [...SCENARIOS.keys()];
      throw new InvalidArgumentError(
        `there is no scenario ${JSON.stringify(name)}; ${didYouMean(name, names)}choose one of ${names.join(', ')}`,
      );
    },
  );
}

export function channelOption() {
  return new Option(
    '--channel <name>',
    'send the rehearsal to this channel as well, whatever its type; may be given several times',
  ).argParser((name: string, before: readonly string[] = []) => [...before, name]);
}
