import type { Config } from '../config/schema.ts';
import { type RehearsalOptions, rehearse } from './rehearsal.ts';
import { SCENARIOS, type Scenario, WHOLE_STORY } from './scenarios.ts';

type Occasion = Pick<RehearsalOptions, 'write' | 'asJson' | 'isReadAlong' | 'scenario' | 'clock' | 'proxies'>;

const PLAYED =
  'It is played in a simulated DCS API on this machine; requests, signatures, state and messages are real.';

/**
 * A rehearsal that stays on this machine.
 *
 * @param isWanted somebody asked for it; else there is one because there is no configuration
 */
export async function rehearseHere(occasion: Occasion, isWanted: boolean): Promise<void> {
  const reason = isWanted ? 'This is a rehearsal' : 'No watch.yml here, so this is a rehearsal';
  await rehearse({
    ...occasion,
    introduction: [
      `${reason}: ${aboutOf(occasion.scenario)}.`,
      PLAYED,
      'DCS is what the API says, Slack what people read, pipeline what a program does with its webhook.',
    ],
    conclusion: [
      `That was a rehearsal. One situation alone: npm start -- --scenario ${SCENARIO_NAMES.join('|')}`,
      'To watch your own tasks: cp watch.example.yml watch.yml, fill it in, npm start.',
    ],
  });
}

/** A rehearsal that the user's own channels are told. */
export async function rehearseTo(channels: Config['channels'], occasion: Occasion): Promise<void> {
  const names = Object.keys(channels).join(', ');
  await rehearse({
    ...occasion,
    introduction: [
      `This is a rehearsal, told to your own channels (${names}): ${aboutOf(occasion.scenario)}.`,
      PLAYED,
      'Time is real: what takes hours follows at once, and a pipeline that is down for a while is left out.',
    ],
    conclusion: [],
    channels,
  });
}

function aboutOf({ about }: Scenario = WHOLE_STORY): string {
  return about;
}

export const SCENARIO_NAMES: readonly string[] = [...SCENARIOS.keys()];

/** For a list of options: each name with what it shows, a line each. */
export const SCENARIO_LINES: readonly string[] = [...SCENARIOS].map(
  ([name, { about }]) => `${name.padEnd(11)} ${about}`,
);

/** @throws {Error} with a line that names those that there are */
export function scenarioOf(name: string): Scenario {
  const scenario = SCENARIOS.get(name);
  if (scenario !== undefined) return scenario;
  throw new Error(`there is no scenario ${JSON.stringify(name)}, only ${SCENARIO_NAMES.join(', ')}`);
}
