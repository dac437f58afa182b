import type { ChannelType } from '../channel-type.ts';
import { languageFor } from '../chat/people.ts';
import { createApi } from './api.ts';
import { postRoot, sendEvents } from './conversation/conversation.ts';
import { createMemory } from './conversation/display.ts';
import { createEditor } from './conversation/edit.ts';
import { createLive } from './conversation/live.ts';
import type { BotParts } from './conversation/parts.ts';
import { ATTEMPT_MS } from './conversation/post.ts';
import { schema, tokenWarning, USUAL } from './settings.ts';

/** A Slack bot: one message per task or group that always shows where it stands, and its events as replies to it. */
export const slack_bot: ChannelType<typeof schema> = {
  audience: 'people',
  schema,
  timeoutMs: ATTEMPT_MS,
  warning: tokenWarning,
  place: ({ baseUrl }) => new URL(baseUrl?.reveal() ?? USUAL),
  home: ({ baseUrl, channel }) => [baseUrl?.reveal() ?? USUAL, channel.replace(/^#/, '')],
  connect: async (config, deps) => {
    const call = createApi(config, deps);
    const memory = createMemory();
    const parts: BotParts = {
      config,
      call,
      language: await languageFor(config, deps),
      memory,
      editor: createEditor({ call, memory, channel: config.channel }),
      recorder: deps.recorder,
    };
    const live = createLive({ ...parts, root: (overview, now) => postRoot(overview, now, parts) });
    return Object.assign((outgoing: Parameters<typeof sendEvents>[0]) => sendEvents(outgoing, parts), {
      live,
    });
  },
};
