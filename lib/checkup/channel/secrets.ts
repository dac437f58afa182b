import { Secret } from '../../base/secret.ts';

/** A secret in the settings of a channel, and the setting that holds it. */
export interface HeldSecret {
  readonly setting: string;
  readonly text: string;
}

/** Every secret in settings, at any depth. */
export function secretsIn(settings: unknown, setting = ''): HeldSecret[] {
  if (settings instanceof Secret) return [{ setting, text: settings.reveal() }];
  if (typeof settings !== 'object' || settings === null) return [];
  return Object.entries(settings).flatMap(([name, inner]) =>
    secretsIn(inner, setting === '' ? name : `${setting}.${name}`),
  );
}

const QUOTED = /^(["'`]).*\1$/s;
/** PEM has several lines. */
const IS_PEM = /^-----BEGIN /;

/**
 * The fault that the form of any secret can have, in words that name no part of it. Files and variables keep quotes and
 * line breaks that a shell would take away, and what is copied from a page may hold characters that nobody sees.
 */
export function secretProblem(text: string): string | undefined {
  if (IS_PEM.test(text)) return undefined;
  if (QUOTED.test(text)) return 'has quotes around it';
  if (/[\r\n]/.test(text)) return 'has a line break in it';
  if (text !== text.trim()) return 'has a blank at its beginning or end';
  return /[\p{Cc}\p{Cf}]/u.test(text) ? 'has an invisible character in it' : undefined;
}
