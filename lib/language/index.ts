import { english } from './en.ts';
import type { Language } from './language.ts';
import { type Moments, momentsIn } from './moments.ts';

type InZone = (moments: Moments) => Language;

/**
 * The languages that chats can be written to in, by the name that the configuration gives them. Events store English, so
 * it is always there; any other is loaded where somebody reads it.
 */
export const LANGUAGES = {
  en: async () => english,
  zh: async () => (await import('./zh.ts')).chinese,
} as const satisfies Record<string, () => Promise<InZone>>;

export type LanguageName = keyof typeof LANGUAGES;

function isLanguageName(name: string): name is LanguageName {
  return Object.hasOwn(LANGUAGES, name);
}

export const LANGUAGE_NAMES = Object.keys(LANGUAGES).filter(isLanguageName);

/** The language and the time zone of the readers of a chat. */
export interface Locale {
  readonly language: LanguageName;
  /** Its IANA name. */
  readonly timeZone: string;
}

export async function languageOf({ language, timeZone }: Locale): Promise<Language> {
  const inZone = await LANGUAGES[language]();
  return inZone(momentsIn(timeZone));
}
