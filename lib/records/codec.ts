import * as z from 'zod/mini';
import { isObject, parseJson } from '../base/json.ts';
import { STORED_EVENT } from '../events/stored.ts';
import type { Observation } from '../migration/model/observation.ts';
import type { ItemKey } from '../store/store.ts';
import { kindOf, type RecordKind } from './keys.ts';
import { type Attempt, SCHEMA_VERSION, type StoredRecord } from './record.ts';
import { fromVersion1 } from './version-1.ts';

/** The result of reading a stored text. */
export type Decoded = { readonly kind: 'record'; readonly record: StoredRecord } | NoRecord;

/** The reason why a stored text gives no record. */
export type NoRecord =
  /** Damaged, or never a record. The next write of its key keeps the text aside. */
  | { readonly kind: 'unreadable' }
  /** Written by a newer version of this program, so never overwritten. */
  | { readonly kind: 'newer'; readonly version: number };

/** Writes state and envelope as separate parts of one item. */
export function encodeRecord(record: StoredRecord): string {
  const { schemaVersion, born, sequence, eventCount, state, ...envelope } = record;
  const { outbox, sent, reminders, receipts, deadLettersUpTo, lease, ...others } = envelope;
  const known = { outbox, sent, reminders, receipts, deadLettersUpTo, lease };
  return JSON.stringify({ schemaVersion, born, sequence, eventCount, state, ...known, ...others });
}

/**
 * Reads a stored text. Text that no version of this program can have written is unreadable; the kind of state follows
 * from the key.
 */
export function decodeRecord({ id }: ItemKey, body: string): Decoded {
  const json = parseJson(body);
  const version = VERSIONED.safeParse(json).data?.schemaVersion;
  if (version !== undefined && version > SCHEMA_VERSION) return { kind: 'newer', version };
  const kind = kindOf(id);
  const parsed = kind && SCHEMAS[kind].safeParse(version === 1 ? fromVersion1(json) : json);
  return parsed?.success ? { kind: 'record', record: parsed.data } : { kind: 'unreadable' };
}

const VERSIONED = z.object({ schemaVersion: z.number() });
export const TIME = z.string().check(z.refine((text) => !Number.isNaN(Date.parse(text))));
const COUNT = z.number().check(z.int(), z.nonnegative());
/** Leaves room for a million further events before the text of a number exceeds ten digits. */
const SEQUENCE = COUNT.check(z.lt(10 ** 10 - 10 ** 6));
const REMINDED = z.object({ at: TIME, times: COUNT });

const PHRASES = z.optional(z.array(z.object({ code: z.string(), values: z.optional(z.array(z.string())) })));
const EXPLANATION = z.optional(z.object({ what: PHRASES, advice: PHRASES }));
const ATTEMPTS = z.array(z.custom<Attempt>(isAttempt));

const MERGED = z.object({
  events: COUNT,
  since: TIME,
  until: TIME,
  kinds: z.record(z.string(), COUNT),
  from: z.optional(z.string()),
  to: z.optional(z.string()),
});
export const DELIVERY = z.object({
  attempts: COUNT,
  tooSoon: z.optional(COUNT),
  nextAttemptAt: TIME,
  history: ATTEMPTS,
  redrive: z.optional(z.object({ number: COUNT, at: TIME })),
  owedSince: z.optional(TIME),
  settings: z.optional(z.string()),
  merged: z.optional(MERGED),
  reminder: z.optional(z.boolean()),
});
const SENT = z.object({
  eventId: z.string(),
  channel: z.string(),
  at: TIME,
  attempts: COUNT,
  events: COUNT,
  redrives: z.optional(COUNT),
  renews: z.optional(z.string()),
  type: z.optional(z.string()),
  time: z.optional(TIME),
  summary: z.optional(z.string()),
  facts: z.optional(z.looseObject({})),
  status: z.optional(z.number()),
  ms: z.optional(z.number()),
  before: z.optional(ATTEMPTS),
});

