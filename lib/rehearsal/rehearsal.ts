import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, createApp, systemClock } from '../app.ts';
import type { Clock } from '../clock.ts';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { type Simulator, startSimulator } from '../dcs/simulator.ts';
import { realisticAnswer } from '../dcs/simulator-answers.ts';
import { openStore } from '../store/index.ts';
import { type Receiver, startReceiver } from './receiver.ts';
import { SCENES, type Scene } from './scenes.ts';
import { createScreen, type Screen } from './screen.ts';

const PROJECT_ID = '0123456789abcdef0123456789abcdef';
const TASK_ID = '91d4c7aa6b3f4e18a2c507f9e4b8d613';

/** What the reader needs between two scenes. Real milliseconds. */
const READING_MS = 900;
/** The longest that the tick of one scene may take. Milliseconds. */
const TICK_MS = 60_000;

export interface RehearsalOptions {
  /** Writes one line. */
  write(line: string): void;
  readonly asJson: boolean;
  /** Said first: why there is a rehearsal. */
  readonly introduction: readonly string[];
  /** Said last: what to do next. */
  readonly conclusion: readonly string[];
  /** Tells these channels instead of a receiver on this machine. Time is real then: other machines check it. */
  readonly channels?: Config['channels'];
}

/**
 * Plays a whole migration in a simulated DCS API and tells it through the real path: configuration, signed requests,
 * a SQLite file, the outbox, the channels.
 */
export async function rehearse({
  write,
  asJson,
  introduction,
  conclusion,
  channels,
}: RehearsalOptions): Promise<void> {
  const clock = createStageClock(channels === undefined);
  const screen = createScreen(write, asJson, () => new Date(clock.now()));
  for (const line of introduction) screen.say(line);

  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const key = { accessKey: 'REHEARSALACCESSKEY', secretKey: randomBytes(20).toString('hex') };
  const folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-'));
  const simulator = await startSimulator({ credentials: key, projectId: PROJECT_ID, clock });
  const receiver = await startReceiver({ secret, now: clock.now, onReceived: screen.received });
  const config = await rehearsalConfig(simulator, receiver, { ...key, secret });
  const store = await openStore({ kind: 'sqlite', file: join(folder, 'watch.db') }, clock.now);
  const played = channels === undefined ? config : { ...config, channels };
  const app = createApp({ config: played, store, log: screen.log, clock });
  try {
    await play(app, { clock, screen, simulator, receiver });
    for (const line of conclusion) screen.say(line);
  } finally {
    await app.close();
    await Promise.all([simulator.close(), receiver.close()]);
    await rm(folder, { recursive: true, force: true });
  }
}

interface Stage {
  readonly clock: StageClock;
  readonly screen: Screen;
  readonly simulator: Simulator;
  readonly receiver: Receiver;
}

async function play(app: App, stage: Stage): Promise<void> {
  for (const [number, scene] of SCENES.entries()) {
    if (number > 0) await systemClock.sleep(READING_MS);
    await playScene(scene, app, stage);
  }
}

async function playScene(
  scene: Scene,
  app: App,
  { clock, screen, simulator, receiver }: Stage,
): Promise<void> {
  clock.skip(scene.laterMs);
  screen.scene(scene.title);
  simulator.setTask(TASK_ID, realisticAnswer(scene.status, { task_id: TASK_ID }));
  if (scene.webhookIsDown) receiver.refuseNextWebhook();
  await app.tick(TICK_MS);
}

interface StageClock extends Clock {
  /** Moves on by so much; a clock of real time does not. */
  skip(ms: number): void;
}

/** Days pass in seconds where only this machine is concerned. */
function createStageClock(maySkip: boolean): StageClock {
  let ahead = 0;
  return {
    now: () => systemClock.now() + ahead,
    sleep: systemClock.sleep,
    skip(ms) {
      if (maySkip) ahead += ms;
    },
  };
}

/** The configuration that a user would write for this stage, read the way a user's is read. */
function rehearsalConfig(
  simulator: Simulator,
  receiver: Receiver,
  env: { readonly accessKey: string; readonly secretKey: string; readonly secret: string },
): Promise<Config> {
  const file = {
    projects: [
      {
        id: PROJECT_ID,
        name: 'rehearsal',
        region: 'cn-north-4',
        endpoint: simulator.endpoint.href,
        allowInsecure: true,
        credentials: { accessKey: '${accessKey}', secretKey: '${secretKey}' },
        tasks: [TASK_ID],
      },
    ],
    channels: {
      slack: { type: 'slack', url: receiver.slackUrl, allowInsecure: true },
      pipeline: { type: 'webhook', url: receiver.webhookUrl, secret: '${secret}', allowInsecure: true },
    },
  };
  return loadConfig({ text: JSON.stringify(file), file: 'the rehearsal', env: { ...env } });
}
