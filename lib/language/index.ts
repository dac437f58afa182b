import { en } from './en.ts';
import type { Language } from './language.ts';

/** The languages that chats can be written to in, by the name that the configuration gives them. */
export const LANGUAGES = { en } as const satisfies Record<string, Language>;
