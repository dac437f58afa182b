import { nearest } from '../../../base/nearest.ts';
import { unknownFieldIn } from '../../../events/catalogue/fields.ts';
import { TEXTS } from './engine.ts';
import type { TemplateError } from './error.ts';
import type { Template } from './template.ts';
import type { Path } from './tree.ts';

/** Variables of LiquidJS itself, inside loops. */
const OF_LOOPS: ReadonlySet<string | number> = new Set(['forloop', 'tablerowloop']);

/** The first field of a template that no event of any type can have, in words; nothing if there is none. */
export function unknownField({ fields }: Template, written: string): string | undefined {
  for (const path of fields) {
    const unknown = OF_LOOPS.has(path[0] ?? '') ? undefined : unknownFieldIn(path);
    if (unknown === undefined) continue;
    const { known, names } = unknown;
    const typed = String(path[known.length]);
    const shown = shownIn(written, typed) ? pathText([...known, typed]) : 'a field';
    return `uses ${shown}, which no event has; ${hintFor(known, typed, names)}`;
  }
  return undefined;
}

function hintFor(known: Path, typed: string, names: readonly string[]): string {
  if (known.length === 0 && unknownFieldIn(['data', typed]) === undefined)
    return `did you mean data.${typed}?`;
  const meant = nearest(typed, names);
  if (meant !== undefined) return `did you mean ${pathText([...known, meant])}?`;
  return `there are ${names.map((name) => pathText([...known, name])).join(', ')}`;
}

/** A variable that some events lack, as far as it may be shown. */
export function shownField(word: string, written: string): string | undefined {
  return unknownFieldIn(word.split('.')) === undefined || shownIn(written, word) ? word : undefined;
}

/** The problem in words: the unknown name, and the one most likely meant. */
export function wordsFor({ word, message }: TemplateError, written: string): string {
  if (word === undefined || !shownIn(written, word)) return message;
  const known = message.includes('filter') ? TEXTS.filters : TEXTS.tags;
  const meant = nearest(word, Object.keys(known));
  return `${message}: ${word}${meant === undefined ? '' : `; did you mean ${meant}?`}`;
}

const REFERENCE = /\$\{[^{}]*\}/g;

/** A word that came out of a reference may be a secret that stands in the wrong place. */
function shownIn(written: string, word: string): boolean {
  const words = new Set(written.replaceAll(REFERENCE, '').match(/[\w-]+/g));
  return word.split('.').every((part) => words.has(part));
}

function pathText(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}
