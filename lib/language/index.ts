import { english } from './en.ts';
import type { Language } from './language.ts';
import { type Moments, momentsIn } from './moments.ts';
import { chinese } from './zh.ts';

type InZone = (moments: Moments) => Language;

/** The languages that chats can be written to in, by the name that the configuration gives them. */
export const LANGUAGES = { en: english, zh: chinese } as const satisfies Record<string, InZone>;

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

export function languageOf({ language, timeZone }: Locale): Language {
  return LANGUAGES[language](momentsIn(timeZone));
}
