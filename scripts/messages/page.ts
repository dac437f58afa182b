import { phrase } from '../../lib/base/explanation.ts';
import { layOut, PLAIN, type TextLimits, textRoom } from '../../lib/channels/chat/layout.ts';
import { ANSWERS } from '../../lib/events/answer.ts';
import type { Answer, MigrationEvent } from '../../lib/events/event.ts';
import { CAUSES } from '../../lib/events/reason.ts';
import { FAULTS } from '../../lib/http/faults.ts';
import { FLAWS } from '../../lib/language/en/explanations/flaws.ts';
import { HINTS } from '../../lib/language/en/explanations/hints.ts';
import { en } from '../../lib/language/en.ts';
import { type Locale, languageOf } from '../../lib/language/index.ts';
import type { Language } from '../../lib/language/language.ts';
import { compose } from '../../lib/messages/compose.ts';
import { sentenceOf, titleOf } from '../../lib/messages/parts/title.ts';
import { translate } from '../../lib/messages/translate.ts';
import { CHAPTERS } from './chapters.ts';
import type { Chapter, Example } from './examples.ts';
import { wrap } from './wrap.ts';

const LOCALES: readonly Locale[] = [
  { language: 'en', timeZone: 'UTC' },
  { language: 'zh', timeZone: 'Asia/Shanghai' },
];
const LANGUAGES = await Promise.all(LOCALES.map(languageOf));
const COLUMNS = 92;
/** A chat with much room. */
const LIMITS: TextLimits = { most: 6000, measure: (text) => text.length, headline: 400 };

const INTRODUCTION = `# Every message

This page shows each message that people get in a chat, as plain text: in English with times in UTC, and in Chinese
(\`language: zh\`) with times in \`timeZone: Asia/Shanghai\`. Each chat lays the same words out in its own way: with a
colour, with bold labels, with a button for the console. Names, statuses, settings and the words of DCS stay as they are.

\`npm run messages\` writes this page from the words and rules of the program; a test fails when it is out of date.
`;

/** The whole page. */
export function messagesPage(): string {
  const chapters = [...CHAPTERS.map(chapterText), answersText(), reasonsText(), adviceText()];
  const others = [ANSWERS_TITLE, REASONS_TITLE, ADVICE_TITLE].map((title) => entry(title));
  const contents = [...CHAPTERS.flatMap(entriesOf), ...others].join('\n');
  return `${[INTRODUCTION.trimEnd(), `## Contents\n\n${contents}`, ...chapters].join('\n\n')}\n`;
}

function entriesOf({ title, examples }: Chapter): string[] {
  return [entry(title), ...examples.map((example) => entry(example.title, '  '))];
}

function entry(title: string, indent = ''): string {
  return `${indent}- [${title}](#${anchorOf(title)})`;
}

/** As GitHub makes it. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}

function chapterText({ title, about, examples }: Chapter): string {
  return [`## ${title}`, about, ...examples.map(exampleText)].join('\n\n');
}

function exampleText({ title, about, events, given, variants }: Example): string {
  const now = new Date(events[0].time);
  const messages = LANGUAGES.map((language) => {
    const message = compose(events, { language, room: textRoom(PLAIN, LIMITS), now, ...given });
    return block(layOut(message, PLAIN, LIMITS).split('\n'));
  });
  const others = variants.length === 0 ? [] : ['The same with other words:', pairs(variants.map(sentences))];
  return [`### ${title}`, ...(about === undefined ? [] : [about]), ...messages, ...others].join('\n\n');
}

function sentences(event: MigrationEvent): readonly string[] {
  return LANGUAGES.map((language) => sentenceOf(titleOf(translate(event, language), language)));
}

function pairs(all: readonly (readonly string[])[]): string {
  return block(all.flatMap((words, index) => (index === 0 ? words : ['', ...words])));
}

function block(lines: readonly string[]): string {
  return ['```text', ...lines.flatMap((line) => wrap(line, COLUMNS)), '```'].join('\n');
}

const ANSWERS_TITLE = 'Answers of DCS';

/** Details of an answer, each of which some sentence says. */
const ANSWER: Partial<Answer> = {
  call: 'ShowMigrationTask',
  permission: 'dcs:migrationTask:get',
  minutes: -16,
  seconds: 5,
};

/** Flaws of pages that do not fit together. */
const OF_A_LIST: ReadonlySet<string> = new Set([
  'too_many_pages',
  'changed_between_pages',
  'count_differs',
  'fewer_than_counted',
]);
const UNREADABLE = 'An answer that cannot be used says why.';

function answersText(): string {
  const about = 'A look that fails says what DCS answered, and what to do about it.';
  const said = ANSWERS.map((code) =>
    LANGUAGES.map((language) => language.answers[code]({ ...ANSWER, code })),
  );
  const flaws = Object.keys(FLAWS).map((code) => {
    const explanation = { what: [phrase(code, '100')] };
    const words = en.prose.explanation(explanation) ?? code;
    const kind = OF_A_LIST.has(code) ? 'list_changed' : 'unreadable';
    return LANGUAGES.map(({ answers }) => answers[kind]({ code: kind, words, explanation }));
  });
  return [`## ${ANSWERS_TITLE}`, about, pairs(said), UNREADABLE, pairs(flaws)].join('\n\n');
}

const REASONS_TITLE = 'Reasons why nothing was delivered';

function reasonsText(): string {
  const about = 'The message about a broken channel says why, and what to do, in one or more of these parts.';
  const said = [FAULTS, HINTS]
    .flatMap(Object.keys)
    .map((code) =>
      LANGUAGES.map(({ prose }) => prose.explanation({ what: [phrase(code, '…', '…')] }) ?? code),
    );
  return [`## ${REASONS_TITLE}`, about, pairs(said)].join('\n\n');
}

const ADVICE_TITLE = 'Advice on failures';

function adviceText(): string {
  const about = 'The message of a failed task says what to do when its error is a known one.';
  const said = CAUSES.map((cause) =>
    LANGUAGES.map(
      (language: Language) => `${language.causes[cause]}${language.colon}${language.advice[cause]()}`,
    ),
  );
  return [`## ${ADVICE_TITLE}`, about, pairs(said)].join('\n\n');
}
