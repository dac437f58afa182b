import * as z from 'zod/mini';
import { CHANNEL_TYPES } from '../../lib/channels/index.ts';

const texts = z.readonly(z.array(z.string()));
const schema = z.object({
  /** The least settings of the type, beside its type and its URL. */
  settings: z.record(z.string(), z.unknown()),
  /** Secrets: parts of its URL (a path and a query), values of its headers, and those that no request carries. */
  secrets: z.object({ url: texts, headers: texts, unsent: texts }),
});

export type ChannelSample = z.output<typeof schema>;

/** Every type of channel, by the name that the configuration gives it. */
export const TYPES: readonly string[] = Object.keys(CHANNEL_TYPES);

async function sampleIn(type: string): Promise<ChannelSample> {
  const file: { readonly sample?: unknown } = await import(
    new URL(`${type}/sample.ts`, import.meta.url).href
  );
  return schema.parse(file.sample);
}

const SAMPLES = new Map(await Promise.all(TYPES.map(async (type) => [type, await sampleIn(type)] as const)));

/** A channel of each type for the tests of all: a type brings its own, in `sample.ts` beside its tests. */
export function sampleOf(type: string): ChannelSample {
  const sample = SAMPLES.get(type);
  if (sample === undefined) throw new TypeError(`there is no type ${type}`);
  return sample;
}

/** Everything in it that nobody but the receiver may see. */
export function secretsOf(type: string): readonly string[] {
  const { url, headers, unsent } = sampleOf(type).secrets;
  return [...url, ...headers, ...unsent];
}
