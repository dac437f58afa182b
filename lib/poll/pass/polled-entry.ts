import type { Watch } from '../../migration/model/watch.ts';
import type { PartitionRecords } from '../../records/partition.ts';
import type { TickProject } from '../target.ts';

/** One entry of the configuration after its looks. */
export interface PolledEntry {
  readonly project: TickProject;
  readonly records: PartitionRecords;
  readonly watches: readonly Watch[];
  /** False when there may be tasks that nobody has seen: the list that would show them was not read. */
  readonly isComplete: boolean;
  /** The endpoint, or the key, is to be left alone. */
  readonly isCoolingDown: boolean;
}
