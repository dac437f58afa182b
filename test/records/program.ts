import { Secret } from '../../lib/base/secret.ts';
import { DEFAULT_THRESHOLDS } from '../../lib/migration/model/thresholds.ts';
import { createApp } from '../../lib/runtime/app.ts';
import { realisticAnswer } from '../../lib/simulator/answers.ts';
import { channelSchema } from '../support/channel-types.ts';
import { ACCESS_KEY, keptOpen, SECRET_KEY, SIGNING_SECRET } from '../support/world.ts';
import type { Program } from './story.ts';

/** This build, as the story of a stored state plays it. Every tick is one of a program that was just started. */
export const PROGRAM: Program = {
  answer: realisticAnswer,

  async tick({ config, store, clock, http }) {
    const app = await createApp({
      config,
      store: keptOpen(store),
      clock,
      http,
      log: () => undefined,
      random: () => 0.5,
    });
    await app.tick(60_000);
  },

  config({ projects, channels, groups }) {
    return {
      projects: projects.map(({ id, name, host, tasks, ...more }) => ({
        id,
        name,
        region: 'cn-north-4',
        endpoint: new URL(`https://${host}`),
        allowInsecure: false,
        credentials: { accessKey: new Secret(ACCESS_KEY), secretKey: new Secret(SECRET_KEY) },
        tasks: tasks.map((task) => ({ id: task, labels: { wave: '1' } })),
        ...more,
      })),
      channels: Object.fromEntries(
        Object.entries(channels).map(([name, channel]) => {
          const secret = channel.type === 'webhook' ? { secret: SIGNING_SECRET } : {};
          return [name, channelSchema.parse({ ...channel, ...secret })];
        }),
      ),
      groups: { orders: { tasks: groups } },
      settings: {
        language: 'en',
        timeZone: 'UTC',
        intervalMs: 60_000,
        finishedEveryMs: 15 * 60_000,
        requestsPerSecond: 1_000_000,
        runPerProject: 'auto',
        consoleUrl: 'https://console.huaweicloud.com/dcs/?region={region}',
        thresholds: DEFAULT_THRESHOLDS,
      },
      warnings: [],
    };
  },
};
