import { isAnswered, type LookResult } from '../model/observation.ts';
import type { Cooldown } from '../model/state.ts';

/**
 * More than five refused signatures in a row lock an access key for five minutes (Huawei's signing guide, error
 * APIGW.0301). The first three refusals are needed to tell that looking fails; after that one try per lock time keeps
 * the key usable for whoever mends it, and later tries come more seldom.
 */
const REFUSALS_WITHOUT_REST = 2;

const REST_STEP_MS = 5 * 60_000;

/** Endpoints are given a shorter one, whatever they ask for. */
const LONGEST_REST_MS = 30 * 60_000;

/** A shorter rest is over before any next tick. */
const WORTH_REMEMBERING_MS = 1000;

/** What tells keys, and endpoints with a key, apart without showing any. */
export interface Fingerprints {
  readonly keyFingerprint: string;
  /** Of the endpoint with the key. */
  readonly endpointFingerprint: string;
}

function isOf(rest: Cooldown, endpointFingerprint: string): boolean {
  return rest.endpointFingerprint === endpointFingerprint;
}

/** What an entry that is no more was refused long ago is in a row with nothing. */
function isRecent({ until }: Cooldown, now: Date): boolean {
  return now.getTime() - Date.parse(until) < 2 * LONGEST_REST_MS;
}

function later(now: Date, ms: number): string {
  return new Date(now.getTime() + ms).toISOString();
}

/**
 * How long the project's endpoint and key are to be left alone after a tick. A rest that was asked for by the
 * endpoint is taken as asked; refusals of the key make rests of our own. Looks without an answer (throttled,
 * unreachable, skipped) do not part refusals that are in a row.
 *
 * @param all rests as they were before the tick, of all projects: refusals of one key at one endpoint are counted together
 * @returns the rest to remember; nothing when there is none.
 */
export function restAfter(
  before: Cooldown | undefined,
  looks: readonly LookResult[],
  { keyFingerprint, endpointFingerprint }: Fingerprints,
  now: Date,
  all: readonly Cooldown[] = [],
): Cooldown | undefined {
  const unbroken = looks.some(isAnswered) ? undefined : before;
  const ours = unbroken?.keyFingerprint === keyFingerprint ? unbroken.refusals : 0;
  const asked = looks.flatMap((look) => (look.kind === 'failed' && look.restMs !== undefined ? [look] : []));
  if (asked.some(({ reason }) => reason === 'not authorised')) {
    // Whose project it is may be the matter of one project alone; that a key is refused is not.
    const place = asked.some((look) => look.isKeyRefused) && { endpointFingerprint };
    const isShared = place !== false && !looks.some(isAnswered);
    const others = isShared
      ? all.filter((rest) => isOf(rest, endpointFingerprint) && isRecent(rest, now))
      : [];
    const refusals = Math.max(ours, ...others.map((rest) => rest.refusals)) + 1;
    const restMs = Math.min(Math.max(0, refusals - REFUSALS_WITHOUT_REST) * REST_STEP_MS, LONGEST_REST_MS);
    return { until: later(now, restMs), keyFingerprint, refusals, ...place };
  }
  const restMs = Math.max(0, ...asked.map((look) => look.restMs ?? 0));
  if (restMs >= WORTH_REMEMBERING_MS) {
    return { until: later(now, restMs), keyFingerprint, endpointFingerprint, refusals: ours };
  }
  return unbroken;
}

/**
 * True while the endpoint or the key is to be left alone. Another key was not refused, so it need not rest; a rest that
 * is longer than any was made by a clock that was wrong.
 *
 * @param before the project's own rest
 * @param all rests of all projects
 */
export function isResting(
  before: Cooldown | undefined,
  { keyFingerprint, endpointFingerprint }: Fingerprints,
  now: Date,
  all: readonly Cooldown[] = [],
): boolean {
  const isOurs = (rest: Cooldown) =>
    rest.keyFingerprint === keyFingerprint &&
    (rest.endpointFingerprint === undefined || rest.endpointFingerprint === endpointFingerprint);
  const rests = [
    ...(before === undefined ? [] : [before]),
    ...all.filter((rest) => isOf(rest, endpointFingerprint)),
  ];
  return rests.filter(isOurs).some(({ until }) => {
    const leftMs = Date.parse(until) - now.getTime();
    return leftMs > 0 && leftMs <= LONGEST_REST_MS;
  });
}
