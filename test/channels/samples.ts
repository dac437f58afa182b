import * as z from 'zod/mini';
import { CHANNEL_TYPES } from '../../lib/channels/index.ts';
import type { EventData } from '../../lib/events/event.ts';
import { CHANGE } from './support.ts';

const texts = z.readonly(z.array(z.string()));
/** An answer of the vendor and its class, as its documents or measurements say; a list stands for each of its values. */
const answerSchema = z.object({
  /** `null`: whatever the status is. */
  status: z.nullable(z.union([z.number(), z.array(z.number())])),
  headers: z._default(z.record(z.string(), z.string()), {}),
  body: z.optional(z.record(z.string(), z.unknown())),
  class: z.enum(['delivered', 'transient', 'pause', 'permanent', 'broken']),
  seconds: z.optional(z.number()),
  asPlain: z.optional(z.literal(true)),
});

const schema = z.object({
  /** The least settings of the type, beside its address; its type only in a variant. */
  settings: z.record(z.string(), z.unknown()),
  /** Whatever goes another way than our HTTP client keeps a contract of its own, in `contract.test.ts` beside its tests. */
  transport: z._default(z.enum(['http', 'smtp', 'aws']), 'http'),
  /** The setting with its address. */
  place: z._default(z.string(), 'url'),
  /** The body of an answer 200 with which the vendor takes a message. */
  taken: z._default(z.string(), 'ok'),
  /** An event that a channel of this type gets. */
  data: z._default(
    z.custom<EventData>((value) => typeof value === 'object'),
    CHANGE,
  ),
  /** The receipt of a message that the channel goes on with, where it has such. */
  thread: z.optional(z.string()),
  /** The class of a 200 whose body is lost on the way. */
  unread: z._default(z.enum(['delivered', 'permanent']), 'delivered'),
  /** The wait after a 429 without `Retry-After`. Milliseconds. */
  pauseMs: z.optional(z.number()),
  /** Fields of the body that are made anew for each attempt: signatures and their times. */
  volatile: z._default(z.array(z.string()), []),
  /**
   * Throws unless the vendor takes a request of this body and nothing in it but a mention of the configuration is more
   * than text. For chats.
   */
  assertGood: z.optional(z.custom<(body: string) => void>((value) => typeof value === 'function')),
  /** As its JSON file has them. */
  answers: z.pipe(z._default(z.unknown(), []), z.array(answerSchema)),
  /**
   * Secrets: parts of its URL (a path and a query), values of its headers, those in the body of each request, and those
   * that no request carries.
   */
  secrets: z.object({ url: texts, headers: texts, body: z._default(texts, []), unsent: texts }),
});

/** As a sample writes it. */
export type ChannelSample = z.input<typeof schema>;
type Sample = z.output<typeof schema>;

/** Every type of channel, by the name that the configuration gives it. */
export const TYPES: readonly string[] = Object.keys(CHANNEL_TYPES);

const file = z.object({ sample: schema, variants: z._default(z.record(z.string(), schema), {}) });

/** The sample of a type and those of its other forms, each by its name. */
async function samplesIn(type: string): Promise<[name: string, sample: Sample][]> {
  const { sample, variants } = file.parse({
    ...(await import(new URL(`${type}/sample.ts`, import.meta.url).href)),
  });
  return [[type, sample], ...Object.entries(variants)];
}

const SAMPLES = new Map((await Promise.all(TYPES.map(samplesIn))).flat());

/** Every type of channel, and every other form of one that its `sample.ts` has among its `variants`. */
export const FORMS: readonly string[] = [...SAMPLES].flatMap(([name, { transport }]) =>
  transport === 'http' ? [name] : [],
);

/** Types whose requests our HTTP client sends. */
export const HTTP_TYPES: readonly string[] = TYPES.filter((type) => sampleOf(type).transport === 'http');

/** A channel of each type for the tests of all: a type brings its own, in `sample.ts` beside its tests. */
export function sampleOf(type: string): Sample {
  const sample = SAMPLES.get(type);
  if (sample === undefined) throw new TypeError(`there is no type ${type}`);
  return sample;
}

/** Everything in it that nobody but the receiver may see. */
export function secretsOf(type: string): readonly string[] {
  const { url, headers, body, unsent } = sampleOf(type).secrets;
  return [...url, ...headers, ...body, ...unsent];
}

/** One answer of a vendor. */
export interface VendorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly expected: z.output<typeof answerSchema>;
}

/** A code that no table knows. */
const OTHER: Readonly<Record<string, unknown>> = {
  'anything else': 987_654,
  anything_else: 'nobody_knows_this',
};
const ANY_STATUS = [200, 400, 403, 500];

/** Every answer in the sample of a type: each value of each list. */
export function answersOf(type: string): readonly VendorAnswer[] {
  return sampleOf(type).answers.flatMap((expected) => {
    const statuses = expected.status === null ? ANY_STATUS : [expected.status].flat();
    const bodies = expected.body === undefined ? [undefined] : variantsOf(expected.body);
    return statuses.flatMap((status) =>
      bodies.map((body) => ({
        status,
        headers: expected.headers,
        body: body === undefined ? '' : JSON.stringify(body),
        expected,
      })),
    );
  });
}

/** @returns each combination of the values of lists of words, at any depth */
function variantsOf(value: unknown): unknown[] {
  if (typeof value === 'string' && value in OTHER) return [OTHER[value]];
  if (typeof value !== 'object' || value === null) return [value];
  if (Array.isArray(value)) {
    const isChoice = value.every((one) => typeof one !== 'object');
    return isChoice ? value.flatMap(variantsOf) : combinations(value.map(variantsOf));
  }
  const entries = Object.entries(value);
  return combinations(entries.map(([, one]) => variantsOf(one))).map((values) =>
    Object.fromEntries(entries.map(([key], place) => [key, values[place]])),
  );
}

function combinations(lists: readonly (readonly unknown[])[]): unknown[][] {
  return lists.reduce<unknown[][]>(
    (before, list) => before.flatMap((head) => list.map((one) => [...head, one])),
    [[]],
  );
}

/** One type for each way of sending: a message, an event. All others share their code. */
const MODELS: ReadonlySet<string> = new Set(['slack', 'webhook']);

export function isModel(form: string): boolean {
  return MODELS.has(form);
}
