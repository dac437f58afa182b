import { distanceWords, unknownWords } from './en/endings.ts';
import { advice, notCheckedWords, unreadWords } from './en/failures.ts';
import { figures } from './en/figures.ts';
import { retractionWords, uncheckedWords } from './en/groups.ts';
import { causes, failures, headings, labels, links, marks, phases } from './en/names.ts';
import { reasons } from './en/readiness.ts';
import { digests, footer, sections } from './en/sections.ts';
import { sentences } from './en/sentences.ts';
import { transitions } from './en/transitions.ts';
import { values } from './en/values.ts';
import { degradedDetail, restoredDetail } from './en/watching.ts';
import type { Language } from './language.ts';

/** English: also what programs read in `summary`, so none of its sentences may change. */
export const en: Language = {
  labels,
  headings,
  links,
  colon: ': ',
  marks,
  phases,
  failures,
  figures,
  values,
  sections,
  digests,
  footer,
  sentences,
  transitions,
  reasons,
  causes,
  advice,
  prose: {
    distance: distanceWords,
    unknownDistance: unknownWords,
    notChecked: notCheckedWords,
    membersNotChecked: uncheckedWords,
    retraction: retractionWords,
    unread: unreadWords,
    restored: restoredDetail,
    degraded: degradedDetail,
  },
  summarise: (type, facts) => sentences[type](facts),
};
