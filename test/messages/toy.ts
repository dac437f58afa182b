import { PHASES } from '../../lib/events/phase.ts';
import { CALL_NAMES } from '../../lib/events/reason.ts';
import { EVENT_TYPES } from '../../lib/events/schema/codes.ts';
import { en } from '../../lib/language/en.ts';
import type { Language } from '../../lib/language/language.ts';

/** Codes and moments, which a sentence may be given: it is the language that has words for them. */
const CODES: ReadonlySet<string> = new Set([
  ...EVENT_TYPES,
  ...PHASES,
  ...CALL_NAMES,
  'task',
  'group',
  'project',
]);
const MOMENT = /^\d{4}-\d\d-\d\d/;

function isData(value: unknown): value is string {
  return typeof value === 'string' && !CODES.has(value) && !MOMENT.test(value);
}

/** `«digests.eventsOfOne»[orders-cache]`: the name of a sentence, and the texts that it was given. */
function marked<T>(value: T, path: string): T;
function marked(value: unknown, path: string): unknown {
  if (typeof value === 'string') return `«${path}»`;
  if (typeof value === 'function') {
    return (...given: readonly unknown[]) =>
      [`«${path}»`, ...given.filter(isData).map((text) => `[${text}]`)].join('');
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, marked(inner, path === '' ? key : `${path}.${key}`)]),
  );
}

/** A language without a word: each of its sentences is its own name. */
export const TOY: Language = { ...marked(en, ''), colon: '：' };
