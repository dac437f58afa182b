import type { LookResult } from '../../migration/model/observation.ts';
import { asDiscovery, asLook, cooldownsAsked } from '../pass/call-outcomes.ts';
import type { EntryLooks } from '../pass/pass.ts';

/** The results of one entry in one tick: its looks, and its reading of the list. */
export interface EntryResults extends EntryLooks {
  /** The result of reading the list, where the entry discovers tasks. */
  readonly listed: LookResult | undefined;
}

export type FailedLook = Extract<LookResult, { kind: 'failed' }>;

export function resultsOf(one: EntryLooks): EntryResults {
  const { project, taskList } = one.entry;
  return { ...one, listed: project.discover === undefined ? undefined : asLook(taskList.outcome()) };
}

/** The result of the discovery. Without the right to the list no task is found, although the key is accepted. */
export function discoveryOf({ entry, listed }: EntryResults): LookResult | undefined {
  const answer = entry.taskList.outcome();
  return listed !== undefined && answer?.kind === 'denied' ? asDiscovery(answer) : listed;
}

/** Looks and calls that may ask for a cooldown. */
export function answersOf({ entry, looks, listed }: EntryResults): LookResult[] {
  const { calls, taskList } = entry;
  return [
    ...looks.map(({ look }) => look),
    ...cooldownsAsked(calls, taskList.outcome()),
    ...(listed === undefined ? [] : [listed]),
  ];
}
