import type { Clock } from '../base/time/clock.ts';
import { realisticAnswer } from '../simulator/answers.ts';
import type { TickReport } from '../telemetry/log.ts';
import type { Scenario } from './scenarios.ts';
import type { Look, PlayedTask, Scene } from './scenes.ts';
import type { Screen } from './screen.ts';
import type { Stage, StageClock } from './stage.ts';

/** Everything that scenes are played with. */
export interface Play extends Stage {
  readonly clock: StageClock;
  readonly screen: Screen;
  readonly looks: LookCount;
  readonly pause: Pause;
  /** Events go to the user's own channels, and time is real. */
  readonly isForReal: boolean;
}

/** The longest that the tick of one look may take. Milliseconds. */
const TICK_MS = 60_000;

/**
 * Plays all acts of a scenario, one scene after the other.
 *
 * @returns how many deliveries did not arrive
 */
export async function play({ acts }: Scenario, stage: Play): Promise<number> {
  const elsewhere = stage.isForReal ? 'on stage' : 'for real';
  const scenes = acts.flatMap(({ cast, scenes }) =>
    scenes.filter(({ only }) => only !== elsewhere).map((scene) => ({ cast, scene })),
  );
  let dead = 0;
  let pending = 0;
  for (const [number, { cast, scene }] of scenes.entries()) {
    if (number > 0) await stage.pause(scenes.length - number);
    const laterMs = scene.looks.reduce((sum, look) => sum + look.laterMs, 0);
    stage.screen.scene(scene.title, number === 0 || stage.isForReal ? undefined : laterMs);
    if (scene.webhookIsDown) stage.receiver.refuseNextWebhook();
    for (const look of scene.looks) {
      const report = await playLook(look, scene, cast, stage);
      dead += report.dead;
      pending = report.pending;
    }
    stage.screen.sceneOver();
  }
  return pending + dead;
}

async function playLook(look: Look, scene: Scene, cast: PlayedTask, stage: Play): Promise<TickReport> {
  const { clock, screen, simulator, looks, app } = stage;
  clock.skip(look.laterMs);
  setStage(look, scene, cast, stage);
  screen.look({ task: cast.name, status: scene.status, figures: look.figures ?? {} });
  looks.begin(() => simulator.requests.get(cast.id) ?? 0);
  const report = await app.tick(TICK_MS);
  screen.lookOver();
  return report;
}

/** Readers in a channel of their own must see that nothing of it is real. */
const MARK = ' (rehearsal)';

function setStage(
  { figures = {} }: Look,
  { status, failure }: Scene,
  { id, name, answer }: PlayedTask,
  { clock, simulator, isForReal }: Play,
): void {
  const shown = { ...answer, task_id: id, task_name: isForReal ? name + MARK : name };
  simulator.setTask(id, realisticAnswer(status, shown));
  simulator.setStats(id, figures);
  if (failure === undefined) return;
  simulator.setListed(id, { error_message: failure.errorMessage });
  const lines = failure.log.map((message, index) => {
    const at = clock.now() - (failure.log.length - index) * BETWEEN_LINES_MS;
    return { created_at: new Date(at).toISOString(), log_level: 'ERROR', message, log_code: 'LOG.0002' };
  });
  simulator.setLogs(id, lines);
}

const BETWEEN_LINES_MS = 20_000;

/** Whether DCS was asked for the task more often than a tick does by itself. */
export interface LookCount {
  /** @param count how often it was asked so far */
  begin(count: () => number): void;
  /** Since the last call, or since the look began. */
  areMore(): boolean;
}

export function createLookCount(): LookCount {
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

/** A pause before the next scene. */
type Pause = (scenesLeft: number) => Promise<void>;

/** Pauses for readers are over so long after the beginning, however slow the machine is. Milliseconds. */
const READING_MS = 19_000;
const LONGEST_PAUSE_MS = 1300;
/** An incoming webhook of Slack takes one message a second (Slack, Rate limits). Milliseconds. */
const CHAT_PACE_MS = 1000;

/** For readers as long as there is time; for a user's own chat at its pace. */
export function createPause(clock: Clock, isReadAlong: boolean, isForReal: boolean): Pause {
  const endsAt = clock.elapsed() + READING_MS;
  const shortest = isForReal ? CHAT_PACE_MS : 0;
  const longest = isReadAlong ? LONGEST_PAUSE_MS : shortest;
  return async (scenesLeft) => {
    const fair = Math.max(0, endsAt - clock.elapsed()) / scenesLeft;
    const ms = Math.max(shortest, Math.min(longest, fair));
    if (ms > 0) await clock.sleep(ms);
  };
}
