import { didYouMean } from '../base/nearest.ts';
import { EVENT_WORDS } from '../channels/filter.ts';
import type { EventType } from '../events/event.ts';
import { EVENT_TYPES } from '../events/schema/codes.ts';

const PREFIX = 'dcs.';

/** The type as `when.events` of the configuration writes it: `migration.progress`. */
export function wordOf(type: EventType): string {
  return type.slice(PREFIX.length);
}

/** @returns in words what is wrong, when there is no such type */
export function typeOf(word: string): EventType | { readonly problem: string } {
  const plain = word.startsWith(PREFIX) ? word.slice(PREFIX.length) : word;
  const type = EVENT_TYPES.find((one) => wordOf(one) === plain);
  if (type !== undefined) return type;
  const problem = `there is no type of event ${JSON.stringify(word)}; ${didYouMean(plain, EVENT_WORDS)}choose one of ${EVENT_WORDS.join(', ')}`;
  return { problem };
}

/** The first that a drill tries. */
export const USUAL: EventType = 'dcs.migration.progress';

/** Types on which no pipeline acts, the usual one first. */
const HARMLESS: readonly EventType[] = [
  USUAL,
  'dcs.migration.first_seen',
  'dcs.migration.resumed',
  'dcs.watch.restored',
];

export function isHarmless(type: EventType): boolean {
  return HARMLESS.includes(type);
}

/** All types, harmless ones first. */
export const GENTLEST_FIRST: readonly EventType[] = [...new Set([...HARMLESS, ...EVENT_TYPES])];
