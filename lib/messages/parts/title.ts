import { oneLine } from '../../base/text.ts';
import type { EventData, MigrationEvent } from '../../events/event.ts';
import type { Language } from '../../language/language.ts';
import { cut, type LengthOf } from '../format.ts';
import type { Title } from '../message.ts';

/** So much of a name is always left, however long the sentence behind it is. */
const SHORTEST_NAME = 30;

/** Between name and sentence in a summary that nobody could translate. */
const STORED_COLON = ': ';

interface Named {
  readonly name: string;
  readonly text: string;
}

/** The name of an event's subject, where its summary begins with it. That of a project is a sentence of its own. */
function namedIn({ summary, project, ...facts }: EventData, { values, colon }: Language): Named | undefined {
  const name = values.subject(facts);
  const between = [colon, STORED_COLON].find((one) => summary.startsWith(`${name}${one}`));
  if (name === undefined || between === undefined) return undefined;
  return { name, text: summary.slice(name.length + between.length) };
}

/** The sentence of an event in the language that its summary is in, with the name of its subject apart. */
export function titleOf({ data }: MigrationEvent, language: Language, mark = ''): Title {
  const { colon } = language;
  const named = namedIn(data, language);
  return named === undefined ? { mark, colon, text: data.summary } : { mark, colon, ...named };
}

/** The sentence of a title, without its mark. */
export function sentenceOf({ name, colon, text }: Title): string {
  return name === undefined ? text : `${name}${colon}${text}`;
}

/**
 * The sentence of a title where there is little room: the name is cut, not the text.
 *
 * @param max the length that it should have, as `lengthOf` counts it; a longer text is left as it is
 */
export function sentenceWithin(title: Title, max: number, lengthOf: LengthOf): string {
  const { name, colon, text } = title;
  const sentence = sentenceOf(title);
  if (name === undefined || lengthOf(oneLine(sentence)) <= max) return sentence;
  const words = oneLine(text);
  const left = Math.max(SHORTEST_NAME, max - lengthOf(oneLine(`${colon}${words}`)));
  return `${cut(name, left, lengthOf)}${colon}${words}`;
}
