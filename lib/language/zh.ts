import type { Language } from './language.ts';
import type { Moments } from './moments.ts';
import { answers, answerWords } from './zh/answers.ts';
import { explanationWords } from './zh/explanations/explanations.ts';
import { figuresIn } from './zh/figures.ts';
import { causes, failures, headings, labels, links, marks, phases } from './zh/names.ts';
import { overviews } from './zh/overviews.ts';
import { digestsIn, footer, sectionsIn } from './zh/sections.ts';
import { distanceWords, unknownWords } from './zh/sentences/endings.ts';
import { advice, notCheckedWords, unreadWords } from './zh/sentences/failures.ts';
import { retractionWords, uncheckedWords } from './zh/sentences/groups.ts';
import { reasons } from './zh/sentences/readiness.ts';
import { sentencesIn } from './zh/sentences/sentences.ts';
import { transitions } from './zh/sentences/transitions.ts';
import { degradedDetail, restoredDetail } from './zh/sentences/watching.ts';
import { valuesIn } from './zh/values.ts';

/** Chinese for readers in one time zone. Statuses, settings and the words of DCS stay as they are. */
export function chinese(moments: Moments): Language {
  const sentences = sentencesIn(moments);
  return {
    labels,
    headings,
    links,
    colon: '：',
    comma: '、',
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
