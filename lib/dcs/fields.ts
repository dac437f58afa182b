import { defined } from '../base/defined.ts';
import { isObject, type JsonObject, parseJson } from '../base/json.ts';
import { oneLine } from '../base/text.ts';
import type { Flaw } from '../language/en/explanations/flaws.ts';
import type { Instance } from '../migration/model/observation.ts';
import { plainId } from '../migration/model/task-id.ts';
import { addressesIn } from './redact/addresses.ts';
import { searchedOnce } from './redact/clean-texts.ts';
import { withoutPasswords } from './redact/passwords.ts';
import { redactReport, withoutUserInfo } from './redact/redact.ts';

export interface Unreadable {
  readonly kind: 'unreadable';
  /** Words that continue a sentence with "the answer". */
  readonly why: Flaw;
}

/** The reading of an answer's body. */
export type Reading<T> = { readonly kind: 'read'; readonly value: T } | Unreadable;

/** A line of an allow-list: [our field, the service's field, most characters]. */
export type TextRule<K extends string> = readonly [to: K, from: string, max: number];

export const LONGEST_WORD = 64;
export const LONGEST_NAME = 256;
export const LONGEST_TEXT = 1024;

/** Reads the body of any answer, which must be a JSON object. */
export function readFields(body: string): Reading<JsonObject> {
  const answer = parseJson(body);
  if (answer === undefined) return unreadable('not_json');
  return isObject(answer) ? { kind: 'read', value: answer } : unreadable('no_object');
}

/**
 * Reads an answer about one task. It refuses an answer about another task, which a cache or a proxy may have mixed up.
 *
 * @param taskId the requested task; absent: any answer is taken
 */
export function readTaskFields(body: string, taskId: string | undefined): Reading<JsonObject> {
  const answer = readFields(body);
  if (answer.kind === 'unreadable' || taskId === undefined) return answer;
  const answered = answer.value['task_id'];
  const isAnother =
    typeof answered === 'string' && answered.trim() !== '' && plainId(answered.trim()) !== plainId(taskId);
  return isAnother ? unreadable('another_task') : answer;
}

export function unreadable(why: Flaw): Unreadable {
  return { kind: 'unreadable', why };
}

/**
 * Reads a string, or a number where a string is documented (`bandwidth_limit_mb`, codes). Other values count as absent.
 */
export function textOf(value: unknown, max: number): string | undefined {
  if (typeof value === 'string') return oneLine(value, max) || undefined;
  return Number.isFinite(value) ? String(value) : undefined;
}

/** Copies the texts of an allow-list; where two rules fill one field, the earlier one counts. */
export function copyTexts<K extends string>(
  to: { [Field in K]?: string },
  from: JsonObject,
  rules: readonly TextRule<K>[],
): void {
  for (const [ours, theirs, max] of rules) {
    const text = shownText(from[theirs], max);
    if (text !== undefined && to[ours] === undefined) to[ours] = text;
  }
}

/**
 * Reads a text of people, or an unknown word, like {@link textOf}, without possible passwords. A long text is redacted
 * like a report; a name loses values of secrets, and users in addresses.
 */
export function shownText(value: unknown, max: number): string | undefined {
  const text = typeof value === 'string' ? value : textOf(value, max);
  if (text === undefined) return undefined;
  if (max === LONGEST_TEXT) return shownDescription(text) || undefined;
  const isName = max === LONGEST_NAME;
  const plain = withoutUserInfo(oneLine(text, max));
  return oneLine(isName && !ASSIGNED.test(plain) ? plain : withoutPasswords(plain), max) || undefined;
}

/** Characters of the cache: descriptions of 10,000 tasks at 100 characters each. */
const REMEMBERED_CHARACTERS = 1_000_000;

const shownDescription = searchedOnce(
  (text) => redactReport(oneLine(text, LONGEST_TEXT), [], LONGEST_TEXT),
  REMEMBERED_CHARACTERS,
);

const ASSIGNED = /(?:passw|pwd|pass|auth|secret|token|密码|口令)\w*\s*["']?\s*[=:：]/i;

/** Reads an address without user, password, database and options. */
export function addressOf(value: unknown): string | undefined {
  return typeof value === 'string' ? addressesIn(value) : undefined;
}

/** @returns nothing when all its fields are absent */
export function instance(
  id: string | undefined,
  name: string | undefined,
  address: string | undefined,
): Instance | undefined {
  if (id === undefined && name === undefined && address === undefined) return undefined;
  return defined({ id, name, address });
}
