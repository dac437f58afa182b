import type { Watch } from '../../migration/model/watch.ts';
import type { PartitionRecords } from '../../records/partition.ts';
import type { TickProject } from '../target.ts';

/** One entry of the configuration after its looks. */
export interface PolledEntry {
  readonly project: TickProject;
  readonly records: PartitionRecords;
  readonly watches: readonly Watch[];
  /** False when a list that was not read may have further tasks. */
  readonly isComplete: boolean;
  /** No request may go to the endpoint, or use the key. */
  readonly isCoolingDown: boolean;
}
