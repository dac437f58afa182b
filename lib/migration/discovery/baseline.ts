import { createHash } from 'node:crypto';
import type { Baseline } from '../model/state.ts';

/** 48 bits tell some ten thousand tasks of a project apart. */
const LONGEST_MARK = 8;
/**
 * An item of DynamoDB has 400 KB. Of the most tasks that a list can have (100,000) four characters each are left, and
 * one new task in 168 is taken for one of them if it has ended when it is first listed.
 */
const MOST_CHARACTERS = 400_000;

/** Which tasks are looked for, for {@link Baseline.pattern}. */
export function soughtBy(pattern: string | undefined): string {
  return digest(pattern ?? '*');
}

/** @param plainId of the task, in the one form that it has for us */
export function markOf(plainId: string): string {
  return digest(plainId);
}

/** Whether a task with this mark is one of them. */
export function pastSet(past: Baseline | undefined): { has(mark: string): boolean } {
  if (past === undefined) return { has: () => false };
  const { length } = past;
  const known = new Set(marksIn(past));
  return { has: (mark) => known.has(mark.slice(0, length)) };
}

export function marksIn({ length, fingerprints }: Baseline): string[] {
  return Array.from({ length: Math.floor(fingerprints.length / length) }, (_, i) =>
    fingerprints.slice(i * length, (i + 1) * length),
  );
}

/** @param marks each once, some perhaps already cut shorter than others */
export function pastOf(sought: string, marks: readonly string[]): Baseline {
  const room = Math.floor(MOST_CHARACTERS / Math.max(1, marks.length));
  // One argument for each mark would be too many: there may be more of them than a call can take.
  const shortest = marks.reduce((least, { length }) => Math.min(least, length), LONGEST_MARK);
  const each = Math.max(1, Math.min(room, shortest));
  return {
    pattern: sought,
    length: each,
    fingerprints: [...new Set(marks.map((mark) => mark.slice(0, each)))].join(''),
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, LONGEST_MARK);
}
