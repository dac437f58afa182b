import type { Channel } from '../channels/channel.ts';
import type { Finder } from '../migration/discovery/discovery.ts';
import type { GroupCandidate, Watch } from '../migration/model/watch.ts';
import type { Fingerprints } from '../migration/project/cooldown.ts';
import type { Store } from '../store/store.ts';

/** An entry of the configuration for a project. Several entries may be for one project. */
export interface SourceProject extends Finder, Fingerprints {
  readonly id: string;
  readonly region: string;
  /** The tasks that the configuration names. */
  readonly watches: readonly Watch[];
  /** How a task that was discovered is watched. */
  watchOf(taskId: string): Watch;
}

export interface SourceGroup {
  readonly name: string;
  isMember(task: GroupCandidate): boolean;
}

export interface SourceChannel {
  readonly channel: Channel;
  readonly type: string;
}

/** The store, the configuration in whose terms it is read, and the time. */
export interface StatusSource {
  readonly store: Store;
  readonly projects: readonly SourceProject[];
  readonly groups: readonly SourceGroup[];
  readonly channels: readonly SourceChannel[];
  readonly now: Date;
}
