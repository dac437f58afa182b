import { defined } from './defined.ts';

/** A sentence or a part of one, as a code; the values fill its places. */
export interface Phrase<Code extends string = string> {
  readonly code: Code;
  readonly values?: readonly string[];
}

/** Why something failed, and what to do about it: codes, and names that are the same in all languages. */
export interface Explanation<Code extends string = string> {
  /** The place that failed, or the code of its answer: `hooks.example`, `WeCom 93000`. */
  readonly at?: string;
  /** The status of an answer, which is explained in brackets: `HTTP 404`. */
  readonly status?: string;
  /** The fault; a second one is the cause of the first. */
  readonly what?: readonly Phrase<Code>[];
  /** The error as the system names it: `ECONNREFUSED`. */
  readonly word?: string;
  /** The proxy on the way. */
  readonly proxy?: string;
  readonly advice?: readonly Phrase<Code>[];
}

/** The signs between the parts of an explanation. */
export interface Separators {
  readonly colon: string;
  readonly semicolon: string;
  bracketed(text: string): string;
  through(proxy: string): string;
}

/** Sentences by their codes; `{0}` is the place of the first value. */
export type Sentences<Code extends string = string> = Readonly<Record<Code, string>>;

export function phrase<Code extends string>(code: Code, ...values: readonly string[]): Phrase<Code> {
  return defined({ code, values: values.length === 0 ? undefined : values });
}

/**
 * `hooks.example: connection refused (ECONNREFUSED); check the address and port`
 *
 * @returns nothing where one of its codes has no sentence: a newer version stored it
 */
export function explained(
  { at, status, what = [], word, proxy, advice = [] }: Explanation,
  sentences: Sentences,
  { colon, semicolon, bracketed, through }: Separators,
): string | undefined {
  const faults = filledAll(what, sentences);
  const remedies = filledAll(advice, sentences);
  if (faults === undefined || remedies === undefined) return undefined;
  const fault = faults.join(colon) + (word === undefined ? '' : bracketed(word));
  const inBrackets = status === undefined || fault === '' ? fault : bracketed(fault);
  const parts = [at, (status ?? '') + inBrackets].filter((part) => part !== undefined && part !== '');
  const way = proxy === undefined ? '' : through(proxy);
  return [parts.join(colon) + way, ...remedies].join(semicolon);
}

function filledAll(phrases: readonly Phrase[], sentences: Sentences): readonly string[] | undefined {
  const filled = phrases.map((one) => filledIn(one, sentences));
  return filled.every((sentence) => sentence !== undefined) ? filled : undefined;
}

function filledIn({ code, values = [] }: Phrase, sentences: Sentences): string | undefined {
  if (!Object.hasOwn(sentences, code)) return undefined;
  return sentences[code]?.replaceAll(/\{(\d)\}/g, (_place, index: string) => values[Number(index)] ?? '');
}
