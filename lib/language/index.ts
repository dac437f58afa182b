import { english } from './en.ts';
import type { Language, PageLanguage } from './language.ts';
import { type Moments, momentsIn } from './moments.ts';
import type { PageWords } from './page-words.ts';

interface Loaders {
  words(): Promise<(moments: Moments) => Language>;
  /** Apart, for a tick makes no page. */
  page(): Promise<PageWords>;
}

/**
 * The languages that chats can be written to in, by the name that the configuration gives them. Events store English, so
 * it is always there; any other is loaded where somebody reads it.
 */
export const LANGUAGES = {
  en: { words: async () => english, page: async () => (await import('./en/page.ts')).page },
  zh: {
    words: async () => (await import('./zh.ts')).chinese,
    page: async () => (await import('./zh/page.ts')).page,
  },
} as const satisfies Record<string, Loaders>;

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
  const inZone = await LANGUAGES[language].words();
  return inZone(momentsIn(timeZone));
}

export async function pageLanguageOf(locale: Locale): Promise<PageLanguage> {
  const [language, page] = await Promise.all([languageOf(locale), LANGUAGES[locale.language].page()]);
  return { ...language, page };
}
