import type { LookResult } from '../migration/model/observation.ts';
import type { Failing, WatchRecord } from '../migration/model/state.ts';
import type { BlindProject } from '../telemetry/health.ts';

/** How one look at a task ended, with what is known of the task after it. */
export interface LookedAtTask {
  readonly look: LookResult;
  readonly record: WatchRecord | undefined;
}

/** What a tick saw of one project. */
export interface Seen {
  readonly name: string;
  /** All looks at its tasks that were due, skipped ones too. */
  readonly looks: readonly LookedAtTask[];
  /** How looking for tasks ended, where they are discovered. */
  readonly list: LookResult | undefined;
  /** Failed looks in a row of the project as a whole. */
  readonly trouble: Failing | undefined;
}

type Failed = Extract<LookResult, { kind: 'failed' }>;

/** An endpoint that asks for a rest answers; this long without any answer about a task, nobody is watching. Milliseconds. */
const LONGEST_REST_UNSEEN_MS = 10 * 60_000;

/**
 * Whether nothing was seen of a project: looks were made and all of them failed, or none could be made since earlier ones
 * failed. One that fails among others is no blindness; neither is, for ten minutes, an endpoint that asks for a rest.
 *
 * @returns nothing when something was seen, or nothing was due
 */
export function blindnessOf({ name, looks, list, trouble }: Seen, now: Date): BlindProject | undefined {
  const tasks = looks.map((one) => ({ ...one, look: plainly(one) }));
  const made = tasks.map(({ look }) => look).filter(({ kind }) => kind !== 'skipped');
  // That the list was read shows nothing of tasks whose looks fail.
  const answers = made.length > 0 || list === undefined || list.kind === 'skipped' ? made : [list];
  const failures = answers.filter((look) => look.kind === 'failed');
  if (failures.length < answers.length) return undefined;
  const known = trouble ?? commonTrouble(looks);
  const first = failures.find(({ reason }) => reason !== 'throttled');
  const reason = known?.reason ?? first?.reason;
  if (reason === undefined || (first === undefined && !isLong(known, now))) return undefined;
  return {
    project: name,
    since: known?.since ?? now.toISOString(),
    reason,
    isLasting: known !== undefined && isLong(known, now),
  };
}

/** A task that nobody has ever seen, and that does not exist, is not seen now either. */
function plainly({ look, record }: LookedAtTask): LookResult | Failed {
  const isUnknown = look.kind === 'missing' && record?.standing === undefined;
  return isUnknown ? { ...look, kind: 'failed', reason: 'not found' } : look;
}

/** Of looks that fail each for itself, the trouble that began first; nothing as long as one of the tasks has none. */
function commonTrouble(looks: readonly LookedAtTask[]): Failing | undefined {
  const all = looks.flatMap(({ record }) => record?.failing ?? []);
  if (all.length < looks.length) return undefined;
  return all.toSorted((a, b) => Date.parse(a.since) - Date.parse(b.since))[0];
}

function isLong(trouble: Failing | undefined, now: Date): boolean {
  if (trouble === undefined) return false;
  return trouble.announced || now.getTime() - Date.parse(trouble.since) >= LONGEST_REST_UNSEEN_MS;
}
