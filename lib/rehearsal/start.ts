import type { Audience } from './audience.ts';
import { type RehearsalStart, rehearse } from './rehearsal.ts';
import { SCENARIOS, type Scenario, WHOLE_STORY } from './scenarios.ts';

const PLAYED = 'The DCS API is simulated on this machine. Requests, signatures, state and messages are real.';

interface Caller {
  /** Somebody asked for a rehearsal; else there is one because there is no configuration. */
  readonly isWanted: boolean;
  /** The program as it is called: `npm start --`. */
  readonly self: string;
}

/**
 * A rehearsal that stays on this machine.
 *
 * @returns whether everything arrived
 */
export function rehearseHere(start: RehearsalStart, { isWanted, self }: Caller): Promise<boolean> {
  const reason = isWanted ? 'This is a rehearsal' : 'No watch.yml here, so this is a rehearsal';
  return rehearse({
    ...start,
    introduction: [
      `${reason}: ${aboutOf(start.scenario)}.`,
      PLAYED,
      '"DCS" is what the API answers, "Slack" what people read, "pipeline" what a program does.',
    ],
    conclusion: [
      'That was a rehearsal. To play one situation:',
      `  ${self} --scenario ${SCENARIO_NAMES.join('|')}`,
      'To watch your own tasks (it asks for them, and writes watch.yml):',
      `  ${self} init`,
    ],
  });
}

/**
 * A rehearsal that is sent to the user's own channels.
 *
 * @returns whether everything arrived
 */
export function rehearseTo({ channels, leftOut }: Audience, start: RehearsalStart): Promise<boolean> {
  const names = Object.keys(channels).join(', ');
  return rehearse({
    ...start,
    introduction: [
      `This is a rehearsal, sent to your own channels (${names}): ${aboutOf(start.scenario)}.`,
      PLAYED,
      'Every event is marked as a drill, and nobody is mentioned.',
      ...(leftOut.length === 0 ? [] : [leftOutWords(leftOut)]),
      'It runs in real time: what takes hours follows at once, and no receiver is down.',
    ],
    conclusion: [],
    channels,
  });
}

function leftOutWords(names: readonly string[]): string {
  return `Left out, because programs act on events: ${names.join(', ')}. Include one with --channel ${names[0]}.`;
}

function aboutOf({ about }: Scenario = WHOLE_STORY): string {
  return about;
}

const SCENARIO_NAMES: readonly string[] = [...SCENARIOS.keys()];

/** For a list of options: each name with what it shows, a line each. */
export const SCENARIO_LINES: readonly string[] = [...SCENARIOS].map(
  ([name, { about }]) => `${name.padEnd(11)} ${about}`,
);
