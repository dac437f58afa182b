import * as z from 'zod/mini';
import { didYouMean } from '../../base/nearest.ts';
import { REGIONS } from '../../huawei/regions.ts';

const URN = /^urn:smn:([a-z0-9-]{1,64}):([\da-z-]{1,64}):([\w-]{1,255})$/;
const HINT =
  'expected the URN of a topic, as the SMN console shows it: urn:smn:cn-north-4:<project id>:<name>';

/** The setting `topic`. */
export const topicSchema = z.string({ error: HINT }).check(
  z.refine((text) => URN.test(text), HINT),
  z.describe('The URN of the topic to publish to.'),
);

interface Topic {
  readonly region: string;
  readonly projectId: string;
}

/** The region and the project of a topic; nothing for a text that is no URN. */
export function topicOf(urn: string): Topic | undefined {
  const [, region, projectId] = URN.exec(urn) ?? [];
  return region === undefined || projectId === undefined ? undefined : { region, projectId };
}

const KNOWN: ReadonlySet<string> = new Set(REGIONS);

/** The region of a topic picks the endpoint: one that Huawei Cloud does not have needs an endpoint of its own. */
export const ofKnownRegion = z.check<{ topic: string; endpoint?: unknown }>(
  ({ value: { topic, endpoint }, issues }) => {
    const region = topicOf(topic)?.region;
    if (endpoint !== undefined || region === undefined || KNOWN.has(region)) return;
    const message = `${didYouMean(region, REGIONS)}is in a region that Huawei Cloud does not have; for another operator name the API with endpoint: https://…`;
    issues.push({ code: 'custom', path: ['topic'], input: undefined, message, continue: true });
  },
);
