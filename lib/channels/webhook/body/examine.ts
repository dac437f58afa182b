import { samplesOf } from '../../../events/catalogue/samples.ts';
import type { MigrationEvent } from '../../../events/event.ts';
import { EVENT_TYPES } from '../../../events/schema/codes.ts';
import type { SettingProblem } from '../../channel-type.ts';
import { type Filter, passes } from '../../filter.ts';
import { MOST_RENDER_MS } from './engine.ts';
import { TemplateError } from './error.ts';
import { shownField, unknownField, wordsFor } from './names.ts';
import { bodyRenderer, limited } from './render.ts';
import { type Template, templateOf } from './template.ts';
import { leavesOf } from './tree.ts';

const SAMPLES = EVENT_TYPES.flatMap(samplesOf);

interface Examined {
  /** The filter of the channel: types of events that it never gets need not fit. */
  readonly filter: Filter | undefined;
  readonly body: unknown;
  /** The same before references were filled: no other word may be repeated. */
  readonly written: unknown;
}

/** The problems of a body's templates, found by trying them with samples of every type of event that the channel may get. */
export function bodyProblems({ filter, body, written }: Examined): SettingProblem[] {
  const { events, severity } = filter ?? {};
  const samples = SAMPLES.filter((event) => passes(event, { events, severity }));
  const texts = leavesOf(written).filter(({ value }) => typeof value === 'string');
  const writtenAt = new Map(texts.map(({ path, value }) => [JSON.stringify(path), String(value)]));
  const problems = leavesOf(body).flatMap(({ path, value }): SettingProblem[] => {
    if (typeof value !== 'string') return [];
    const message = problemOf(value, samples, writtenAt.get(JSON.stringify(path)) ?? '');
    return message === undefined ? [] : [{ path: ['body', ...path], message }];
  });
  return problems.length > 0 ? problems : sizeProblems(body, samples);
}

/** Each text may be within the limits, and all together beyond them. */
function sizeProblems(body: unknown, samples: readonly MigrationEvent[]): SettingProblem[] {
  try {
    const render = bodyRenderer(body);
    for (const event of samples) render(event);
    return [];
  } catch (error) {
    return [{ path: ['body'], message: messageOf(error, '') }];
  }
}

function problemOf(text: string, samples: readonly MigrationEvent[], written: string): string | undefined {
  try {
    const template = templateOf(text);
    return unknownField(template, written) ?? missingField(template, samples, written);
  } catch (error) {
    return messageOf(error, written);
  }
}

/** As many types as a message names. */
const NAMED_TYPES = 3;

function missingField(
  template: Template,
  samples: readonly MigrationEvent[],
  written: string,
): string | undefined {
  const missing = new Map<string, Set<string>>();
  for (const event of samples) {
    const word = missingIn(template, event);
    if (word !== undefined) missing.set(word, (missing.get(word) ?? new Set()).add(event.type));
  }
  const [first] = missing;
  if (first === undefined) return undefined;
  const [word, types] = first;
  const field = shownField(word, written);
  return `uses ${field ?? 'a field'}, which not every event of ${list([...types])} has; add | default: "…" right after it, or put it between {% if ${field ?? '…'} %} and {% endif %}`;
}

function list(types: readonly string[]): string {
  const more = types.length - NAMED_TYPES;
  const named = types.slice(0, NAMED_TYPES).join(', ');
  return more > 0 ? `${named} and ${more} more` : named;
}

/**
 * @param isLast a busy machine may be the reason that the first try was slow
 * @returns the first variable that an event lacks
 */
function missingIn(template: Template, event: MigrationEvent, isLast = false): string | undefined {
  try {
    limited(template.render(event, { strict: true, mostMs: MOST_RENDER_MS }));
    return undefined;
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    if (error.code === 'missing') return error.word;
    if (error.code === 'slow' && !isLast) return missingIn(template, event, true);
    throw error;
  }
}

function messageOf(error: unknown, written: string): string {
  if (error instanceof TemplateError) return wordsFor(error, written);
  throw error;
}
