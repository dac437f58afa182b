import type { ChannelSample } from '../samples.ts';
import answers from './answers.json' with { type: 'json' };

export const sample: ChannelSample = {
  transport: 'aws',
  settings: { bus: 'arn:aws:events:eu-west-1:123456789012:event-bus/redis' },
  place: 'endpoint',
  secrets: {
    url: ['canary-of-an-eventbridge-path-4Ls', 'canary-of-an-eventbridge-query-7Mv'],
    headers: [],
    unsent: [],
  },
  answers,
};
