import { expect, it } from 'vitest';
import { en, english } from '../../lib/language/en.ts';
import type { Language } from '../../lib/language/language.ts';

/** The compiler checks these; nothing of them runs. */
function incomplete(): readonly Language[] {
  const { labels, transitions, reasons, sentences, prose } = en;
  const { status: _status, ...fewerLabels } = labels;
  const { gone: _gone, ...fewerTransitions } = transitions;
  const { resting: _resting, ...fewerReasons } = reasons;
  const { 'dcs.group.ready': _ready, ...fewerSentences } = sentences;
  const { unread: _unread, ...lessProse } = prose;
  const { advice: _advice, ...withoutAdvice } = en;
  return [
    // @ts-expect-error a label is missing
    { ...en, labels: fewerLabels },
    // @ts-expect-error the sentence of a transition is missing
    { ...en, transitions: fewerTransitions },
    // @ts-expect-error a reason is missing
    { ...en, reasons: fewerReasons },
    // @ts-expect-error the sentence of a type of event is missing
    { ...en, sentences: fewerSentences },
    // @ts-expect-error a sentence within the data is missing
    { ...en, prose: lessProse },
    // @ts-expect-error a whole group of sentences is missing
    withoutAdvice,
    // @ts-expect-error a sentence says of another kind of value than it is asked about
    { ...en, figures: { ...en.figures, duration: (text: string) => text } },
  ];
}

it('a language without one of the sentences is refused by the compiler', () => {
  expect(incomplete).toBeInstanceOf(Function);
  expect(english(en.figures)).toHaveProperty('labels', en.labels);
});
