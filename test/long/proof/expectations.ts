import { expect } from 'vitest';
import { BREACHES, lineOf, type Totals } from './totals.ts';

/** The promise holds in every case; a case that breaks it is named in the words that replay it. */
export function expectKept(totals: Totals): void {
  expect(totals.broken.map(lineOf)).toEqual([]);
  expect(totals.cases).toBeGreaterThan(0);
  expect(totals.deliveries).toBeGreaterThan(totals.cases);
  expect(BREACHES.filter((kind) => totals[kind] !== 0)).toEqual([]);
}

/** Each of these was counted: a fault test asserts that its fault fired. */
export function expectFired(totals: Totals, kinds: readonly string[]): void {
  expect(kinds.filter((kind) => !totals.fired.has(kind))).toEqual([]);
}
