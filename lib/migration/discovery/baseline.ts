import { createHash } from 'node:crypto';
import type { Baseline } from '../model/state.ts';

/** 48 bits distinguish some ten thousand tasks of a project. */
const LONGEST_FINGERPRINT = 8;
/**
 * An item of DynamoDB holds 400 KB. A list of 100,000 tasks, the most there can be, leaves four characters for each; one
 * new task in 168 is then taken for one of the baseline if it has ended when it is first listed.
 */
const MOST_CHARACTERS = 400_000;

/** The value of {@link Baseline.pattern} for a pattern of the configuration. */
export function patternFingerprint(pattern: string | undefined): string {
  return digest(pattern ?? '*');
}

/** @param plainId the id of the task as `plainId` writes it */
export function fingerprintOf(plainId: string): string {
  return digest(plainId);
}

/** Answers whether the task with a fingerprint belongs to the baseline. */
export function fingerprintSet(baseline: Baseline | undefined): { has(fingerprint: string): boolean } {
  if (baseline === undefined) return { has: () => false };
  const known = new Set(fingerprintsIn(baseline));
  return { has: (fingerprint) => known.has(fingerprint.slice(0, baseline.length)) };
}

export function fingerprintsIn({ length, fingerprints }: Baseline): string[] {
  return Array.from({ length: Math.floor(fingerprints.length / length) }, (_, i) =>
    fingerprints.slice(i * length, (i + 1) * length),
  );
}

/** @param fingerprints each once; some may be shorter than others */
export function baselineOf(pattern: string, fingerprints: readonly string[]): Baseline {
  const room = Math.floor(MOST_CHARACTERS / Math.max(1, fingerprints.length));
  // A call takes fewer arguments than there may be fingerprints, so `Math.min` takes two at a time.
  const shortest = fingerprints.reduce((least, { length }) => Math.min(least, length), LONGEST_FINGERPRINT);
  const length = Math.max(1, Math.min(room, shortest));
  const cut = new Set(fingerprints.map((one) => one.slice(0, length)));
  return { pattern, length, fingerprints: [...cut].join('') };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, LONGEST_FINGERPRINT);
}
