import type { MigrationEvent } from '../events/event.ts';
import type { LookedAt } from './groups.ts';

/** What has been looked at in one run so far. */
export interface Board {
  /** One project was looked at, with all its entries of the configuration. */
  note(looked: readonly LookedAt[]): void;
  /** The newest looks at each project, in the order of the configuration. */
  looked(): readonly LookedAt[];
  /** Whether every project was looked at. */
  isComplete(): boolean;
  /** Aborted when every project was looked at. */
  readonly complete: AbortSignal;
  /** Whether what an event speaks of was looked at, or is not to be. */
  isLookedAt(event: MigrationEvent): boolean;
}

/** @param projectIds of all projects that are looked at */
export function createBoard(projectIds: readonly string[]): Board {
  const byProject = new Map<string, readonly LookedAt[]>();
  const completion = new AbortController();
  const isComplete = () => projectIds.every((id) => byProject.has(id));
  return {
    note(looked) {
      const [first] = looked;
      if (first !== undefined) byProject.set(first.project.id, looked);
      if (isComplete()) completion.abort();
    },
    looked: () => projectIds.flatMap((id) => byProject.get(id) ?? []),
    isComplete,
    complete: completion.signal,
    isLookedAt({ data: { task } }) {
      // What speaks of no task speaks of a group: its tasks may be of any project.
      if (task === undefined) return isComplete();
      return byProject.has(task.projectId) || !projectIds.includes(task.projectId);
    },
  };
}
