import { isObject } from '../base/json.ts';

/**
 * Turns a part of a version 1 record into its version 2 form. Any other value passes unchanged, for the schema to
 * refuse.
 */
type Upgrade = (value: unknown) => unknown;

/** Names of version 2 by the fields of version 1, with the upgrades inside them. */
type Fields = Readonly<Record<string, string | readonly [name: string, inside: Upgrade]>>;

function object(fields: Fields): Upgrade {
  const renamed = new Map(Object.entries(fields));
  return (value) =>
    mapped(value, ([old, content]) => {
      const field = renamed.get(old) ?? old;
      return typeof field === 'string' ? [field, content] : [field[0], field[1](content)];
    });
}

function everyValue(inside: Upgrade): Upgrade {
  return (value) => mapped(value, ([name, content]) => [name, inside(content)]);
}

function everyItem(inside: Upgrade): Upgrade {
  return (value) => (Array.isArray(value) ? value.map(inside) : value);
}

/** Sorts channel names. Version 1 kept an object here, with the destination of each channel. */
function sortedNames(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? Object.keys(value).toSorted() : value;
}

function mapped(value: unknown, change: (entry: [string, unknown]) => [string, unknown]): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(change));
}

const ANNOUNCED = object({ told: 'announced' });

const RUN = object({
  told: 'events',
  unlisted: 'unlistedEvents',
  pace: 'rateFrom',
  paceBefore: 'rateFromBefore',
  motion: 'lastProgress',
  announced: 'wasReady',
  ready: ['ready', ANNOUNCED],
  waiting: ['waiting', ANNOUNCED],
});

const CHANNEL = object({ restUntil: 'openUntil', isUntold: 'isUnannounced', toldAt: 'announcedAt' });

const RECORD = object({
  schemaVersion: ['schemaVersion', () => 2],
  course: ['run', RUN],
  trouble: ['failing', ANNOUNCED],
  rest: ['cooldowns', (rest) => [rest]],
  swept: 'sweptAt',
  degraded: ['degraded', everyValue(ANNOUNCED)],
  past: ['baseline', object({ sought: 'pattern', each: 'length', marks: 'fingerprints' })],
  unfit: 'unfitPattern',
  group: 'announced',
  channels: ['channels', everyValue(CHANNEL)],
  partitions: ['partitions', everyValue(sortedNames)],
  waiting: ['reminders', everyItem(object({ said: 'lastSentAt' }))],
  counted: 'eventCount',
  told: 'sent',
  buried: 'deadLettersUpTo',
});

/** The fields beside the state in version 2. Version 1 had all fields in one object. */
const BESIDE_STATE: ReadonlySet<string> = new Set([
  'schemaVersion',
  'born',
  'sequence',
  'eventCount',
  'outbox',
  'sent',
  'reminders',
  'deadLettersUpTo',
  'lease',
]);

/** Turns a version 1 record into version 2. The store keeps version 1 until the next change of the record. */
export function fromVersion1(json: unknown): unknown {
  const renamed = RECORD(json);
  if (!isObject(renamed)) return renamed;
  const fields = Object.entries(renamed);
  const state = Object.fromEntries(fields.filter(([name]) => !BESIDE_STATE.has(name)));
  return { ...Object.fromEntries(fields.filter(([name]) => BESIDE_STATE.has(name))), state };
}
