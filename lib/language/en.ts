import { figures } from './en/figures.ts';
import { failures, headings, labels, marks, phases } from './en/names.ts';
import { digests, footer, sections } from './en/sections.ts';
import { values } from './en/values.ts';
import type { Language } from './language.ts';

/** English: also what programs of before read in `summary`, so no sentence of it changes by itself. */
export const en: Language = {
  labels,
  headings,
  marks,
  phases,
  failures,
  figures,
  values,
  sections,
  digests,
  footer,
};
