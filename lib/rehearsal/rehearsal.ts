import { count } from '../base/text.ts';
import type { Clock } from '../base/time/clock.ts';
import { systemClock } from '../base/time/system-clock.ts';
import type { Config } from '../config/schema/file.ts';
import { createPipeline } from './pipeline.ts';
import { createLookCount, createPause, play } from './play.ts';
import { type Scenario, WHOLE_STORY } from './scenarios.ts';
import { jsonScreen, type Screen } from './screen.ts';
import { createStageClock, openStage } from './stage.ts';
import { textScreen } from './text-screen.ts';

/** How a rehearsal is started. */
export interface RehearsalStart {
  /** Writes one line. */
  write(line: string): void;
  readonly asJson: boolean;
  /** Somebody reads along, so there are pauses between the scenes. */
  readonly isReadAlong: boolean;
  /** The width of the terminal; default: 80. */
  readonly columns?: number | undefined;
  /** Default: the whole story. */
  readonly scenario?: Scenario | undefined;
  /** On the way to the channels of the user. */
  readonly proxies?: Config['proxies'];
  /** The real time, and the pauses in it. */
  readonly clock?: Clock;
}

export interface RehearsalOptions extends RehearsalStart {
  /** Said first: why there is a rehearsal. */
  readonly introduction: readonly string[];
  /** Said last: what to do next. */
  readonly conclusion: readonly string[];
  /** Tells these channels instead of receivers on this machine. Time is real then: other machines check it. */
  readonly channels?: Config['channels'];
}

/**
 * Plays a scenario in a simulated DCS API and reports it through the real path: configuration, signed requests, a SQLite
 * file, the outbox, the channels. Every message says that it is a drill.
 *
 * @returns whether everything arrived
 */
export async function rehearse({
  write,
  asJson,
  isReadAlong,
  columns = 80,
  scenario = WHOLE_STORY,
  introduction,
  conclusion,
  channels,
  proxies,
  clock: real = systemClock,
}: RehearsalOptions): Promise<boolean> {
  const isForReal = channels !== undefined;
  const pause = createPause(real, isReadAlong, isForReal);
  const clock = createStageClock(real, !isForReal);
  const screen = asJson
    ? jsonScreen(write, () => new Date(clock.now()))
    : textScreen(write, isForReal, columns);
  for (const line of introduction) screen.say(line);

  const pipeline = createPipeline();
  const looks = createLookCount();
  const tried = new Set<string>();
  const stage = await openStage({
    clock,
    channels,
    proxies,
    log(entry) {
      if (entry.kind === 'delivery') tried.add(entry.channel);
      // The line about the attempt says as much, and no dead letter outlives a rehearsal.
      if (entry.kind === 'dead_letter' && entry.why === 'refused') return;
      screen.log(entry);
    },
    onReceived(received) {
      if (received.channel === 'slack') return screen.received(received);
      const handled = pipeline.handle(received.event, received.refused);
      screen.received({ ...received, ...handled, lookedAgain: looks.areMore() });
    },
  });
  let missing = 0;
  try {
    missing = await play(scenario, { ...stage, clock, screen, looks, pause, isForReal });
    sayWhatDidNotArrive(Object.keys(channels ?? {}), tried, missing, screen);
  } finally {
    await stage.close();
  }
  for (const line of conclusion) screen.say(line);
  return missing === 0;
}

function sayWhatDidNotArrive(
  channels: readonly string[],
  tried: ReadonlySet<string>,
  missing: number,
  screen: Screen,
): void {
  for (const name of channels.filter((name) => !tried.has(name))) {
    screen.say(`Channel ${name} got nothing: its filter (when) matches none of these events.`);
  }
  if (missing > 0) {
    screen.say(
      `${count(missing, 'message')} did not arrive, see above. A rehearsal does not retry later, and keeps nothing.`,
    );
  }
}
