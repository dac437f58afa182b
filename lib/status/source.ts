import { defined } from '../base/defined.ts';
import type { Recipient } from '../delivery/outbox/types.ts';
import type { NamedProject } from '../delivery/redrive/known-deliveries.ts';
import type { Finder } from '../migration/discovery/discovery.ts';
import type { GroupCandidate, Watch } from '../migration/model/watch.ts';
import type { Fingerprints } from '../migration/project/cooldown.ts';
import type { Mark } from '../records/mark.ts';
import type { Store } from '../store/store.ts';

/** An entry of the configuration for a project. Several entries may be for one project. */
export interface SourceProject extends Finder {
  readonly id: string;
  readonly region: string;
  /** Absent where neither the key nor the mark says it. */
  readonly access?: Fingerprints | undefined;
  /** No configuration says which tasks are watched: all that the state has are shown. */
  readonly isWhole?: true;
  /** The tasks that the configuration names. */
  readonly watches: readonly Watch[];
  /** How a task that was discovered is watched. */
  watchOf(taskId: string): Watch;
}

/** Projects and tasks as the configuration names them. */
export function namedProjects({ projects }: StatusSource): readonly NamedProject[] {
  return projects.map(({ id, name, watches }) => ({
    id,
    name,
    tasks: watches.map(({ taskId, name }) => defined<NamedProject['tasks'][number]>({ id: taskId, name })),
  }));
}

export interface SourceGroup {
  readonly name: string;
  isMember(task: GroupCandidate): boolean;
}

export interface SourceChannel extends Recipient {
  readonly type: string;
}

/** The store, the configuration in whose terms it is read, and the time. */
export interface StatusSource {
  readonly store: Store;
  /** The mark of the last good tick. */
  readonly mark?: Mark | undefined;
  readonly projects: readonly SourceProject[];
  readonly groups: readonly SourceGroup[];
  readonly channels: readonly SourceChannel[];
  readonly now: Date;
}
