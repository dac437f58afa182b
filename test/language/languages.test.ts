import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EVENT_TYPES } from '../../lib/events/codes.ts';
import { LANGUAGES } from '../../lib/language/index.ts';

const FOLDER = new URL('../../lib/language/', import.meta.url);
/** What is no language: the interface, the registry, and what languages share. */
const SHARED = ['language.ts', 'index.ts', 'format.ts'];
/** U+00A0 and its kin look like blanks. */
const LOOSE = /^\s|\s$|\p{Zs}{2}|\p{Cc}|undefined|NaN|\[object/u;

describe('the registry of languages', () => {
  it('names each file of its folder, and no other', () => {
    const files = readdirSync(FOLDER, { withFileTypes: true });
    const languages = files.filter((one) => one.isFile() && !SHARED.includes(one.name));
    expect(languages.map(({ name }) => name).sort()).toStrictEqual(
      Object.keys(LANGUAGES).map((name) => `${name}.ts`),
    );
    const folders = files.filter((one) => one.isDirectory()).map(({ name }) => name);
    expect(folders.filter((name) => !Object.hasOwn(LANGUAGES, name))).toStrictEqual([]);
  });
});

describe.each(Object.entries(LANGUAGES))('the language %s', (_name, language) => {
  const { labels, headings, marks, phases, failures } = language;

  it.each(Object.entries({ labels, headings, marks, phases, failures }))(
    'has a word for all %s',
    (_what, words) => {
      for (const word of Object.values(words)) {
        expect(word).not.toBe('');
        expect(word).not.toMatch(LOOSE);
      }
    },
  );

  it('tells labels apart', () => {
    expect(new Set(Object.values(labels)).size).toBe(Object.keys(labels).length);
  });

  it('has a name for each type of event', () => {
    const names = EVENT_TYPES.map((type) => language.values.eventName(type));
    expect(new Set(names).size).toBe(EVENT_TYPES.length);
    expect(names.filter((name) => name === '' || LOOSE.test(name))).toStrictEqual([]);
  });
});
