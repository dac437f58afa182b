import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defined } from '../base/defined.ts';
import type { Clock } from '../base/time/clock.ts';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema/file.ts';
import { without } from '../http/proxies.ts';
import { type App, createApp } from '../runtime/app.ts';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { openStore } from '../store/index.ts';
import type { Log } from '../telemetry/log.ts';
import { type Received, type Receiver, startReceiver } from './receiver.ts';

const PROJECT_ID = '0123456789abcdef0123456789abcdef';

/** Everything that a rehearsal is played with: a simulated DCS API, receivers on this machine, the real program. */
export interface Stage {
  readonly app: App;
  readonly simulator: Simulator;
  readonly receiver: Receiver;
  close(): Promise<void>;
}

export interface StageOptions {
  readonly clock: Clock;
  readonly log: Log;
  onReceived(received: Received): void;
  /** Tells these channels instead of the receivers on this machine. */
  readonly channels: Config['channels'] | undefined;
  /** On the way to those; the simulated API is on this machine. */
  readonly proxies: Config['proxies'] | undefined;
}

export async function openStage({ clock, log, onReceived, channels, proxies }: StageOptions): Promise<Stage> {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const key = { accessKey: 'REHEARSALACCESSKEY', secretKey: randomBytes(20).toString('hex') };
  const folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-'));
  const simulator = await startSimulator({ credentials: key, projectId: PROJECT_ID, clock });
  const receiver = await startReceiver({ secret, now: clock.now, onReceived });
  const config = await rehearsalConfig(simulator, receiver, { ...key, secret });
  const store = await openStore({ kind: 'sqlite', file: join(folder, 'watch.db') }, clock.now);
  const onTheWay = without(proxies, [simulator.endpoint.host]);
  const played = channels === undefined ? config : { ...config, ...defined({ channels, proxies: onTheWay }) };
  const app = await createApp({ config: played, store, log, clock, isDrill: true });
  return {
    app,
    simulator,
    receiver,
    async close() {
      await app.close();
      await Promise.all([simulator.close(), receiver.close()]);
      await rm(folder, { recursive: true, force: true });
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
        discover: true,
      },
    ],
    channels: {
      slack: { type: 'slack', url: receiver.slackUrl, allowInsecure: true },
      pipeline: { type: 'webhook', url: receiver.webhookUrl, secret: '${secret}', allowInsecure: true },
    },
  };
  return loadConfig({ text: JSON.stringify(file), file: 'the rehearsal', env: { ...env } });
}

export interface StageClock extends Clock {
  /** Moves on by so much; a clock of real time does not. Milliseconds. */
  skip(ms: number): void;
}

/** Days pass in seconds where only this machine is concerned. */
export function createStageClock(real: Clock, maySkip: boolean): StageClock {
  let ahead = 0;
  return {
    now: () => real.now() + ahead,
    elapsed: () => real.elapsed() + ahead,
    sleep: real.sleep,
    skip(ms) {
      if (maySkip) ahead += ms;
    },
  };
}
