import { answers, answerWords } from './en/answers.ts';
import { explanationWords } from './en/explanations/explanations.ts';
import { figuresIn } from './en/figures.ts';
import { causes, failures, headings, labels, links, marks, phases } from './en/names.ts';
import { overviews } from './en/overviews.ts';
import { digestsIn, footer, sectionsIn } from './en/sections.ts';
import { distanceWords, unknownWords } from './en/sentences/endings.ts';
import { advice, notCheckedWords, unreadWords } from './en/sentences/failures.ts';
import { retractionWords, uncheckedWords } from './en/sentences/groups.ts';
import { reasons } from './en/sentences/readiness.ts';
import { sentencesIn } from './en/sentences/sentences.ts';
import { transitions } from './en/sentences/transitions.ts';
import { degradedDetail, restoredDetail } from './en/sentences/watching.ts';
import { valuesIn } from './en/values.ts';
import type { Language } from './language.ts';
import { type Moments, momentsIn } from './moments.ts';

/** English for readers in one time zone. */
export function english(moments: Moments): Language {
  const sentences = sentencesIn(moments);
  return {
    labels,
    headings,
    links,
    colon: ': ',
    comma: ', ',
    marks,
    phases,
    failures,
    figures: figuresIn(moments),
    values: valuesIn(moments),
    sections: sectionsIn(moments),
    digests: digestsIn(moments),
    overviews,
    footer,
    sentences,
    transitions,
    reasons,
    answers,
    causes,
    advice,
    prose: {
      distance: distanceWords,
      unknownDistance: unknownWords(moments),
      notChecked: notCheckedWords,
      membersNotChecked: uncheckedWords,
      retraction: retractionWords,
      unread: unreadWords,
      restored: restoredDetail(moments),
      explanation: explanationWords,
      answer: answerWords,
      degraded: degradedDetail,
    },
    summarise: (type, facts) => sentences[type](facts),
  };
}

/**
 * The English that events store in `summary`. An event keeps its sentence for ever: readers of other languages get those
 * in English that a changed sentence no longer makes.
 */
export const en = english(momentsIn('UTC'));
