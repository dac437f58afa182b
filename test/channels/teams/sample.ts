import type { ChannelSample } from '../samples.ts';
import answers from './answers.json' with { type: 'json' };
import { assertGoodCard } from './card-check.ts';

export const sample: ChannelSample = {
  settings: { mention: ['oncall@example.com', '8ba7a6e1-0f0a-4f8e-9b57-2d3f8f3c1a11'] },
  secrets: {
    url: ['canary-of-a-teams-workflow-7Rw', 'canary-of-a-teams-sig-2Lk'],
    headers: [],
    unsent: [],
  },
  pauseMs: 60_000,
  assertGood: assertGoodCard,
  answers,
};
