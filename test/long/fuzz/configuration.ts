import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { stringify } from 'yaml';
import { ConfigError } from '../../../lib/config/errors.ts';
import { loadConfig } from '../../../lib/config/load.ts';
import type { Config } from '../../../lib/config/schema/file.ts';
import { SIGNING_SECRET } from '../../config/support.ts';
import { CANARY, mutated, odd, wild } from '../../support/fuzz.ts';
import type { Border } from './border.ts';

const FILE = {
  projects: [
    {
      id: '254d2280acb74d36a8b839746bcd7352',
      region: 'cn-north-4',
      credentials: { accessKey: `ak-${CANARY}`, secretKey: '${SECRET}', securityToken: '${SECRET}' },
      tasks: ['a276c1ffa0a54c2597fc824b917db317', { id: '8aa6999e7d10a4c2017d5b9e0f3377c5', name: 'orders' }],
      discover: { name: 'orders-*', labels: { cluster: 'orders' } },
    },
  ],
  channels: {
    ops: { type: 'slack', url: `https://hooks.slack.com/services/\${SECRET}`, mention: '<!here>' },
    cutover: {
      type: 'webhook',
      url: `https://ci.example.com/${CANARY}`,
      secret: '${SIGNING_SECRET}',
      headers: { authorization: `Bearer ${CANARY}` },
      when: { events: ['migration.status_changed'], to: ['incremental', 'SUCCESS'] },
    },
  },
  groups: {
    orders: { labels: { cluster: 'orders' } },
    users: { tasks: ['a276c1ffa0a54c2597fc824b917db317'] },
  },
  settings: {
    interval: '60s',
    lookEvery: '10s',
    requestsPerSecond: 10,
    progress: [25, 50],
    cutover: { maxKeyGap: 0.5 },
    forgotten: { incremental: '7d' },
  },
};
const ENV = { SECRET: `env-${CANARY}`, SIGNING_SECRET };
/** The same good file in three spellings. */
export const GOOD_FILES = [JSON.stringify(FILE), JSON.stringify(FILE, null, 2), stringify(FILE)];

const names = ['projects', 'channels', 'groups', 'settings', 'id', 'region', 'tasks', '<<', '__proto__'];
const oddFile = fc
  .dictionary(fc.constantFrom(...names), odd(), { minKeys: 1, maxKeys: 3 })
  .map((some) => JSON.stringify({ ...FILE, ...some }));

/** Loaded, or refused with a ConfigError; neither shows a secret. */
export const CONFIGURATION: Border<string, Config | ConfigError> = {
  name: 'configuration',
  inputs: fc.oneof(fc.constantFrom(...GOOD_FILES), mutated(GOOD_FILES), oddFile, wild()),
  read: (text) =>
    loadConfig({ text, file: 'watch.yml', env: ENV }).catch((error: unknown) => {
      if (error instanceof ConfigError) return error;
      throw error;
    }),
  classify(outcome) {
    if (inspect(outcome, { depth: 9, showHidden: true }).includes(CANARY)) throw new Error('a secret passed');
    return outcome instanceof ConfigError ? 'refused' : 'loaded';
  },
  // What nests as deep as the parser's stack, unclosed, is refused for either reason: it depends on the stack.
  lasting: (outcome) =>
    outcome instanceof ConfigError && /nests too deeply|closing bracket/.test(outcome.message)
      ? 'refused'
      : outcome,
  kinds: { loaded: 0.1, refused: 0.1 },
  share: 0.1,
};
