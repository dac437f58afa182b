import type { ChannelSample } from '../samples.ts';

const KEYS = ['canary-signing-secret-32-bytes!!', 'canary-of-the-other-one-rotating'];
const HUB_SECRET = 'canary"of\\a-hub-secret/4Kd+=&<>';
const HEADER = 'Bearer canary"of\\a-header/9Zt+=&<>';

export const sample: ChannelSample = {
  settings: {
    secret: KEYS.map((key) => `whsec_${Buffer.from(key).toString('base64')}`),
    hubSecret: HUB_SECRET,
    headers: { authorization: HEADER },
  },
  secrets: {
    url: ['canary-of-a-webhook-path-6Jc', 'canary-of-a-webhook-query-1Xs'],
    headers: [HEADER],
    unsent: [...KEYS, HUB_SECRET],
  },
};

const TOKEN = 'canary"of\\a-body/5Hf+=&<>';

/** Bodies hold what receivers want, tokens too; a secret is optional there. */
export const variants: Readonly<Record<string, ChannelSample>> = {
  'webhook, with a body': {
    settings: {
      type: 'webhook',
      hubSecret: HUB_SECRET,
      headers: { authorization: HEADER },
      body: { token: TOKEN, title: '{{ data.summary }}', event: '{{ data }}' },
    },
    secrets: {
      url: ['canary-of-a-webhook-path-6Jc', 'canary-of-a-webhook-query-1Xs'],
      headers: [HEADER],
      unsent: [HUB_SECRET, TOKEN],
    },
  },
};
