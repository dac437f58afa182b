import type { GroupMember } from './event.ts';
import type { WatchRecord } from './record.ts';
import { IP_SWITCHED, isFinal, isReplicating, isWorking, meaningOf, type Phase } from './status.ts';
import type { Watch } from './voice.ts';

/** A task that belongs to a group, with what is known of it. */
export interface Belonging {
  readonly watch: Watch;
  readonly record: WatchRecord | undefined;
}

/** How one member stands. */
export interface MemberStanding extends GroupMember {
  readonly isFailed: boolean;
  readonly isFinished: boolean;
  readonly isCuttingOver: boolean;
}

/** @returns nothing before every member was seen, or when there is none */
export function seenMembers(members: readonly Belonging[]): MemberStanding[] | undefined {
  const all = withoutReplaced(members).map(standingOf);
  const seen = all.flatMap(({ phase, ...member }) => (phase === undefined ? [] : [{ ...member, phase }]));
  return seen.length === all.length && seen.length > 0 ? seen : undefined;
}

/**
 * A task that failed is deleted and made anew, under another id. Where tasks are discovered, a deleted one belongs to
 * its group until such a task has come: one that was first seen after the deleted one had stopped working.
 */
function withoutReplaced(members: readonly Belonging[]): readonly Belonging[] {
  const deleted = members.filter(isDeletedDiscovery);
  if (deleted.length === 0) return members;
  const births = members
    .flatMap(({ record }) => (record === undefined || record.standing?.phase === 'gone' ? [] : [record.born]))
    .toSorted();
  const replaced = new Set<Belonging>();
  for (const member of deleted.toSorted((a, b) => compare(workedUntil(a), workedUntil(b)))) {
    const successor = births.findIndex((born) => born > workedUntil(member));
    if (successor === -1) continue;
    births.splice(0, successor + 1);
    replaced.add(member);
  }
  return members.filter((member) => !replaced.has(member));
}

function isDeletedDiscovery({ watch, record }: Belonging): boolean {
  return watch.discoveredBy !== undefined && record?.standing?.phase === 'gone';
}

/** When a task stopped working; when it was first seen, if it never did. Ours and all of one form, so they sort as text. */
function workedUntil({ record }: Belonging): string {
  const all = [...(record?.timeline ?? []), ...(record?.standing === undefined ? [] : [record.standing])];
  const worked = all.findLastIndex(({ phase }) => isWorking(phase));
  return all[worked + 1]?.since ?? record?.born ?? '';
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function standingOf({
  watch,
  record,
}: Belonging): Omit<MemberStanding, 'phase'> & { readonly phase: Phase | undefined } {
  const { standing, course, trouble, missing, observation } = record ?? {};
  const phase = standing?.phase;
  const isFinished = record !== undefined && hasEndedWell(record);
  return {
    id: watch.taskId,
    name: watch.name ?? observation?.name ?? watch.taskId,
    project: watch.project,
    phase,
    ready: course?.ready?.told !== undefined && !trouble?.told && missing === undefined,
    isFailed: phase === 'failed' || (phase === 'gone' && !isFinished),
    isFinished,
    isCuttingOver:
      phase === 'switching' || phase === 'stopping' || observation?.taskStatus === IP_SWITCHED || isFinished,
  };
}

/**
 * A success, or a stop that came after incremental replication; being released or deleted after that changes nothing, but
 * an IP switch that was rolled back does.
 */
function hasEndedWell({ timeline, standing }: WatchRecord): boolean {
  if (standing === undefined || !isFinal(standing.phase)) return false;
  const all = [...timeline, standing];
  const ended = all.findLastIndex(({ phase }) => !isFinal(phase));
  const endings = all.slice(ended + 1);
  if (endings.some(({ phase }) => phase === 'failed')) return false;
  const end = endings.findLast(({ phase }) => phase === 'succeeded' || phase === 'stopped');
  if (end === undefined || isRollback(end)) return false;
  const worked = all.slice(0, ended + 1).findLast(({ phase }) => isWorking(phase));
  return end.phase === 'succeeded' || isReplicating(worked?.phase);
}

/** The status reads as a success, and the phase knows better. */
function isRollback({ status, phase }: WatchRecord['timeline'][number]): boolean {
  return phase === 'stopped' && meaningOf({ status }).phase === 'succeeded';
}
