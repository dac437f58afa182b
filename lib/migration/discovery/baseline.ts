import { createHash } from 'node:crypto';
import type { Baseline } from '../model/state.ts';

/** Characters (48 bits) that distinguish some ten thousand tasks of a project. */
const LONGEST_FINGERPRINT = 8;
/**
 * An item of DynamoDB holds 400 KB. The longest possible list, of 100,000 tasks, leaves four characters for each; one
 * new task in 168 then seems to be in the baseline, if it has ended before it is first listed.
 */
const MOST_CHARACTERS = 400_000;

/** The value of {@link Baseline.pattern} for a pattern of the configuration. */
export function patternFingerprint(pattern: string | undefined): string {
  return digest(pattern ?? '*');
}

/** @param plainId the id of the task in the form of `plainId` */
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

/** @param fingerprints without repetitions; their lengths may differ */
export function baselineOf(pattern: string, fingerprints: readonly string[]): Baseline {
  const room = Math.floor(MOST_CHARACTERS / Math.max(1, fingerprints.length));
  // `Math.min` takes two at a time, because there may be more fingerprints than a call takes arguments.
  const shortest = fingerprints.reduce((least, { length }) => Math.min(least, length), LONGEST_FINGERPRINT);
  const length = Math.max(1, Math.min(room, shortest));
  const cut = new Set(fingerprints.map((one) => one.slice(0, length)));
  return { pattern, length, fingerprints: [...cut].join('') };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, LONGEST_FINGERPRINT);
}
