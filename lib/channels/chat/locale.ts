import * as z from 'zod/mini';
import { nearest } from '../../base/nearest.ts';
import { LANGUAGE_NAMES, type LanguageName, type Locale } from '../../language/index.ts';

export type { LanguageName };

export const DEFAULT_LOCALE: Locale = { language: 'en', timeZone: 'UTC' };

/** The setting `language`. */
export const languageSchema = z.enum(LANGUAGE_NAMES, {
  error: `expected the name of a language (known: ${LANGUAGE_NAMES.join(', ')})`,
});

/** Common names of zones that do not exist, with the zones that they mean. */
const MISTAKEN: ReadonlyMap<string, string> = new Map([
  ['asia/beijing', 'Asia/Shanghai'],
  ['beijing', 'Asia/Shanghai'],
  ['shanghai', 'Asia/Shanghai'],
]);

function zoneHint({ input }: { readonly input?: unknown }): string {
  const text = typeof input === 'string' ? input : '';
  const meant = MISTAKEN.get(text.toLowerCase()) ?? nearest(text, Intl.supportedValuesOf('timeZone'));
  return `${meant === undefined ? '' : `did you mean ${meant}? `}expected an IANA time zone such as UTC, Asia/Shanghai or Europe/Berlin`;
}

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** The setting `timeZone`. */
export const timeZoneSchema = z.string({ error: zoneHint }).check(z.refine(isTimeZone, { error: zoneHint }));
