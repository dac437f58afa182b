import { isObject, type JsonObject } from '../../base/json.ts';
import { addressOf, LONGEST_NAME, LONGEST_TEXT, LONGEST_WORD, shownText } from '../../dcs/fields.ts';
import { ipIn } from '../../dcs/redact/addresses.ts';

/**
 * Reads one value: null stays null, since the service says it; undefined is a value of an unexpected type, which counts as
 * absent.
 */
export type Read<T> = (value: unknown) => T | null | undefined;

/** A reader for each documented field of an object. */
export type Fields<T> = {
  readonly [Field in keyof T]-?: (value: unknown) => T[Field] | undefined;
};

/** Copies the documented fields of an object, and nothing else: passwords stand beside them. */
export function pickFields<T extends object>(from: JsonObject, fields: Fields<T>): T;
export function pickFields(
  from: JsonObject,
  fields: Readonly<Record<string, (value: unknown) => unknown>>,
): object {
  const kept: Record<string, unknown> = {};
  for (const [name, read] of Object.entries(fields)) {
    const value = Object.hasOwn(from, name) ? read(from[name]) : undefined;
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

/** Texts: numbers come where a text is documented. An empty one stays, it says that there is none. */
function textUpTo(max: number): Read<string> {
  return (value) => {
    if (value === null) return null;
    if (value === '') return '';
    return typeof value === 'string' || Number.isFinite(value) ? (shownText(value, max) ?? '') : undefined;
  };
}

export const word = textUpTo(LONGEST_WORD);
export const name = textUpTo(LONGEST_NAME);
export const text = textUpTo(LONGEST_TEXT);

/** Addresses without user, password and options. */
export const address: Read<string> = onTexts((value) => addressOf(value) ?? '');

export const ip: Read<string> = onTexts((value) => ipIn(value) ?? '');

/** The digits of a port, a database or a limit. */
export const digits: Read<string> = (value) => {
  const found = word(value);
  return found === null || found === undefined || /^[\d.-]*$/.test(found) ? found : undefined;
};

export const flag: Read<boolean> = (value) => {
  if (value === null || typeof value === 'boolean') return value;
  const said = typeof value === 'string' ? value.trim().toLowerCase() : '';
  if (said === 'true') return true;
  return said === 'false' ? false : undefined;
};

const FIGURE = /^-?\d{1,20}(?:\.\d{1,20})?$/;

/** A figure as it came, text or number; texts that are none are absent. */
export const figure: Read<string | number> = (value) => {
  if (value === null) return null;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  return typeof value === 'string' && (value === '' || FIGURE.test(value.trim())) ? value.trim() : undefined;
};

/** Every object of a list; what is none is left out. */
export function listOf<T>(read: (value: unknown) => T | undefined): Read<readonly T[]> {
  return (value) => {
    if (value === null) return null;
    return Array.isArray(value) ? value.flatMap((item) => read(item) ?? []) : undefined;
  };
}

export const words: Read<readonly string[]> = listOf((value) => name(value) ?? undefined);

/** An object with documented fields of its own. */
export function objectOf<T extends object>(fields: Fields<T>): Read<T> {
  return (value) => {
    if (value === null) return null;
    return isObject(value) ? pickFields<T>(value, fields) : undefined;
  };
}

function onTexts(read: (value: string) => string): Read<string> {
  return (value) => {
    if (value === null) return null;
    return typeof value === 'string' ? read(value) : undefined;
  };
}

/** The object with a field of an older name under its present one, where that is absent. */
export function renamed(from: JsonObject, older: string, present: string): JsonObject {
  return from[present] === undefined && from[older] !== undefined
    ? { ...from, [present]: from[older] }
    : from;
}