const STANDING = z.object({ status: z.string(), phase: z.string(), since: TIME });
/** The fields of an observation that messages read inside. */
const OBSERVATION = z.looseObject({
  status: z.string(),
  source: z.optional(z.looseObject({})),
  target: z.optional(z.looseObject({})),
});
const LAST_FIGURES = z.looseObject({ state: z.string(), words: z.string() });
const SAMPLE = z.object({ at: TIME });
const LAG = z.object({
  last: z.number(),
  floor: z.number(),
  growth: z.optional(
    z.object({ since: TIME, stretches: COUNT, at: TIME, offset: z.number(), lowest: z.number() }),
  ),
});
const READY = z.object({
  streak: COUNT,
  since: z.optional(TIME),
  announced: z.optional(z.object({ id: z.string(), sequence: SEQUENCE })),
});
/** The fields of a run that code calculates with: a record that was tampered with must not make a tick fail. */
const RUN = z.looseObject({
  since: TIME,
  spent: z.record(z.string(), z.number()),
  events: z.array(z.object({ type: z.string(), at: z.string() })),
  unlistedEvents: z.optional(COUNT),
  resynchronisations: COUNT,
  rateFrom: z.optional(SAMPLE),
  rateFromBefore: z.optional(SAMPLE),
  lastProgress: z.optional(SAMPLE),
  lag: z.optional(LAG),
  stalled: z.optional(z.object({ kind: z.string(), since: TIME })),
  ready: z.optional(READY),
  retractions: z.optional(COUNT),
  lapses: z.optional(COUNT),
  waiting: z.optional(z.object({ looks: COUNT })),
  figures: z.optional(
    z.object({ at: TIME, state: z.string(), words: z.string(), seenUntil: z.optional(TIME) }),
  ),
  obstacle: z.optional(
    z.object({ because: z.looseObject({ code: z.string() }), unmet: z.array(z.string()) }),
  ),
  switched: z.optional(LAST_FIGURES),
  wasReady: z.optional(z.literal(true)),
  switchOpen: z.optional(z.literal(true)),
  reminded: z.optional(REMINDED),
});
const FAILING = z.object({
  reason: z.string(),
  count: COUNT,
  since: TIME,
  announced: z.boolean(),
  reminded: z.optional(REMINDED),
});
const COOLDOWN = z.object({
  until: TIME,
  keyFingerprint: z.string(),
  refusals: COUNT,
  endpointFingerprint: z.optional(z.string()),
});
const BASELINE = z.object({
  pattern: z.string(),
  length: z.number().check(z.int(), z.positive()),
  fingerprints: z.string(),
});
const ANNOUNCEMENT = z.object({
  id: z.string(),
  sequence: SEQUENCE,
  unchecked: z.optional(z.literal(true)),
});
const HOME = z.object({
  projectId: z.string(),
  region: z.string(),
  consoleUrl: z.string(),
  projects: z.array(z.string()),
});
const CIRCUIT = z.object({
  settings: z.string(),
  reason: z.string(),
  explanation: EXPLANATION,
  openUntil: TIME,
  refusals: COUNT,
  brokenSince: z.optional(TIME),
  isUnannounced: z.optional(z.literal(true)),
  announcedAt: z.optional(TIME),
  reminders: z.optional(COUNT),
});
const CHANNEL_PACE = z.object({ everyMs: z.number().check(z.positive()), since: TIME, refusals: COUNT });
/** The scope may be any text, because a newer build may know more scopes. */
const MUTE = z.object({
  id: z.string(),
  scope: z.string(),
  target: z.string(),
  name: z.string(),
  from: TIME,
  until: TIME,
  why: z.string(),
  isEnded: z.optional(z.literal(true)),
});
const CLAIM = z.object({ loadedAt: TIME, contestedAt: z.optional(TIME), defendedAt: z.optional(TIME) });

/** Every record has a timeline, which is empty for all but tasks. */
const TIMELINE = { timeline: z.array(STANDING) };
const STATES = {
  task: z.object({
    ...TIMELINE,
    observation: z.optional(z.custom<Observation>((value) => OBSERVATION.safeParse(value).success)),
    standing: z.optional(STANDING),
    run: z.optional(RUN),
    ending: z.optional(LAST_FIGURES),
    series: z.optional(z.object({ every: COUNT, at: COUNT, points: z.string() })),
    failing: z.optional(FAILING),
    missing: z.optional(COUNT),
    unconfirmed: z.optional(COUNT),
    discoveredBy: z.optional(z.string()),
  }),
  project: z.object({
    ...TIMELINE,
    failing: z.optional(FAILING),
    cooldowns: z.optional(z.array(COOLDOWN)),
    sweptAt: z.optional(TIME),
    lookedAt: z.optional(TIME),
    degraded: z.optional(z.record(z.string(), z.object({ failures: COUNT, announced: z.boolean() }))),
  }),
  discovery: z.object({
    ...TIMELINE,
    baseline: z.optional(BASELINE),
    unfitPattern: z.optional(z.string()),
  }),
  group: z.object({
    ...TIMELINE,
    announced: z.optional(z.record(z.string(), ANNOUNCEMENT)),
    home: z.optional(HOME),
  }),
  watcher: z.object({
    ...TIMELINE,
    channels: z.optional(z.record(z.string(), CIRCUIT)),
    paces: z.optional(z.record(z.string(), CHANNEL_PACE)),
    partitions: z.optional(z.record(z.string(), z.array(z.string()))),
    claims: z.optional(z.record(z.string(), CLAIM)),
    mutes: z.optional(z.array(MUTE)),
  }),
};
const RECEIPT = z.object({ settings: z.string(), receipt: z.string() });

const ENVELOPE = {
  schemaVersion: z.literal(SCHEMA_VERSION),
  born: TIME,
  sequence: SEQUENCE,
  eventCount: z.optional(COUNT),
  outbox: z.array(z.object({ event: STORED_EVENT, deliveries: z.record(z.string(), DELIVERY) })),
  sent: z.optional(z.array(SENT)),
  reminders: z.optional(z.array(z.object({ event: STORED_EVENT, lastSentAt: z.record(z.string(), TIME) }))),
  receipts: z.optional(z.record(z.string(), RECEIPT)),
  deadLettersUpTo: z.optional(COUNT),
  lease: z.optional(z.object({ owner: z.string(), until: TIME })),
};

function schemaOf(state: (typeof STATES)[RecordKind]) {
  const shape = z.object({ ...ENVELOPE, state });
  return z.custom<StoredRecord>((value) => shape.safeParse(value).success);
}

const SCHEMAS = {
  task: schemaOf(STATES.task),
  project: schemaOf(STATES.project),
  discovery: schemaOf(STATES.discovery),
  group: schemaOf(STATES.group),
  watcher: schemaOf(STATES.watcher),
} as const satisfies Record<RecordKind, unknown>;

function isAttempt(value: unknown): boolean {
  return isObject(value) && EXPLANATION.safeParse(value['explanation']).success;
}
