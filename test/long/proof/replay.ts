import { playAnswer, playLookAccident, playStoreAccident } from './accidents.ts';
import { playBusy } from './busy.ts';
import { playWrongClock, type WrongClock } from './clocks.ts';
import { type Crash, playCrashes } from './crashes.ts';
import { playDay, playLiveDay, playMutedDay, playQuietDay } from './days.ts';
import { STORE_FAULTS } from './faults.ts';
import { playLive } from './live.ts';
import { playMuted } from './mute.ts';
import { playDeadChannel, playOutage } from './outages.ts';
import { playOverlap, playSchedule } from './overlaps.ts';
import { playQuiet } from './quiet.ts';
import { ANSWERS } from './receivers.ts';
import { playHours, playRedriveSchedule, playRedrives } from './redrives.ts';
import { LOOK_FAILURES, LOOK_GLITCHES } from './service.ts';
import type { Design } from './simple-designs.ts';
import type { Simulation } from './simulation.ts';
import { playStall } from './stalls.ts';

const TRACED = { traced: true } as const;

/** A case in the words in which a broken one is printed, and how it is played again. */
interface Replay {
  readonly words: RegExp;
  play(design: Design, parts: readonly (string | undefined)[]): Promise<Simulation>;
}

const REPLAYS: readonly Replay[] = [
  {
    words: /^(dies .*)$/,
    play: (design, [crashes = '']) => playCrashes(design, crashes.split(' and ').map(crashOf), TRACED),
  },
  {
    words: /^a redrive (.+), choices ([\d.]*)$/,
    play: (_ours, [opening = '', choices = '']) => playRedriveSchedule(opening, numbersIn(choices)),
  },
  {
    words: /^redrives, (dies .*)$/,
    play: (_ours, [crashes = '']) => playRedrives(crashes.split(' and ').map(crashOf), TRACED),
  },
  {
    words: /^redrives (\S+) of (\d+) minutes$/,
    play: (_ours, [seed = '', minutes]) => playHours({ seed, minutes: Number(minutes), ...TRACED }),
  },
  {
    words: /^busy, (dies .*)$/,
    play: (design, [crash = '']) => playBusy(design, crashOf(crash), TRACED),
  },
  {
    words: /^quiet hours, (dies .*)$/,
    play: (design, [crash = '']) => playQuiet(design, [crashOf(crash)], TRACED),
  },
  {
    words: /^quiet day (\S+) of (\d+) minutes$/,
    play: (_ours, [seed = '', minutes]) => playQuietDay({ seed, minutes: Number(minutes), ...TRACED }),
  },
  {
    words: /^mute( that is ended)?, (dies .*)$/,
    play: (design, [ended, crash = '']) =>
      playMuted(design, [crashOf(crash)], { isEnded: ended !== undefined, ...TRACED }),
  },
  {
    words: /^muted day (\S+) of (\d+) minutes$/,
    play: (_ours, [seed = '', minutes]) => playMutedDay({ seed, minutes: Number(minutes), ...TRACED }),
  },
  {
    words: /^live, (dies .*)$/,
    play: (design, [crash = '']) => playLive(design, [crashOf(crash)], TRACED),
  },
  {
    words: /^live day (\S+) of (\d+) minutes$/,
    play: (_ours, [seed = '', minutes]) => playLiveDay({ seed, minutes: Number(minutes), ...TRACED }),
  },
  {
    words: /^overlap (\S+)$/,
    play: (design, [seed = '']) => playOverlap({ design, seed, ...TRACED }),
  },
  {
    words: /^day (\S+) of (\d+) minutes$/,
    play: (_ours, [seed = '', minutes]) => playDay({ seed, minutes: Number(minutes), ...TRACED }),
  },
  {
    words: /^(.+?)( and on)?, choices ([\d.]*)$/,
    async play(design, [opening = '', moves, choices = '']) {
      const overlap = { design, opening, moves: moves !== undefined };
      return (await playSchedule(overlap, numbersIn(choices))).simulation;
    },
  },
  {
    words: /^tick (\d+) stalls at step (\d+), wakes (\d+) steps late, (at once|in turns)$/,
    async play(design, [tick, step, sleep, word]) {
      const manner = word === 'in turns' ? word : 'at once';
      const stall = { tick: Number(tick), step: Number(step), sleep: Number(sleep), manner } as const;
      return (await playStall(design, stall, TRACED)).simulation;
    },
  },
  {
    words: /^store (.+) at request (\d+), (\d+) in a row$/,
    async play(design, [word, from, times]) {
      const fault = oneOf(STORE_FAULTS, word);
      const accident = { fault, from: Number(from), times: Number(times) };
      return (await playStoreAccident(design, accident, TRACED)).simulation;
    },
  },
  {
    words: /^answer (.+) at send (\d+)$/,
    play: async (design, [word, at]) =>
      (await playAnswer(design, oneOf(ANSWERS, word), Number(at), TRACED)).simulation,
  },
  {
    words: /^look (.+) at look (\d+), (\d+) in a row$/,
    async play(design, [word, from, times]) {
      const fault = oneOf([...LOOK_FAILURES, ...LOOK_GLITCHES], word);
      const accident = { fault, from: Number(from), times: Number(times) };
      return (await playLookAccident(design, accident, TRACED)).simulation;
    },
  },
  {
    words: /^(only )?channel (\S+) answers for ever: (.+)$/,
    play(design, [only, channel = '', word]) {
      const answer = oneOf(ANSWERS, word);
      return playDeadChannel(design, { channel, answer, isAlone: only !== undefined }, TRACED);
    },
  },
  {
    words: /^channel (\S+) answers for two hours: (.+)$/,
    play: (design, [channel = '', word]) =>
      playOutage(design, { channel, answer: oneOf(ANSWERS, word) }, TRACED),
  },
  {
    words: /^clock (.+) in (\d+) ticks from (\d+), dies at (\w+)$/,
    async play(design, [word, times, from, dies]) {
      const clocks: readonly WrongClock[] = ['an hour behind', 'an hour ahead', 'in 2038'];
      const accident = { clock: oneOf(clocks, word), from: Number(from), times: Number(times) };
      const isDying = dies !== 'never';
      return (await playWrongClock(design, { ...accident, ...(isDying && { dies: Number(dies) }) }, TRACED))
        .simulation;
    },
  },
];

/**
 * Plays one case again, up to where its world calms down.
 *
 * @param words as the case is printed: `dies after step 4`, `day long/244 of 1440 minutes`, …
 */
export async function replay(design: Design, words: string): Promise<Simulation> {
  for (const { words: pattern, play } of REPLAYS) {
    const parts = pattern.exec(words)?.slice(1);
    if (parts !== undefined) return play(design, parts);
  }
  throw new Error(`no case is called ${words}`);
}

function numbersIn(choices: string): number[] {
  return choices === '' ? [] : choices.split('.').map(Number);
}

function crashOf(words: string): Crash {
  const [, ending, step] = /^dies (before|after) step (\d+)$/.exec(words) ?? [];
  return { ending: ending === 'before' ? 'dies before' : 'dies after', step: Number(step) };
}

function oneOf<T extends string>(all: readonly T[], word: string | undefined): T {
  const found = all.find((one) => one === word);
  if (found === undefined) throw new Error(`${word} is none of ${all.join(', ')}`);
  return found;
}

/** What happened, one line a step. */
export function traceOf({ scheduler }: Simulation): string[] {
  return scheduler.taken.map(
    ({ run, name, ending, result }, index) =>
      `${index} run ${run}: ${name}${ending === 'answered' ? '' : ` (${ending})`} → ${result}`,
  );
}
