import { defined } from '../base/defined.ts';
import { oneLine } from '../base/text.ts';
import type { MigrationEvent } from '../events/event.ts';
import { en } from '../language/en.ts';
import type { Language } from '../language/language.ts';
import { cut, type LengthOf } from './format.ts';
import type { Title } from './message.ts';

/** So much of a name is always left, however long the sentence behind it is. */
const SHORTEST_NAME = 30;

/** The name of an event's subject, where its summary begins with it. */
function nameIn({ summary, task, group }: MigrationEvent['data']): string | undefined {
  const name = group === undefined ? task?.name : `group ${group.name}`;
  return name !== undefined && summary.startsWith(`${name}: `) ? name : undefined;
}

/**
 * The sentence of an event, with the name of its subject apart. English is stored with every event; an event of an older
 * version that does not say enough for another language has only that.
 */
export function titleOf(event: MigrationEvent, language: Language, mark = ''): Title {
  return (language === en ? undefined : translated(event, language, mark)) ?? stored(event, mark);
}

function translated({ type, data }: MigrationEvent, language: Language, mark: string): Title | undefined {
  const text = language.summarise(type, data);
  return text === undefined ? undefined : defined({ mark, name: language.values.subject(data), text });
}

function stored({ data }: MigrationEvent, mark: string): Title {
  const name = nameIn(data);
  if (name === undefined) return { mark, text: data.summary };
  return { mark, name, text: data.summary.slice(name.length + 2) };
}

/** The sentence of a title, without its mark. */
export function sentenceOf({ name, text }: Title): string {
  return name === undefined ? text : `${name}: ${text}`;
}

/**
 * The sentence of a title where there is little room: the name is cut, not the text.
 *
 * @param max the length that it should have, as `lengthOf` counts it; a longer text is left as it is
 */
export function sentenceWithin(title: Title, max: number, lengthOf: LengthOf): string {
  const { name, text } = title;
  const sentence = sentenceOf(title);
  if (name === undefined || lengthOf(oneLine(sentence)) <= max) return sentence;
  const words = oneLine(text);
  const left = Math.max(SHORTEST_NAME, max - lengthOf(oneLine(`: ${words}`)));
  return `${cut(name, left, lengthOf)}: ${words}`;
}
