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
  /** Only matched, never shown, because they may repeat a secret. */
  readonly words?: string | undefined;
}

/** A vendor's answer, with empty words where it has none. */
interface Said {
  readonly code: string;
  readonly words: string;
}

/** The meaning of a code for the delivery. */
export interface Meaning {
  readonly class: OutcomeClass;
  /** The problem, and the remedy. */
  readonly hint?: Hint;
  /** The pause that the vendor asks for. */
  readonly pauseMs?: number;
  /** Set when a simpler form of the message may pass. */
  readonly isForm?: true;
  /** Set when the answer concerns the address, not the event. */
  readonly notHere?: true;
}

/** Reads and classifies the answers of one vendor. */
export interface AnswerTable {
  readonly vendor: string;
  /** @returns nothing when the body does not come from the vendor */
  read(body: unknown): VendorAnswer | undefined;
  meaningOf(answer: Said, status: number): Meaning;
  /** Statuses with a meaning of their own, where the body says nothing. */
  readonly statuses?: ReadonlyMap<number, Meaning>;
}

/** Codes of vendors are short; anything else is foreign text. */
const CODE = /^[\w.-]{1,60}$/;

/**
 * Classifies the answers of a vendor whose body, not status, tells whether it took a message, so that a refusal inside
 * a 200 is a refusal. A 2xx without the vendor's own body may come from a proxy: the message is not repeated, and
 * becomes a dead letter for people to see.
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
 * The meaning of a refusal with an undocumented code. Its status decides, if that concerns the address or the moment.
 *
 * @param refusal the meaning for a status that concerns the message, and for a 2xx
 */
export function meaningOfStatus(status: number, refusal: Meaning): Meaning {
  const isTaken = status >= 200 && status < 300;
  if (isTaken || isOfTheEvent(status)) return refusal;
  const { class: outcomeClass, notHere } = classifyStatus(status);
  return defined({ class: outcomeClass, notHere });
}

/** The classification of an answer that does not come from the vendor. */
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
