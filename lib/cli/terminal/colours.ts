import { styleText } from 'node:util';
import type { Env } from '../../base/env.ts';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'cyan';

/** A text in a style, where the terminal shows styles. */
export type Paint = (style: Style, text: string) => string;

/** Colours are for terminals; `NO_COLOR` (no-color.org) and `FORCE_COLOR` say otherwise. */
export function painter(env: Env, isTerminal: boolean): Paint {
  if (!hasColours(env, isTerminal)) return (_style, text) => text;
  return (style, text) => styleText(style, text, { validateStream: false });
}

function hasColours(env: Env, isTerminal: boolean): boolean {
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isTerminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
}
