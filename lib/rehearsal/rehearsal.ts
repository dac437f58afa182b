import { systemClock } from '../app.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config/schema.ts';
import { realisticAnswer } from '../dcs/simulator-answers.ts';
import { createPipeline } from './pipeline.ts';
import { type Scenario, WHOLE_STORY } from './scenarios.ts';
import type { Cast, Look, Scene } from './scenes.ts';
import { jsonScreen, type Screen } from './screen.ts';
import { createStageClock, openStage, type Stage, type StageClock } from './stage.ts';
import { textScreen } from './text-screen.ts';

export interface RehearsalOptions {
  /** Writes one line. */
  write(line: string): void;
  readonly asJson: boolean;
  /** Somebody reads along, so there are pauses between the scenes. */
  readonly isReadAlong: boolean;
  /** Default: the whole story. */
  readonly scenario?: Scenario | undefined;
  /** Said first: why there is a rehearsal. */
  readonly introduction: readonly string[];
  /** Said last: what to do next. */
  readonly conclusion: readonly string[];
  /** Tells these channels instead of receivers on this machine. Time is real then: other machines check it. */
  readonly channels?: Config['channels'];
  /** The real time, and the pauses in it. */
  readonly clock?: Clock;
}

/** Pauses for readers are over so long after the beginning, however slow the machine is. Milliseconds. */
const READING_MS = 19_000;
const LONGEST_PAUSE_MS = 1300;
/** An incoming webhook of Slack takes one message a second (Slack, Rate limits). Milliseconds. */
const CHAT_PACE_MS = 1000;
/** The longest that the tick of one look may take. Milliseconds. */
const TICK_MS = 60_000;

/**
 * Plays a scenario in a simulated DCS API and tells it through the real path: configuration, signed requests, a SQLite
 * file, the outbox, the channels.
 */
export async function rehearse({
  write,
  asJson,
  isReadAlong,
  scenario = WHOLE_STORY,
  introduction,
  conclusion,
  channels,
  clock: real = systemClock,
}: RehearsalOptions): Promise<void> {
  const isForReal = channels !== undefined;
  const clock = createStageClock(real, !isForReal);
  const screen = asJson ? jsonScreen(write, () => new Date(clock.now())) : textScreen(write, isForReal);
  for (const line of introduction) screen.say(line);

  const pipeline = createPipeline();
  const looks = createLookCount();
  const tried = new Set<string>();
  const stage = await openStage({
    clock,
    channels,
    log(entry) {
      if (entry.kind === 'delivery') tried.add(entry.channel);
      screen.log(entry);
    },
    onReceived(received) {
      if (received.channel === 'slack') return screen.received(received);
      const handled = pipeline.handle(received.event, received.refused);
      screen.received({ ...received, handled, lookedAgain: looks.areMore() });
    },
  });
  try {
    const rest = createRest(real, isReadAlong, isForReal);
    const pending = await play(scenario, { ...stage, clock, screen, looks, rest, isForReal });
    if (channels !== undefined) sayWhatDidNotArrive(Object.keys(channels), tried, pending, screen);
  } finally {
    await stage.close();
  }
  for (const line of conclusion) screen.say(line);
}

function sayWhatDidNotArrive(
  channels: readonly string[],
  tried: ReadonlySet<string>,
  pending: number,
  screen: Screen,
): void {
  for (const name of channels.filter((name) => !tried.has(name))) {
    screen.say(`Channel ${name} was told nothing: its filter (when) lets none of this through.`);
  }
  if (pending > 0) {
    screen.say(
      `${pending} message(s) have not arrived, see above; a rehearsal does not wait to send them again.`,
    );
  }
}

interface Play extends Stage {
  readonly clock: StageClock;
  readonly screen: Screen;
  readonly looks: LookCount;
  readonly isForReal: boolean;
  rest(scenesLeft: number): Promise<void>;
}

/** @returns how many deliveries are owed at the end */
async function play({ acts }: Scenario, stage: Play): Promise<number> {
  const left = stage.isForReal ? 'on stage' : 'for real';
  const scenes = acts.flatMap(({ cast, scenes }) =>
    scenes.filter(({ only }) => only !== left).map((scene) => ({ cast, scene })),
  );
  let pending = 0;
  for (const [number, { cast, scene }] of scenes.entries()) {
    if (number > 0) await stage.rest(scenes.length - number);
    pending = await playScene(scene, cast, number === 0, stage);
  }
  return pending;
}

async function playScene(scene: Scene, cast: Cast, isFirst: boolean, stage: Play): Promise<number> {
  const { clock, screen, simulator, receiver, isForReal } = stage;
  const laterMs = scene.looks.reduce((sum, look) => sum + look.laterMs, 0);
  screen.scene(scene.title, isFirst || isForReal ? undefined : laterMs);
  simulator.setTask(cast.id, answerOf(cast, scene.status, isForReal));
  if (scene.failure !== undefined) {
    const { errorMessage, log } = scene.failure;
    simulator.setListed(cast.id, { error_message: errorMessage });
    simulator.setLogs(
      cast.id,
      log.map((message) => logLine(message, clock)),
    );
  }
  if (scene.webhookIsDown) receiver.refuseNextWebhook();
  let pending = 0;
  for (const look of scene.looks) pending = await playLook(look, scene, cast, stage);
  screen.sceneOver();
  return pending;
}

async function playLook(
  { laterMs, figures = {} }: Look,
  { status }: Scene,
  cast: Cast,
  stage: Play,
): Promise<number> {
  const { clock, screen, simulator, looks, app } = stage;
  clock.skip(laterMs);
  simulator.setStats(cast.id, figures);
  screen.look({ task: cast.name, status, figures });
  looks.begin(() => simulator.requests.get(cast.id) ?? 0);
  const { pending } = await app.tick(TICK_MS);
  screen.lookOver();
  return pending;
}

/** Whoever reads it in a channel of their own must see that nothing of it is real. */
function answerOf({ id, name, answer }: Cast, status: string, isForReal: boolean) {
  return realisticAnswer(status, {
    ...answer,
    task_id: id,
    task_name: isForReal ? `${name} (rehearsal)` : name,
  });
}

function logLine(message: string, clock: StageClock) {
  const created_at = new Date(clock.now()).toISOString();
  return { created_at, log_level: 'ERROR', message, log_code: 'LOG.0002', keyword: [] };
}

/** Whether DCS was asked for the task once more than a tick does by itself. */
interface LookCount {
  /** @param count how often it was asked so far */
  begin(count: () => number): void;
  /** Since the last call, or since the look began. */
  areMore(): boolean;
}

function createLookCount(): LookCount {
  let count = () => 0;
  let known = 0;
  return {
    begin(counter) {
      count = counter;
      known = count() + 1;
    },
    areMore() {
      const before = known;
      known = count();
      return known > before;
    },
  };
}

/** Pauses between scenes: for readers as long as there is time, for a user's own chat at its pace. */
function createRest(clock: Clock, isReadAlong: boolean, isForReal: boolean): Play['rest'] {
  const endsAt = clock.now() + READING_MS;
  const shortest = isForReal ? CHAT_PACE_MS : 0;
  const longest = isReadAlong ? LONGEST_PAUSE_MS : shortest;
  return async (scenesLeft) => {
    const fair = Math.max(0, endsAt - clock.now()) / scenesLeft;
    const ms = Math.max(shortest, Math.min(longest, fair));
    if (ms > 0) await clock.sleep(ms);
  };
}
