import { defined } from '../../base/defined.ts';
import { phrase } from '../../base/explanation.ts';
import { parseJson } from '../../base/json.ts';
import type { HttpResponse } from '../../http/client.ts';
import type { Hint } from '../../language/en/explanations/hints.ts';
import type { OutcomeClass } from '../channel.ts';
import { type Classification, classifyStatus, isOfTheEvent } from './http-outcome.ts';
import { reasonFrom, reasonFromHint } from './outcome-reason.ts';

/** A vendor's own code and words, from the body of an answer. */
export interface VendorAnswer {
  readonly code: string;
  /** They are only matched, never shown: they may repeat a secret. */
  readonly words?: string | undefined;
}

/** The same, with empty words where there are none. */
interface Said {
  readonly code: string;
  readonly words: string;
}

/** The meaning of a code for the delivery. */
export interface Meaning {
  readonly class: OutcomeClass;
  /** The problem, and the remedy. */
  readonly hint?: Hint;
  /** How long the vendor wants to be left alone. Milliseconds. */
  readonly pauseMs?: number;
  /** A simpler form of the same message may pass. */
  readonly isForm?: true;
  /** It is about the place, not about the event. */
  readonly notHere?: true;
}

/** How one vendor answers. */
export interface AnswerTable {
  readonly vendor: string;
  /** @returns nothing when the body is not the vendor's */
  read(body: unknown): VendorAnswer | undefined;
  meaningOf(answer: Said, status: number): Meaning;
  /** Statuses with a meaning of their own, where the body says nothing. */
  readonly statuses?: ReadonlyMap<number, Meaning>;
}

/** Codes of vendors are short; anything else is foreign text. */
const CODE = /^[\w.-]{1,60}$/;

/**
 * Classifies the answers of a vendor that says in the body, whatever the status, whether it took a message: a refusal in a
 * 200 is a refusal. A 2xx without the vendor's own words may have been taken on the way: it is not sent again, and ends as
 * a dead letter that somebody sees.
 */
export function classifierOf(table: AnswerTable): (answer: HttpResponse) => Classification {
  const { vendor } = table;
  return ({ status, body }) => {
    const answer = table.read(parseJson(body));
    if (answer !== undefined) {
      const { code, words = '' } = answer;
      const name = CODE.test(code) ? `${vendor} ${code}` : `${vendor} HTTP ${status}`;
      return classificationOf(table.meaningOf({ code, words }, status), name);
    }
    const known = table.statuses?.get(status);
    return known === undefined
      ? foreign(status, vendor)
      : classificationOf(known, `${vendor} HTTP ${status}`);
  };
}

/**
 * The meaning of a refusal whose code no document names: its status decides, if that is about the place or the moment.
 *
 * @param refusal the meaning for a status that is about the message, and for a 2xx
 */
export function meaningOfStatus(status: number, refusal: Meaning): Meaning {
  const isTaken = status >= 200 && status < 300;
  if (isTaken || isOfTheEvent(status)) return refusal;
  const { class: outcomeClass, notHere } = classifyStatus(status);
  return defined({ class: outcomeClass, notHere });
}

/** An answer that is not the vendor's. */
function foreign(status: number, vendor: string): Classification {
  const isTaken = status >= 200 && status < 300;
  if (!isTaken && !isOfTheEvent(status)) return classifyStatus(status);
  const why = reasonFromHint('without_answer', `HTTP ${status}`, vendor);
  return { class: isTaken ? 'permanent' : 'transient', ...why, notHere: true };
}

/** @param name the vendor with its code, or with the status */
export function classificationOf(
  { class: outcomeClass, hint, pauseMs, isForm, notHere }: Meaning,
  name: string,
): Classification {
  const { reason, explanation } = reasonFrom(defined({ at: name, what: hint && [phrase(hint)] }));
  return defined({ class: outcomeClass, reason, explanation, retryAfterMs: pauseMs, isForm, notHere });
}
