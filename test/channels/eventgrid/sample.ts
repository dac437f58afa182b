import type { ChannelSample } from '../samples.ts';
import answers from './answers.json' with { type: 'json' };

const CREDENTIALS = {
  accessKey: 'CANARY-OF-AN-EG-ACCESS-KEY',
  secretKey: 'canary-of-an-eg-secret-key',
  securityToken: 'canary-of-an-eg-security-token',
};

export const sample: ChannelSample = {
  settings: {
    region: 'cn-north-4',
    projectId: '254d2280acb74d36a8b839746bcd7352',
    eventChannel: '8d3d5f0e-0f0a-4f8e-9b57-2d3f8f3c1a11',
    eventSource: 'dcs-migration-watch',
    credentials: CREDENTIALS,
  },
  place: 'endpoint',
  secrets: {
    url: ['canary-of-an-eg-path-2Hs', 'canary-of-an-eg-query-9Ju'],
    headers: [CREDENTIALS.accessKey, CREDENTIALS.securityToken],
    unsent: [CREDENTIALS.secretKey],
  },
  taken: '{"failed_count":0,"events":[{"event_id":"1","error_code":null}]}',
  unread: 'permanent',
  pauseMs: 60_000,
  answers,
};
