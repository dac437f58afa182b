import { cooldownsAsked, everyLook } from '../pass/call-outcomes.ts';
import type { EntryLooks } from '../pass/pass.ts';
import type { TickProject } from '../target.ts';
import type { EntryResults, FailedLook } from './results.ts';

/**
 * Gives an entry the failure that another entry met at the same endpoint, if it made all looks of this entry be
 * skipped. This project, too, is then announced as not watched, and a refused key cools down for both.
 *
 * @param others the looks of all projects at the same endpoint, awaited only when this entry's looks were all skipped
 */
export async function withSharedFailure(
  results: EntryResults,
  others: () => Promise<readonly EntryLooks[]>,
): Promise<EntryResults> {
  if (!wasSpared(results)) return results;
  const { project } = results.entry;
  const failure = silenceIn(results) ?? refusalAmong(await others(), project);
  if (failure === undefined) return results;
  if (project.discover !== undefined) return { ...results, listed: failure };
  const [first, ...rest] = results.looks;
  return first === undefined ? results : { ...results, looks: [{ ...first, look: failure }, ...rest] };
}

/** Whether every look was skipped although the entry is not cooling down. */
function wasSpared(results: EntryResults): boolean {
  const all = everyLook(results.looks, results.entry);
  return !results.entry.isCoolingDown && all.length > 0 && all.every(({ kind }) => kind === 'skipped');
}

/** The failure of other looks at an endpoint that does not answer. */
function silenceIn({ looks, entry }: EntryLooks): FailedLook | undefined {
  const skipped = everyLook(looks, entry).find((look) => look.kind === 'skipped' && 'failure' in look);
  return skipped?.kind === 'skipped' && 'failure' in skipped
    ? { kind: 'failed', ...skipped.failure }
    : undefined;
}

function refusalAmong(
  others: readonly EntryLooks[],
  { endpointFingerprint }: TickProject,
): FailedLook | undefined {
  const atSame = others.filter(({ entry }) => entry.project.endpointFingerprint === endpointFingerprint);
  return atSame.map(refusalIn).find((one) => one !== undefined);
}

/** The look, or call, by which an entry's key was refused. */
function refusalIn({ entry: { taskList, calls }, looks }: EntryLooks): FailedLook | undefined {
  const all = [...looks.map(({ look }) => look), ...cooldownsAsked(calls, taskList.outcome())];
  const refusal = all.find((look) => look.kind === 'failed' && look.isKeyRefused);
  return refusal?.kind === 'failed' ? refusal : undefined;
}
