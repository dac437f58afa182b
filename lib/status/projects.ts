import { defined } from '../base/defined.ts';
import type { Cooldown, EnrichmentCall, ProjectState } from '../migration/model/state.ts';
import { coolingDownUntil, type Fingerprints, isCoolingDown } from '../migration/project/cooldown.ts';
import { CALLS } from '../migration/project/degraded.ts';
import { projectPartition, projectRecordId } from '../records/keys.ts';
import { isOf, mutedUntil } from './mutes.ts';
import type { SourceProject, StatusSource } from './source.ts';
import type { MuteStatus, ProjectStatus } from './status.ts';
import type { StoredState } from './stored.ts';
import { failingStatus } from './task/task.ts';

/** Each entry of the configuration; those for one project share its record. */
export function projectStatuses(
  source: StatusSource,
  mutes: readonly MuteStatus[],
  stored: StoredState,
): readonly ProjectStatus[] {
  const { projects, now } = source;
  const all = cooldownsIn(source, stored);
  return projects.map((project) => {
    const { id, name, region } = project;
    const state = stateOf(project, stored);
    const ends = accessesOf(project, all).flatMap(
      (access) => coolingDownUntil(state?.cooldowns ?? [], { access, all, now }) ?? [],
    );
    return defined<ProjectStatus>({
      id,
      name,
      region,
      failing: state?.failing && failingStatus(state.failing),
      cooldownUntil: ends.toSorted().at(-1),
      degraded: degradedCalls(state),
      mutedUntil: mutedUntil(mutes, isOf('project', id)),
    });
  });
}

/** Projects whose endpoint or key was left alone at a moment, as far as their records still show. */
export function coolingAt(
  moment: Date,
  source: StatusSource,
  stored: StoredState,
): ReadonlySet<SourceProject> {
  const all = cooldownsIn(source, stored);
  const isCooling = (project: SourceProject) =>
    accessesOf(project, all).some((access) =>
      isCoolingDown(stateOf(project, stored)?.cooldowns ?? [], { access, all, now: moment }),
    );
  return new Set(source.projects.filter(isCooling));
}

/** A key that is not known may be any of those that are left alone. */
function accessesOf({ access }: SourceProject, all: readonly Cooldown[]): readonly Fingerprints[] {
  if (access !== undefined) return [access];
  return all.map(({ keyFingerprint, endpointFingerprint = '' }) => ({ keyFingerprint, endpointFingerprint }));
}

/** Cooldowns of all projects: entries with one key at one endpoint share theirs. */
function cooldownsIn({ projects }: StatusSource, stored: StoredState): readonly Cooldown[] {
  return projects.flatMap((project) => stateOf(project, stored)?.cooldowns ?? []);
}

export function stateOf({ id }: SourceProject, stored: StoredState): ProjectState | undefined {
  return stored.find({ partition: projectPartition(id), id: projectRecordId(id) })?.state;
}

const ORDER: readonly EnrichmentCall[] = ['list', 'stats', 'logs'];

function degradedCalls({ degraded = {} }: ProjectState = {}): readonly string[] {
  return ORDER.filter((call) => degraded[call]?.announced).map((call) => CALLS[call]);
}
