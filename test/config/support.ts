import { ConfigError } from '../../lib/config/errors.ts';
import type { LoadInput } from '../../lib/config/examine.ts';
import { loadConfig } from '../../lib/config/load.ts';

export const PROJECT = '254d2280acb74d36a8b839746bcd7352';
export const TASK = 'a276c1ffa0a54c2597fc824b917db317';
export const SIGNING_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** What a shell would hold for {@link MINIMAL}. */
export const ENV = {
  HUAWEICLOUD_SDK_AK: 'TESTACCESSKEY0000001',
  HUAWEICLOUD_SDK_SK: 'canary-secret-key-7Hq',
  SLACK_WEBHOOK_URL: 'https://hooks.slack.com/services/T000/B000/canary',
};

/** The smallest configuration: one project, one task, one channel. */
export const MINIMAL = {
  projects: [{ id: PROJECT, region: 'cn-north-4', tasks: [TASK] }],
  channels: { ops: { type: 'slack', url: `\${SLACK_WEBHOOK_URL}` } },
};

/** Loads a text, or an object written as JSON. */
export function load(content: string | object, sources: Partial<Omit<LoadInput, 'text'>> = {}) {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return loadConfig({ text, file: 'watch.yml', env: ENV, ...sources });
}

/** The minimal configuration with another project, or other settings of it. */
export function withProject(settings: object) {
  return { ...MINIMAL, projects: [{ ...MINIMAL.projects[0], ...settings }] };
}

/** Waits for a refusal. @throws if there is none */
export async function refusalOf(work: Promise<unknown>): Promise<ConfigError> {
  const outcome = await work.catch((error: unknown) => error);
  if (outcome instanceof ConfigError) return outcome;
  throw new TypeError('it was not refused');
}

/** The problems of a refused text as `path: message`. */
export async function problemsOf(
  content: string | object,
  sources: Partial<Omit<LoadInput, 'text'>> = {},
): Promise<string[]> {
  const { problems } = await refusalOf(load(content, sources));
  return problems.map(({ path, message }) => `${path}: ${message}`);
}
