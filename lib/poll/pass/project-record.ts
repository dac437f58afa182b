import { defined } from '../../base/defined.ts';
import type { ProjectFacts } from '../../migration/model/enrichment.ts';
import type { Cooldown } from '../../migration/model/state.ts';
import { projectRecordId } from '../../records/keys.ts';
import type { PartitionRecords } from '../../records/partition.ts';

/** Facts of the project's record that matter for the events of its tasks. */
export function factsOfProject(projectId: string, records: PartitionRecords): ProjectFacts {
  const project = records.find(projectRecordId(projectId))?.state;
  const isAnnounced = project?.degraded?.stats?.announced;
  return defined({ lookedAt: project?.lookedAt, isStatsFailureAnnounced: isAnnounced ? true : undefined });
}

/** Cooldowns in the project's record, one for each endpoint and key. */
export function cooldownsIn(projectId: string, records: PartitionRecords): readonly Cooldown[] {
  return records.find(projectRecordId(projectId))?.state.cooldowns ?? [];
}
