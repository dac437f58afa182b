import type { Cooldown } from '../../migration/model/state.ts';
import { cooldownAfter, isOf } from '../../migration/project/cooldown.ts';
import { answersOf, type JudgedEntry } from './judged.ts';

/**
 * Cooldowns of a project after a tick, one for each endpoint and key of its entries.
 *
 * @param before those that its record remembers
 */
export function cooldownsAfter(
  before: readonly Cooldown[],
  judged: readonly JudgedEntry[],
  now: Date,
): readonly Cooldown[] {
  const byAccess = Map.groupBy(judged, ({ entry }) => entry.project.endpointFingerprint);
  return [...byAccess.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const { project, pass } = first.entry;
    const own = before.find((one) => isOf(one, project));
    const answers = [first, ...others].flatMap(answersOf);
    return cooldownAfter(own, answers, { access: project, all: pass.cooldowns, now }) ?? [];
  });
}
