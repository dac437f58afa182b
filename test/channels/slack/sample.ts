import type { ChannelSample } from '../samples.ts';

export const sample: ChannelSample = {
  settings: { mention: '<!here>' },
  secrets: {
    url: ['canary-of-a-slack-path-2Lm', 'canary-of-a-slack-query-8Rd'],
    headers: [],
    unsent: [],
  },
};
