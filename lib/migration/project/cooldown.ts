import { isAnswered, type LookResult } from '../model/observation.ts';
import type { Cooldown } from '../model/state.ts';

/**
 * More than five refused signatures in a row lock an access key for five minutes (Huawei's signing guide, error
 * APIGW.0301). The first three refusals are needed to announce failing looks. After them, one try per lock time keeps
 * the key usable for people who mend it, and later tries come less often.
 */
const REFUSALS_WITHOUT_COOLDOWN = 2;

const COOLDOWN_STEP_MS = 5 * 60_000;

/** The longest cooldown, even if an endpoint asks for more. */
const MAX_COOLDOWN_MS = 30 * 60_000;

/** The shortest cooldown that is stored: a shorter one ends before any next tick. */
const WORTH_REMEMBERING_MS = 1000;

/** Identifies a key, and an endpoint with a key, without showing either. */
export interface Fingerprints {
  readonly keyFingerprint: string;
  /** The fingerprint of the endpoint with the key. */
  readonly endpointFingerprint: string;
}

/** A project's access to its endpoint, and the cooldowns of all projects from before the tick. */
export interface CooldownContext {
  readonly access: Fingerprints;
  readonly all: readonly Cooldown[];
  readonly now: Date;
}

/**
 * The cooldown of an endpoint and key after a tick. An endpoint may ask for a cooldown itself; refusals of the key
 * cause one by our own rule. Looks without an answer (throttled, unreachable, skipped) do not interrupt a row of
 * refusals.
 *
 * @returns nothing when no cooldown is to be stored
 */
export function cooldownAfter(
  before: Cooldown | undefined,
  looks: readonly LookResult[],
  { access, all, now }: CooldownContext,
): Cooldown | undefined {
  const { keyFingerprint, endpointFingerprint } = access;
  const remaining = looks.some(isAnswered) ? undefined : before;
  const own = remaining?.keyFingerprint === keyFingerprint ? remaining.refusals : 0;
  const asked = looks.flatMap((look) =>
    look.kind === 'failed' && look.cooldownMs !== undefined ? [look] : [],
  );
  if (asked.some(({ reason }) => reason === 'not authorised')) {
    // A refused project concerns only itself; a refused key concerns every project that uses it.
    const isOfKey = asked.some((look) => look.isKeyRefused);
    const others = isOfKey && !looks.some(isAnswered) ? recentAt(endpointFingerprint, all, now) : [];
    const refusals = Math.max(own, ...others.map((one) => one.refusals)) + 1;
    const until = later(now, refusalCooldownMs(refusals));
    return isOfKey
      ? { until, keyFingerprint, refusals, endpointFingerprint }
      : { until, keyFingerprint, refusals };
  }
  const askedMs = Math.max(0, ...asked.map((look) => look.cooldownMs ?? 0));
  if (askedMs >= WORTH_REMEMBERING_MS) {
    return { until: later(now, askedMs), keyFingerprint, endpointFingerprint, refusals: own };
  }
  return remaining;
}

function refusalCooldownMs(refusals: number): number {
  return Math.min(Math.max(0, refusals - REFUSALS_WITHOUT_COOLDOWN) * COOLDOWN_STEP_MS, MAX_COOLDOWN_MS);
}

/** Recent cooldowns of one endpoint and key. Old refusals of a removed entry do not continue a row. */
function recentAt(endpointFingerprint: string, all: readonly Cooldown[], now: Date): readonly Cooldown[] {
  return all.filter(
    (one) =>
      one.endpointFingerprint === endpointFingerprint &&
      now.getTime() - Date.parse(one.until) < 2 * MAX_COOLDOWN_MS,
  );
}

/** Whether no request may go to the endpoint or use the key, see {@link coolingDownUntil}. */
export function isCoolingDown(own: readonly Cooldown[], context: CooldownContext): boolean {
  return coolingDownUntil(own, context) !== undefined;
}

/**
 * The end of a cooldown of the endpoint or the key (ISO 8601, UTC). A cooldown of another key does not count, nor does
 * one that is impossibly long, which a wrong clock wrote.
 *
 * @param own the project's own cooldowns
 */
export function coolingDownUntil(
  own: readonly Cooldown[],
  { access, all, now }: CooldownContext,
): string | undefined {
  const shared = all.filter((one) => one.endpointFingerprint === access.endpointFingerprint);
  const lasting = [...own, ...shared]
    .filter((one) => isOf(one, access))
    .map(({ until }) => Date.parse(until))
    .filter((until) => until > now.getTime() && until - now.getTime() <= MAX_COOLDOWN_MS);
  return lasting.length === 0 ? undefined : new Date(Math.max(...lasting)).toISOString();
}

/** Whether a project's cooldown concerns this endpoint and key. */
export function isOf(one: Cooldown, { keyFingerprint, endpointFingerprint }: Fingerprints): boolean {
  return (
    one.keyFingerprint === keyFingerprint &&
    (one.endpointFingerprint === undefined || one.endpointFingerprint === endpointFingerprint)
  );
}

function later(now: Date, ms: number): string {
  return new Date(now.getTime() + ms).toISOString();
}
